import {
  appendFileSync,
  existsSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { exec, execOrThrow } from "./exec";

/** Gives a host, whose tree is empty yet, a disk of its own; nothing is kept back for root. */
export async function mountDisk(dir: string, megabytes: number): Promise<void> {
  const image = join(dir, "disk.img");
  writeFileSync(image, "");
  truncateSync(image, megabytes * 1024 * 1024);
  await execOrThrow("mkfs.ext4", ["-q", "-m", "0", "-O", "^has_journal", image]);
  await execOrThrow("mount", ["-o", "loop", image, join(dir, "root")]);
}

const fillerOf = (root: string) => join(root, "filler");

/** Takes all that is free on a host's own disk, to the last block. */
export async function fillDisk(root: string): Promise<void> {
  const filler = fillerOf(root);
  const { bavail, bsize } = statfsSync(root);
  // Leaves some for its own administration, and for what the host writes meanwhile; the rest is taken
  // block by block.
  const atOnce = Math.max(1, bavail - 8192) * bsize;
  const { exitCode, stderr } = await exec("fallocate", ["-l", String(atOnce), filler]);
  if (exitCode !== 0 && !stderr.includes("No space left")) throw new Error(stderr);
  const block = Buffer.alloc(bsize, 1);
  for (;;) {
    try {
      appendFileSync(filler, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
}

/** Gives back what was taken. */
export function freeDisk(root: string): void {
  const filler = fillerOf(root);
  if (existsSync(filler)) rmSync(filler);
}
