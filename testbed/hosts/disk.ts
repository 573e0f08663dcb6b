import {
  appendFileSync,
  existsSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exec, execOrThrow } from "./exec";

/** Gives a host, whose tree is empty yet, a disk of its own; nothing is kept back for root. */
export async function mountDisk(dir: string, megabytes: number): Promise<void> {
  const image = join(dir, "disk.img");
  makeImage(image, megabytes);
  await execOrThrow("mkfs.ext4", ["-q", "-m", "0", "-O", "^has_journal", image]);
  await mountImage(image, join(dir, "root"));
}

/** File systems that keep what is on the disk whole by a journal, or by never writing over it. */
export const journalled = ["ext4", "xfs", "btrfs"] as const;
export type Journalled = (typeof journalled)[number];

const mkfs: Record<Journalled, readonly string[]> = {
  ext4: ["mkfs.ext4", "-q", "-m", "0"],
  xfs: ["mkfs.xfs", "-q"],
  btrfs: ["mkfs.btrfs", "-q"],
};

/** Makes the file of a disk, with an empty file system as its programs make it. */
export async function formatImage(
  image: string,
  fileSystem: Journalled,
  megabytes: number,
): Promise<void> {
  makeImage(image, megabytes);
  const [program, ...args] = mkfs[fileSystem];
  await execOrThrow(program, [...args, image]);
}

function makeImage(image: string, megabytes: number): void {
  writeFileSync(image, "");
  truncateSync(image, megabytes * 1024 * 1024);
}

/**
 * Mounts the file of a disk. Its journal is played back, where it has one. The kernel may still have an earlier
 * copy of it, which XFS has to be told; btrfs takes a copy for what it is since Linux 6.7.
 */
export async function mountImage(image: string, folder: string): Promise<void> {
  const type = (await execOrThrow("blkid", ["-p", "-o", "value", "-s", "TYPE", image])).trim();
  if (type === "btrfs") await exec("btrfs", ["device", "scan", "--forget"]);
  const options = type === "xfs" ? "loop,nouuid" : "loop";
  await execOrThrow("mount", ["-o", options, image, folder]);
}

/** Gives up what a mounted disk was still to be told, as far as its file system can: it is not needed. */
export async function abandonDisk(folder: string): Promise<void> {
  await exec("xfs_io", ["-x", "-c", "shutdown", folder]);
  await unmountDisk(folder);
}

/** The kernel may call it busy for a moment after the last process. */
export async function unmountDisk(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { exitCode, stderr } = await exec("umount", [folder]);
    if (exitCode === 0 || stderr.includes("not mounted")) return;
    if (tries === 200) throw new Error(stderr);
    await sleep(50);
  }
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
