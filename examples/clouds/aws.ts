import * as aws from "@pulumi/aws";
import { login, userData, webServerOn } from "./newMachine";

// https://wiki.debian.org/Cloud/AmazonEC2Image
const image = aws.ec2.getAmiOutput({
  owners: ["136693071363"],
  mostRecent: true,
  filters: [{ name: "name", values: ["debian-13-amd64-*"] }],
});
const key = new aws.ec2.KeyPair("login", { publicKey: login.publicKeyOpenssh });
const from = (port: number) => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  cidrBlocks: ["0.0.0.0/0"],
});
const group = new aws.ec2.SecurityGroup("web", {
  ingress: [from(22), from(8080)],
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const server = new aws.ec2.Instance("web", {
  ami: image.id,
  instanceType: "t3.small",
  keyName: key.keyName,
  vpcSecurityGroupIds: [group.id],
  userData,
  // Containers do not reach the machine's metadata, which has the key that it shows.
  metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
});

// Debian's images let in this user, who has sudo.
export const { dockerHost, url } = webServerOn(server, server.publicIp, "admin");
