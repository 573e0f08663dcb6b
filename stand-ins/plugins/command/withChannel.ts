import type { Client, ClientChannel } from "ssh2";
import type { Log } from "../engineLog";

/** An environment variable for the command. */
export interface Variable {
  name: string;
  value: string;
  /** Whether the command must not run when the server does not accept the variable. */
  required: boolean;
}

/** The part of ssh2's inside that is used here: it does not ask whether a variable was accepted. */
interface Internals {
  _protocol: {
    env(channel: number, name: string, value: string, wantReply: boolean): void;
    exec(channel: number, command: string, wantReply: boolean): void;
  };
  _chanMgr: { get(channel: number): { _callbacks: ((failed: boolean | Error) => void)[] } };
}

/**
 * Starts a command, after the server has answered to each environment variable. A required one
 * that it does not accept is an error; any other one is a warning. `use` gets the channel before
 * anything else can come over it.
 */
export function withChannel<T>(
  client: Client,
  command: string,
  variables: Variable[],
  log: Log,
  use: (channel: ClientChannel) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
    const exec = protocol.exec.bind(protocol);
    // The one channel of this connection has the number 0 on our side.
    const onlyChannel = 0;
    protocol.exec = (channel, text, wantReply) => {
      setVariables(
        variables,
        async (variable) => {
          const accepted = new Promise<boolean>((answered) => {
            // ssh2 has put the callback of `exec` last already; answers come in order of requests.
            channels.get(onlyChannel)._callbacks.unshift((failed) => answered(failed === false));
          });
          protocol.env(channel, variable.name, variable.value, true);
          return accepted;
        },
        log,
      ).then(() => exec(channel, text, wantReply), reject);
    };
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(use(channel))));
  });
}

async function setVariables(
  variables: Variable[],
  set: (variable: Variable) => Promise<boolean>,
  log: Log,
): Promise<void> {
  for (const variable of variables) {
    if (await set(variable)) {
      continue;
    }
    const { name, required } = variable;
    const message =
      `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
      "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the" +
      " remote host, you could\n" +
      "\tprefix the command itself with the variables in the form 'VAR=value command'";
    if (required) {
      log.error(message);
      throw new Error(`could not set environment variable "${name}": ssh: setenv failed`);
    }
    log.warning(message);
  }
}
