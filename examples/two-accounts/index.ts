// Two accounts on one machine, each with its own Docker daemon. Neither sees the other's containers, and destroying one
// does not touch the other.
//
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set hostKey "$(ssh-keygen -F 192.0.2.10 | grep -o 'ssh-ed25519 .*')"
//     pulumi config set --secret privateKey <~/.ssh/deploy-key
//     pulumi up
import * as pulumi from "@pulumi/pulumi";
// In your own project: from "rootless-docker".
import { RootlessDockerHost } from "../../index";

const config = new pulumi.Config();

function dockerOf(account: string): RootlessDockerHost {
  return new RootlessDockerHost(account, {
    connection: {
      host: config.require("address"),
      privateKey: config.requireSecret("privateKey"),
      hostKey: config.get("hostKey"),
    },
    account: { name: account },
    daemon: { "log-driver": "journald" },
  });
}

const web = dockerOf("web");
const ci = dockerOf("ci");

export const webSocket = web.socketPath;
export const ciSocket = ci.socketPath;
export const ids = { web: web.account.subordinateIds, ci: ci.account.subordinateIds };
