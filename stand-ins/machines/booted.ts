import { basename, join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { allocate, release } from "../hosts/allocate";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";
import { giveAccess } from "./access";
import { Machine } from "./machine";
import { machinePlace } from "./place";
import { qemuArguments, startQemu, stopQemu, type Qemu, type Run } from "./qemu";

/** The snapshot that every machine goes on from. */
export const bootedSnapshot = "booted";

/** What a machine boots with. */
type Boot = Pick<Run, "image" | "qemu" | "kernelOptions">;

/**
 * The path of a disk with a snapshot of a machine that has just booted: a copy of it is a new machine.
 * Made if it is not in the cache.
 */
export async function bootedDisk({ image, qemu, kernelOptions }: Boot): Promise<string> {
  // "machine-image-trixie-0123456789ab"
  const [, , suite, content] = basename(image).split("-");
  const recipe = [content, qemu, qemuArguments({ number: 0, image: "", qemu, kernelOptions })];
  const dir = await cached(cacheDir("machine-booted", suite, hashOf(recipe)), (tmp) =>
    progress(`booting the ${suite} image for machines once (${describe(qemu)})`, async () => {
      const number = await allocate();
      try {
        await boot(number, { image, qemu, kernelOptions });
        await execOrThrow("mv", [machinePlace(number).disk, diskIn(tmp)]);
      } finally {
        await release(number);
      }
    }),
  );
  return diskIn(dir);
}

export const describe = ({ version, accelerator }: Qemu) => `QEMU ${version}, ${accelerator}`;

const diskIn = (dir: string) => join(dir, "disk.qcow2");

/** Leaves a disk with the snapshot, and nothing that runs. */
async function boot(number: number, { image, qemu, kernelOptions }: Boot): Promise<void> {
  const { disk } = machinePlace(number);
  const base = ["-F", "qcow2", "-b", diskIn(image)];
  await execOrThrow("qemu-img", ["create", "-q", "-f", "qcow2", ...base, disk]);
  giveAccess(number, image);
  const child = startQemu({ number, image, qemu, kernelOptions });
  const machine = new Machine(number, { booting: true });
  await machine.untilUp();
  await machine.run("sync");
  await machine.save(bootedSnapshot);
  await stopQemu(child, number);
}
