import { existsSync, readFileSync } from "node:fs";
import { allocate, release } from "../hosts/allocate";
import { execOrThrow } from "../hosts/exec";
import { removeLeftoversOnce } from "../hosts/leftovers";
import type { Admin } from "../hosts/tree";
import { progress } from "../progress";
import { requireForeignTools, requireMachineTools } from "../requirements";
import { giveAccess } from "./access";
import { bootedDisk, bootedSnapshot, describe } from "./booted";
import { machineImage } from "./image";
import { Machine } from "./machine";
import { machinePlace } from "./place";
import { type DiskCache, type Foreign, qemuHere, startQemu } from "./qemu";

/** The Debian suites whose kernels are known to start. */
export const suites = ["trixie", "bookworm", "bullseye"] as const;
export type Suite = (typeof suites)[number];

export interface MachineArgs {
  /** The Debian suite, by codename; the machine has its kernel. */
  suite: Suite;
  /** Packages that are there before the first boot. Defaults to none. Each set is an image. */
  packages?: readonly string[];
  /** Logins beside root. Defaults to none. */
  admins?: readonly (Admin & { sudo: "nopasswd" | "none" })[];
  /** Whether its disk keeps what it is told to keep when the power is cut. Defaults to "unsafe". */
  cache?: DiskCache;
  /** More for its kernel's command line. Defaults to nothing. */
  kernelOptions?: string;
  /** Debian's name of another architecture than this machine's. Defaults to this machine's. */
  architecture?: Foreign;
}

/**
 * Makes a virtual machine, and waits until it answers: a few seconds, once the suite's image and its
 * first boot are in the cache. It vanishes with this process, however that ends. Its keys are those of
 * all machines with the same image.
 */
export async function createMachine(args: MachineArgs): Promise<Machine> {
  const { architecture } = args;
  await requireMachineTools();
  if (architecture !== undefined) await requireForeignTools();
  await removeLeftoversOnce();
  const image = await machineImage(args.suite, args.packages, architecture);
  const qemu = await qemuHere(image, architecture);
  const { cache, kernelOptions } = args;
  const booted = await bootedDisk({ image, qemu, kernelOptions });
  const number = await allocate();
  const { machine: name, disk } = machinePlace(number);
  return progress(`starting ${name} (${args.suite}, ${describe(qemu)})`, async () => {
    try {
      await execOrThrow("cp", ["--reflink=auto", "--sparse=auto", booted, disk]);
      giveAccess(number, image);
      const run = { number, image, qemu, snapshot: bootedSnapshot, cache, kernelOptions };
      startQemu(run);
      const machine = new Machine(number, { booting: false, run });
      await machine.introduce(args.admins ?? []);
      return machine;
    } catch (cause) {
      const said = readConsole(number);
      await release(number);
      throw new Error(`a ${args.suite} machine did not come up; its console said:\n${said}`, {
        cause,
      });
    }
  });
}

function readConsole(number: number): string {
  const file = machinePlace(number).console;
  return existsSync(file) ? readFileSync(file, "utf8") : "nothing";
}
