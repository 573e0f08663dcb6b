import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireDiskTools } from "../requirements";
import { allocate, release } from "./allocate";
import { formatImage, mountImage } from "./disk";
import { execOrThrow } from "./exec";
import { removeLeftoversOnce } from "./leftovers";
import { placeOf } from "./place";

/** A folder for the files of disks, which can be copied as they are at one moment. */
export interface Vault {
  /** The path of a file in it. */
  path(name: string): string;
  /** Copies a file at once, whoever writes to it: what is written later is not in the copy. */
  copy(from: string, to: string): Promise<void>;
  remove(name: string): void;
  destroy(): Promise<void>;
}

/**
 * Makes one, on a file system of its own (XFS) that shares the blocks of copies. It takes a host's number and
 * folder, and vanishes like a host.
 */
export async function createVault(megabytes: number): Promise<Vault> {
  await requireDiskTools();
  await removeLeftoversOnce();
  const number = await allocate();
  const { dir } = placeOf(number);
  const folder = join(dir, "vault");
  mkdirSync(folder);
  await formatImage(join(dir, "vault.img"), "xfs", megabytes);
  await mountImage(join(dir, "vault.img"), folder);
  const path = (name: string) => join(folder, name);
  return {
    path,
    copy: async (from, to) => {
      await execOrThrow("cp", ["--reflink=always", path(from), path(to)]);
    },
    remove: (name) => rmSync(path(name), { force: true }),
    destroy: () => release(number),
  };
}
