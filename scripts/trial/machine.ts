import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "./options";

/** The account that is made for the trial, and removed after it. */
export const account = "rootless-trial";

/** The machine of a trial, by the ssh of this computer. Each script has a connection of its own. */
export class Machine {
  private readonly ssh: string[];

  constructor({ host, port, user, key, hostKey }: Options, folder: string) {
    const knownHosts = join(folder, "known_hosts");
    writeFileSync(knownHosts, `machine ${hostKey}\n`);
    const settings = {
      ...{ BatchMode: "yes", ConnectTimeout: "30", ServerAliveInterval: "15" },
      ...{ StrictHostKeyChecking: "yes", UserKnownHostsFile: knownHosts, HostKeyAlias: "machine" },
    };
    this.ssh = [
      // Without this user's own settings, which Pulumi does not read either.
      ...["-F", "none", "-p", String(port), "-l", user],
      ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
      ...(key === undefined ? [] : ["-i", key, "-o", "IdentitiesOnly=yes"]),
      host,
    ];
  }

  /**
   * Runs a script of sh as root, and returns what it printed. The machine itself ends it after so many seconds.
   *
   * @throws Error with the last line that the script printed on stderr, unless it exits with 0.
   */
  async asRoot(script: string, signal?: AbortSignal, seconds = 60): Promise<string> {
    signal?.throwIfAborted();
    const run = `timeout -k 10 ${seconds} sh -s`;
    const login = `sh -c 'if [ "$(id -u)" = 0 ]; then exec ${run}; elif command -v sudo >/dev/null; then exec sudo -n ${run}; else exec doas -n ${run}; fi'`;
    // In a process group of its own: Ctrl-C in a terminal reaches every program of the trial's.
    const child = spawn("ssh", [...this.ssh, login], { detached: true, signal });
    const stdout: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    // A script that ends early leaves a part of its text unread.
    child.stdin.on("error", () => undefined);
    // What the script starts must not read the rest of the script.
    child.stdin.end(`{\n${script}\n} </dev/null\n`);
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    signal?.throwIfAborted();
    if (exitCode === 0) return Buffer.concat(stdout).toString();
    const said = stderr.trim().split("\n").at(-1) ?? "";
    if (exitCode === 124) throw new Error(`no end within ${seconds} seconds: ${said}`);
    throw new Error(`exit status ${exitCode}: ${said}`);
  }

  /** Runs a script of sh as the trial's account, with the docker CLI on its own daemon. */
  async asAccount(script: string, signal: AbortSignal): Promise<string> {
    const printed = await this.asRoot(
      `uid=$(id -u ${account})
home=$(getent passwd ${account} | cut -d : -f 6)
cd /
runuser -u ${account} -- env -i HOME="$home" XDG_RUNTIME_DIR=/run/user/$uid \\
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin \\
    DOCKER_HOST=unix:///run/user/$uid/docker.sock sh -eu <<'END OF THE SCRIPT'
{
${script}
} </dev/null
END OF THE SCRIPT`,
      signal,
    );
    return printed.trim();
  }
}
