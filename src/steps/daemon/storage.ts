import type { Reader } from "../../validation/reader";
import type { Document } from "../document";

/** How the daemon keeps images and containers. Another driver does not see what the old one kept. */
export const StorageDriver = {
  /** The engine's own choice, and fuse-overlayfs on kernels before 5.11. If the engine chooses vfs, `up` fails. */
  Auto: "auto",
  /**
   * The kernel's overlay file system. Requires kernel 5.11. Debian's earlier kernels require the module option
   * overlay.permit_mounts_in_userns.
   */
  Overlay2: "overlay2",
  /** Overlay in user space; its package is installed. */
  FuseOverlayfs: "fuse-overlayfs",
  /** Subvolumes of Btrfs. Requires a data root on Btrfs. */
  Btrfs: "btrfs",
  /** Copies of whole layers: slow and large, but it works everywhere. */
  Vfs: "vfs",
} as const;
export type StorageDriver = (typeof StorageDriver)[keyof typeof StorageDriver];

export function storageDriverSettings(read: Reader): StorageDriver {
  return read.oneOf("storageDriver", StorageDriver) ?? StorageDriver.Auto;
}

/** The part that preflight checks too: whether the driver can work there at all. */
export function storageDocument(storageDriver: StorageDriver): Document {
  return { "daemon.json/storage-driver": driverName(storageDriver) };
}

/** https://docs.docker.com/engine/storage/drivers/: each has layers of its own; volumes are no driver's. */
export function storageEffect(before: unknown, after: unknown): string {
  return `the daemon restarts without the images and containers of ${name(before, "the earlier driver")}, which are kept on the disk, but ${name(after, "the new driver")} does not see them; volumes remain in use`;
}

const name = (driver: unknown, otherwise: string) =>
  typeof driver === "string" ? driver : otherwise;

/**
 * Keys by which preflight looks at the driver and at the place of the data.
 *
 * @param dataRoot where images and containers are; the account's default where it is no text.
 */
export function storagePlaceDocument(storageDriver: StorageDriver, dataRoot: unknown): Document {
  const place = typeof dataRoot === "string" ? dataRoot : undefined;
  return { ...storageDocument(storageDriver), "daemon.json/data-root": place };
}

/** The driver that the engine is told to use, undefined where it chooses. */
export const driverName = (driver: StorageDriver): string | undefined =>
  driver === StorageDriver.Auto ? undefined : driver;
