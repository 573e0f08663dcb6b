import * as hcloud from "@pulumi/hcloud";
import { login, userData, webServerOn } from "./newMachine";

const key = new hcloud.SshKey("login", { publicKey: login.publicKeyOpenssh });
const server = new hcloud.Server("web", {
  serverType: "cx23",
  image: "debian-13",
  location: "fsn1",
  sshKeys: [key.id],
  userData,
});

export const { dockerHost, url } = webServerOn(server, server.ipv4Address, "root");
