import * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "./inputs";
import { whenAnswered } from "./outputs";
import {
  accountConnection,
  clientEnvironment,
  dockerHostUrl,
  knownHostsLines,
  tcpUrl,
} from "./ssh/settings";
import { sshOptions } from "./ssh/sshOptions";
import type { StepCommands } from "./children/runSteps";
import type { Settings } from "./steps/settings";

/** `ssh://account@host:port`, as known and as secret as what it is made of. */
export function dockerHostOf(inputs: Inputs): pulumi.Input<string> {
  return inputs.from(daemonsPlace, urlOf);
}

const daemonsPlace = ["connection.host", "connection.port", "account.name"] as const;

const urlOf = ({ account, connection }: Settings) => dockerHostUrl(account.name, connection);

const tcpPlace = ["connection.host", "tcpSocket.address", "tcpSocket.port"] as const;

/** The way to the machine's SSH server. */
const way = [
  "connection.host",
  "connection.port",
  "connection.hostKey",
  "connection.proxy.host",
  "connection.proxy.port",
  "connection.proxy.hostKey",
] as const;

/**
 * How others reach the account and its daemon, from inputs alone: known at preview where these are. Outputs that lead
 * to the daemon wait until it answers.
 */
export function reachOutputs(name: string, inputs: Inputs, commands: StepCommands) {
  // The name of the context keeps docker's own rule:
  // https://github.com/docker/cli/blob/master/cli/context/store/store.go
  const context = name.replace(/[^A-Za-z0-9_.+-]/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return {
    dockerHost: whenAnswered(commands, dockerHostOf(inputs)),
    tcpDockerHost: whenAnswered(
      commands,
      inputs.from(tcpPlace, ({ connection, tcpSocket }) => tcpUrl(connection.host, tcpSocket)),
    ),
    accountConnection: whenAnswered(
      commands,
      inputs.from([...way, "connection.proxy.user", "account.name"], ({ account, connection }) =>
        accountConnection(account.name, connection),
      ),
    ),
    clientEnvironment: whenAnswered(
      commands,
      inputs.from(daemonsPlace, ({ account, connection }) =>
        clientEnvironment(account.name, connection),
      ),
    ),
    sshOpts: pulumi.output(
      inputs.from([...way, "connection.proxy.user"], ({ connection }) => sshOptions(connection)),
    ),
    knownHosts: pulumi.output(inputs.from(way, ({ connection }) => knownHostsLines(connection))),
    contextCommand: pulumi.output(
      inputs.from(
        daemonsPlace,
        (settings) =>
          `docker context create ${context || "rootless"} --docker "host=${urlOf(settings)}"`,
      ),
    ),
  };
}
