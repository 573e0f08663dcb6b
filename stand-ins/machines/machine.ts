import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SshHost } from "../hosts/host";
import { cgroupOf, killAll } from "../hosts/processes";
import type { Admin } from "../hosts/tree";
import { machinePlace, scriptPath } from "./place";
import { type Run, startQemu } from "./qemu";
import { monitor, qmp } from "./qmp";

/** A disposable host that is a virtual machine with its distribution's own kernel. */
export class Machine extends SshHost {
  // Without hardware acceleration, and with others at work beside it.
  protected readonly patience = 900;
  readonly #qmp: string;
  readonly #console: string;
  /** Where on its console the boot begins that goes on; undefined when none does. */
  #bootStart: number | undefined;

  readonly #run: Run | undefined;

  /**
   * Machine N, whose keys must be there already.
   *
   * @param booting whether it boots, and does not go on from a snapshot.
   * @param run how it was started, where it is to be started again.
   */
  constructor(number: number, { booting, run }: { booting: boolean; run?: Run }) {
    const place = machinePlace(number);
    super(number, place);
    this.#run = run;
    this.#qmp = place.qmp;
    this.#console = place.console;
    this.#bootStart = booting ? 0 : undefined;
  }

  override reboot(): Promise<void> {
    this.#bootStart = statSync(this.#console).size;
    return super.reboot();
  }

  /**
   * Kills QEMU in the middle of everything, and boots the machine from what its disk has then. What its kernel
   * had not written is lost; what it had told the disk to keep is there, if the disk's cache is "writeback".
   */
  async cutPower(): Promise<void> {
    if (this.#run === undefined) throw new Error(`${this.name} cannot be started again`);
    const before = await this.run("cat /proc/sys/kernel/random/boot_id");
    await killAll(cgroupOf(this.name));
    this.#bootStart = statSync(this.#console).size;
    startQemu({ ...this.#run, snapshot: undefined });
    await this.untilUp(before);
  }

  /** Remembers the machine as it is now, memory and disk, under a name. Takes a second. */
  async save(name: string): Promise<void> {
    await monitor(this.#qmp, `savevm ${checked(name)}`);
  }

  /**
   * Makes the machine what it was when it was saved, with the cable plugged in and the clock right.
   * Connections that are open are lost. SSH answers when this returns.
   */
  async restore(name: string): Promise<void> {
    try {
      await monitor(this.#qmp, `loadvm ${checked(name)}`);
    } catch (error) {
      // QEMU has stopped the machine, and found no snapshot of that name.
      await qmp(this.#qmp, "cont");
      throw error;
    }
    this.#bootStart = undefined;
    await this.setReachable(true);
    await this.wake();
  }

  async setReachable(reachable: boolean): Promise<void> {
    await qmp(this.#qmp, "set_link", { name: "net", up: reachable });
  }

  /** Sets the clock of a machine that was asleep, and runs a script on it, with arguments. */
  async wake(script = "", ...args: string[]): Promise<void> {
    const deadline = Date.now() + this.patience * 1000;
    for (;;) {
      const { exitCode, output } = await this.#setClock(script, args);
      if (exitCode === 0) return;
      // 255 is SSH's own failure: the next connection may be better.
      if (exitCode !== 255 || Date.now() > deadline)
        throw new Error(`${this.name} did not wake up: exit ${exitCode}\n${output}`);
      await sleep(200);
    }
  }

  /** Gives the machine its name and its admins. */
  async introduce(admins: readonly Admin[]): Promise<void> {
    const script = readFileSync(scriptPath("identity.sh"), "utf8");
    await this.wake(script, this.name, ...admins.flatMap(({ name, sudo }) => [name, sudo]));
  }

  /** The time is read when the machine is there to take it: a login takes a while. */
  #setClock(
    script: string,
    args: readonly string[],
  ): Promise<{ exitCode: number; output: string }> {
    const command = [
      "echo ready; read -r now; date -u -s @$now >/dev/null; exec sh -s --",
      ...args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`),
    ].join(" ");
    return new Promise((resolve, reject) => {
      const child = spawn("ssh", ["-F", this.sshConfigPath, this.name, command], {
        stdio: "pipe",
        timeout: 60_000,
      });
      let output = "";
      child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      child.stdout.once("data", () => child.stdin.end(`${Date.now() / 1000}\n${script}`));
      child.stdin.on("error", () => undefined);
      child.on("error", reject);
      child.on("close", (code) => resolve({ exitCode: code ?? 255, output }));
    });
  }

  /**
   * While it boots, its console tells when a login is worth a try. To knock at its door would do harm:
   * QEMU accepts every connection, and delivers later what is abandoned by then. sshd counts that as
   * many clients that leave without logging in, and refuses the next (PerSourcePenalties).
   */
  protected async answers(): Promise<boolean> {
    if (this.#bootStart === undefined) return true;
    if (readFileSync(this.#console).includes("login: ", this.#bootStart)) {
      this.#bootStart = undefined;
      return true;
    }
    await sleep(100);
    return false;
  }
}

/** A name for QEMU's monitor, which splits at spaces and takes numbers for something else. */
function checked(name: string): string {
  if (!/^[a-z][a-z0-9-]*$/i.test(name))
    throw new Error(`'${name}' is no name for a snapshot; use letters, digits and hyphens`);
  return name;
}
