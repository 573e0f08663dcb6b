// Two accounts of one machine, each with a Docker daemon of its own: neither sees the other's
// containers, and destroying one leaves the other alone.
//
//     pulumi stack init dev
//     pulumi config set address 192.0.2.10
//     pulumi config set --secret privateKey < ~/.ssh/id_ed25519
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
