import * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "./inputs";
import { dockerHostUrl, knownHostsLines } from "./remote/settings";

/** `ssh://account@host:port`, as known and as secret as what it is made of. */
export function dockerHostOf(inputs: Inputs): pulumi.Input<string> {
  return inputs.from(
    ["connection.host", "connection.port", "account.name"],
    ({ account, connection }) => dockerHostUrl(account.name, connection),
  );
}

/** How others reach the daemon, from inputs alone: known at preview where these are. */
export function reachOutputs(name: string, inputs: Inputs) {
  // Of docker's own rule for names: https://github.com/docker/cli/blob/master/cli/context/store/store.go
  const context = name.replace(/[^A-Za-z0-9_.+-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return {
    knownHosts: pulumi.output(
      inputs.from(
        [
          "connection.host",
          "connection.port",
          "connection.hostKey",
          "connection.proxy.host",
          "connection.proxy.port",
          "connection.proxy.hostKey",
        ],
        ({ connection }) => knownHostsLines(connection),
      ),
    ),
    contextCommand: pulumi
      .output(dockerHostOf(inputs))
      .apply((url) => `docker context create ${context || "rootless"} --docker host=${url}`),
  };
}
