import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exec, execOrThrow, failed, type Finished } from "./exec";
import { release } from "./allocate";
import { abandonDisk, mountImage } from "./disk";
import { placeOf } from "./place";
import { cgroupOf, killAll, processesIn, signal, type Process } from "./processes";
import { start } from "./start";

export interface SshOptions {
  /** For the command's stdin. Defaults to nothing. */
  input?: string | Buffer;
  /** Who logs in. Defaults to root. */
  user?: string;
  /** Seconds before the connection is cut; `exitCode` is then 124. Defaults to 900. */
  timeoutSeconds?: number;
}

/** A disposable machine with a public system's userland, its own address and an SSH server. */
export interface TestHost {
  /** Also its host name. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: "root";
  /** One line, `ssh-ed25519 AAAA...`, without a comment. */
  readonly hostKey: string;
  /** The text of root's and the admins' key, in OpenSSH's format. */
  readonly privateKey: string;
  readonly privateKeyPath: string;
  /** For `ssh -F`: a configuration that knows this host by `name`, with its key pinned. */
  readonly sshConfigPath: string;
  /** The path of its root filesystem on this machine, where one can look into it from here. */
  readonly root?: string;
  /** Runs a shell command on it, as it is. Never throws for an exit code; 255 is SSH's own failure. */
  ssh(command: string, options?: SshOptions): Promise<Finished>;
  /**
   * Runs shell commands on it, and returns their stdout. Throws with both streams if one fails (`set -eu`).
   * `none COMMAND` is among them, for what has to fail.
   */
  run(command: string, options?: SshOptions): Promise<string>;
  /** Restarts it, and waits until it is up again. */
  reboot(): Promise<void>;
  /** Pulls the network cable (false), or plugs it in again (true). A reboot plugs it in, too. */
  setReachable(reachable: boolean): Promise<void>;
  /** Removes it and everything of it. Again does nothing. */
  destroy(): Promise<void>;
}

/** Where a host is, and the folder with its keys and `ssh_config`, which must be there already. */
export interface Place {
  machine: string;
  address: string;
  port: number;
  dir: string;
}

/** What all hosts have in common that one reaches through SSH. */
export abstract class SshHost implements TestHost {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user = "root";
  readonly hostKey: string;
  readonly privateKey: string;
  readonly privateKeyPath: string;
  readonly sshConfigPath: string;
  /** Seconds it has for coming up. */
  protected abstract readonly patience: number;
  #destroyed: Promise<void> | undefined;

  constructor(
    readonly number: number,
    { machine, address, port, dir }: Place,
  ) {
    this.name = machine;
    this.address = address;
    this.port = port;
    this.privateKeyPath = join(dir, "user_key");
    this.privateKey = readFileSync(this.privateKeyPath, "utf8");
    this.sshConfigPath = join(dir, "ssh_config");
    const [type, key] = readFileSync(join(dir, "host_key.pub"), "utf8").split(" ");
    this.hostKey = `${type} ${key}`;
  }

  ssh(command: string, options: SshOptions = {}): Promise<Finished> {
    const { user = "root", input, timeoutSeconds = 900 } = options;
    const args = ["-F", this.sshConfigPath, "-l", user, this.name, command];
    return exec("ssh", args, { input, timeoutSeconds });
  }

  async run(command: string, options: SshOptions = {}): Promise<string> {
    const finished = await this.ssh(strict + command, options);
    if (finished.exitCode !== 0) throw failed(`${command} (on ${this.name})`, finished);
    return finished.stdout;
  }

  async reboot(): Promise<void> {
    const before = await this.run(readBootId);
    // The connection may go before the command has ended.
    await this.ssh("systemctl reboot", { timeoutSeconds: 30 });
    await this.untilUp(before);
  }

  abstract setReachable(reachable: boolean): Promise<void>;

  /** Whether a login is worth a try: SSH would wait a second, or longer, for each lost packet. */
  protected abstract answers(): Promise<boolean>;

  destroy(): Promise<void> {
    return (this.#destroyed ??= release(this.number));
  }

  /** Waits until SSH answers and systemd has finished booting. */
  async untilUp(bootIdBefore = ""): Promise<void> {
    const deadline = Date.now() + this.patience * 1000;
    // Prints "running", or "degraded", with an exit code that says so too.
    const probe = `${readBootId}; systemctl is-system-running --wait || true`;
    for (;;) {
      while (Date.now() < deadline && !(await this.answers())) await sleep(20);
      const { stdout, stderr } = await this.ssh(probe, { timeoutSeconds: 30 });
      const [bootId, state] = stdout.split("\n");
      if (bootId !== bootIdBefore.trim() && (state === "running" || state === "degraded")) return;
      if (Date.now() > deadline)
        throw new Error(`${this.name} is not up after ${this.patience} s: ${stdout}${stderr}`);
      await sleep(50);
    }
  }
}

/**
 * The first line of what a shell runs here: a command that fails ends it. `set -e` does not look at what follows
 * a `!`, so "it fails, as it should" is `none COMMAND`: it fails if the command succeeds, or is no command.
 */
export const strict = `set -eu; none() {
  command -v "$1" >/dev/null || { echo "no command: $1" >&2; exit 1; }
  if "$@" >/dev/null 2>&1; then echo "wrong: $*" >&2; exit 1; fi
}
`;

const readBootId = "cat /proc/sys/kernel/random/boot_id";

/** Host N, a container. Its keys and its tree must be there already. */
export class NspawnHost extends SshHost {
  readonly root: string;
  // It takes one; a busy machine takes more.
  protected readonly patience = 900;
  readonly #cable: string;
  readonly #cgroup: string;
  readonly #tun: boolean;

  constructor(number: number, tun: boolean) {
    const place = placeOf(number);
    super(number, { ...place, port: 22 });
    this.root = join(place.dir, "root");
    this.#cable = place.cable;
    this.#cgroup = cgroupOf(place.machine);
    this.#tun = tun;
  }

  async setReachable(reachable: boolean): Promise<void> {
    await execOrThrow("ip", ["link", "set", this.#cable, reachable ? "up" : "down"]);
  }

  /** Its processes, by the ids that they have on this machine. */
  processes(): Process[] {
    return processesIn(this.#cgroup);
  }

  /** Asks its systemd itself, so that nobody has to log in for it. */
  override async reboot(): Promise<void> {
    const init = this.#init();
    const before = bootIdOf(init);
    signal(init, rebootSignal);
    await this.untilUp(before);
  }

  /**
   * Takes its power away in the middle of everything, gives it back, and waits until it is up. What its
   * programs had written stays, on the disk or not: this machine's kernel has it.
   */
  async cutPower(): Promise<void> {
    const before = bootIdOf(this.#init());
    await this.halt();
    start(this.number, this.#tun);
    await this.untilUp(before);
  }

  /** Ends all of its processes at once. */
  async halt(): Promise<void> {
    await killAll(this.#cgroup);
    // The kernel takes the cable away some time after the last process.
    while (existsSync(`/sys/class/net/${this.#cable}`)) await sleep(20);
    await execOrThrow("find", [this.#cgroup, "-mindepth", "1", "-depth", "-type", "d", "-delete"]);
  }

  /**
   * Halts it, gives its disk up, puts another disk in place of its own, boots, and waits until it is up. Only for a host that
   * has a disk of its own.
   *
   * @param image the disk's file, with the tree of this host, or what became of it.
   */
  async bootFrom(image: string, look?: (root: string) => Promise<void>): Promise<void> {
    await this.halt();
    await abandonDisk(this.root);
    await mountImage(image, this.root);
    await look?.(this.root);
    start(this.number, this.#tun);
    await this.untilUp();
  }

  protected answers(): Promise<boolean> {
    return accepts(this.address, this.port);
  }

  /** The process id of its systemd, as this machine counts. */
  #init(): number {
    const processes = this.processes();
    const nspawn = processes.find(({ command }) => command.startsWith("systemd-nspawn "));
    const init = processes.find(({ parent }) => nspawn !== undefined && parent === nspawn.pid);
    if (init === undefined) throw new Error(`${this.name} does not run`);
    return init.pid;
  }
}

/** SIGRTMIN+5, systemd(1): "reboots the machine". */
const rebootSignal = 34 + 5;

function bootIdOf(init: number): string {
  return readFileSync(`/proc/${init}/root/proc/sys/kernel/random/boot_id`, "utf8");
}

/** Whether something accepts a TCP connection within a tenth of a second. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 100 });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}
