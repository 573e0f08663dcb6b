import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ensureDockerCli } from "./dockerCli";
import { execOrThrow } from "./hosts/exec";

export interface RemoteDockerArgs {
  /** The output `dockerHost`. */
  dockerHost: string;
  /** The machine, as `dockerHost` names it, and its public key. */
  address: string;
  hostKey: string;
  /** Arguments of `ssh` that say which host to believe, instead of that key. Defaults to none. */
  sshOptions?: readonly string[];
  /** The text of a key that may log in as the account. */
  privateKey: string;
  /** Where files for SSH are kept: nothing of the user's own is read or written. */
  folder: string;
}

/** What a docker CLI, or a program that starts one, needs in its environment. */
export interface RemoteEnvironment extends Record<string, string> {
  PATH: string;
  DOCKER_HOST: string;
  DOCKER_CONFIG: string;
}

/** The docker CLI of this machine, on a daemon behind SSH. */
export interface RemoteDocker {
  /** Runs `docker ARGS`, and returns what it printed, trimmed. */
  run(args: string[], input?: Buffer): Promise<string>;
}

/** A docker CLI whose SSH uses one key and believes one host. */
export async function remoteDocker(args: RemoteDockerArgs): Promise<RemoteDocker> {
  const docker = await ensureDockerCli();
  const env = await remoteEnvironment(args);
  return {
    run: async (words, input) => (await execOrThrow(docker, words, { env, input })).trim(),
  };
}

/**
 * The environment in which `docker` does that. The CLI starts `ssh` from PATH and cannot be told its
 * options, so that a folder with an `ssh` of our own comes first there.
 */
export async function remoteEnvironment(args: RemoteDockerArgs): Promise<RemoteEnvironment> {
  const { dockerHost, address, hostKey, sshOptions = [], privateKey, folder } = args;
  const docker = await ensureDockerCli();
  const ssh = (await execOrThrow("sh", ["-c", "command -v ssh"])).trim();

  mkdirSync(join(folder, "bin"), { recursive: true });
  const file = (name: string, text: string, mode: number) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const config = {
    IdentityFile: file("key", privateKey, 0o600),
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: args.sshOptions
      ? "/dev/null"
      : file("known_hosts", `${address} ${hostKey}\n`, 0o600),
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
    LogLevel: "ERROR",
  };
  const lines = Object.entries(config).map(([key, value]) => `${key} ${value}\n`);
  const configFile = file("config", lines.join(""), 0o600);
  const options = sshOptions.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  // Not for the `ssh -W` to a proxy, which these options themselves start.
  const script = `#!/bin/sh
[ "$1" = -W ] || set -- ${options} "$@"
exec '${ssh}' -F '${configFile}' "$@"
`;
  file("bin/ssh", script, 0o700);

  return {
    PATH: [join(folder, "bin"), dirname(docker), process.env.PATH].join(delimiter),
    DOCKER_HOST: dockerHost,
    DOCKER_CONFIG: folder,
  };
}
