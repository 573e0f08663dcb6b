import * as pulumi from "@pulumi/pulumi";
// In your own project: from "rootless-docker".
import { RootlessDockerHost } from "../../index";

/** One rootless Docker host, from the stack's configuration (described in Pulumi.yaml). */
function quickstart() {
  const config = new pulumi.Config();
  const authorizedKey = config.get("authorizedKey");
  const pingGroups = config.get("pingGroups");

  const host = new RootlessDockerHost("host", {
    connection: {
      host: config.require("address"),
      user: config.get("user"),
      privateKey: config.requireSecret("privateKey"),
      hostKey: config.get("hostKey") || undefined,
    },
    account: { authorizedKeys: authorizedKey ? [authorizedKey] : [] },
    kernel: { sysctls: pingGroups ? { "net.ipv4.ping_group_range": pingGroups } : {} },
    operations: { recheck: config.get("recheck") },
  });

  const { dockerHost, contextCommand, knownHosts, socketPath, account } = host;
  const { versions, storageDriver, network, limitations } = host;
  return {
    ...{ dockerHost, contextCommand, knownHosts, socketPath, account },
    ...{ versions, storageDriver, network, limitations },
  };
}

// A program may export a function: what it returns are the stack's outputs.
export = quickstart;
