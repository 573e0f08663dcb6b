import * as digitalocean from "@pulumi/digitalocean";
import { login, userData, webServerOn } from "./newMachine";

const key = new digitalocean.SshKey("login", { publicKey: login.publicKeyOpenssh });
const droplet = new digitalocean.Droplet("web", {
  image: "debian-13-x64",
  region: digitalocean.Region.FRA1,
  size: "s-1vcpu-1gb",
  sshKeys: [key.fingerprint],
  userData,
});

export const { dockerHost, url } = webServerOn(droplet, droplet.ipv4Address, "root");
