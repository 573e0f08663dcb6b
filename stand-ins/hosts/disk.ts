import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
  statSync,
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

/** One file system of a disk: where it is mounted, below the root, and its bytes in the disk's file. */
interface Part {
  folder: string;
  offset: number;
  size: number;
}

/**
 * Makes the file of a disk, with an empty file system as its programs make it.
 *
 * @param apart folders whose file systems are their own. All are in the one file: so a copy of it is of one moment.
 */
export async function formatImage(
  image: string,
  fileSystem: Journalled,
  megabytes: number,
  apart: readonly string[] = [],
): Promise<void> {
  makeImage(image, megabytes);
  const [program, ...args] = mkfs[fileSystem];
  if (apart.length === 0) {
    await execOrThrow(program, [...args, image]);
    return;
  }
  const size = Math.floor(megabytes / (apart.length + 1)) * 1024 * 1024;
  const parts = ["", ...apart].map((folder, index) => ({ folder, offset: index * size, size }));
  for (const part of parts) {
    const device = await execOrThrow("losetup", ["--find", "--show", ...extentOf(part), image]);
    try {
      await execOrThrow(program, [...args, device.trim()]);
    } finally {
      await execOrThrow("losetup", ["--detach", device.trim()]);
    }
  }
  appendFileSync(image, JSON.stringify(parts).padEnd(tableBytes));
}

/** The list of its parts ends the file of a disk that has several. */
const tableBytes = 4096;

function extentOf({ offset, size }: Part): string[] {
  return ["--offset", String(offset), "--sizelimit", String(size)];
}

function partsOf(image: string): Part[] {
  const { size } = statSync(image);
  const table = Buffer.alloc(tableBytes);
  const file = openSync(image, "r");
  readSync(file, table, 0, tableBytes, size - tableBytes);
  closeSync(file);
  const text = table.toString("latin1");
  return text.startsWith('[{"folder":')
    ? (JSON.parse(text) as Part[])
    : [{ folder: "", offset: 0, size }];
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
  for (const part of partsOf(image)) {
    const place = join(folder, part.folder);
    mkdirSync(place, { recursive: true });
    const at = ["-p", "-O", String(part.offset), "-o", "value", "-s", "TYPE", image];
    const type = (await execOrThrow("blkid", at)).trim();
    if (type === "btrfs") await exec("btrfs", ["device", "scan", "--forget"]);
    const extent = `loop,offset=${part.offset},sizelimit=${part.size}`;
    const options = type === "xfs" ? `${extent},nouuid` : extent;
    await execOrThrow("mount", ["-o", options, image, place]);
  }
}

/** Gives up what a mounted disk was still to be told, as far as its file system can: it is not needed. */
export async function abandonDisk(folder: string): Promise<void> {
  const { stdout } = await exec("findmnt", ["-R", "-n", "-r", "-o", "TARGET", folder]);
  for (const place of stdout.split("\n").filter(Boolean).reverse())
    await exec("xfs_io", ["-x", "-c", "shutdown", place]);
  await unmountDisk(folder);
}

/** The kernel may call it busy for a moment after the last process. */
export async function unmountDisk(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { exitCode, stderr } = await exec("umount", ["-R", folder]);
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
