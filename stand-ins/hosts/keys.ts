import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execOrThrow } from "./exec";

/** Makes a key pair, `name` and `name.pub`, in a folder. */
export async function makeKey(dir: string, name: string): Promise<void> {
  const file = join(dir, name);
  await execOrThrow("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "testbed", "-f", file]);
}

/**
 * Writes `ssh_config` beside a host's keys: a configuration that reads nothing else of this machine, and
 * believes this host's key only.
 */
export function writeSshConfig(
  dir: string,
  machine: string,
  { address, port }: { address: string; port: number },
): void {
  const hostKey = readFileSync(join(dir, "host_key.pub"), "utf8");
  writeFileSync(join(dir, "known_hosts"), `${machine} ${hostKey}`);
  const config = {
    HostName: address,
    Port: String(port),
    User: "root",
    HostKeyAlias: machine,
    HostKeyAlgorithms: "ssh-ed25519",
    // OpenSSH's own first choice costs a processor 0.2 s a connection, and nobody listens here.
    KexAlgorithms: "curve25519-sha256",
    UserKnownHostsFile: join(dir, "known_hosts"),
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    IdentityFile: join(dir, "user_key"),
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    BatchMode: "yes",
    ConnectTimeout: "60",
    ServerAliveInterval: "5",
    LogLevel: "ERROR",
  };
  const lines = Object.entries(config).map(([key, value]) => `  ${key} ${value}\n`);
  writeFileSync(join(dir, "ssh_config"), `Host ${machine}\n${lines.join("")}`);
}
