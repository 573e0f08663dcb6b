import type { Document } from "../../document";
import type { Reader } from "../../../validation/reader";
import { StorageDriver } from "./args";

export interface StorageSettings {
  storageDriver: StorageDriver;
  /** Where images and containers are. Absent: the account's default. */
  dataRoot?: string;
}

export function storageSettings(read: Reader, daemon: Record<string, unknown>): StorageSettings {
  const dataRoot = daemon["data-root"];
  return {
    storageDriver: read.oneOf("storageDriver", StorageDriver) ?? StorageDriver.Auto,
    dataRoot: typeof dataRoot === "string" ? dataRoot : undefined,
  };
}

/** The part that preflight checks too: whether the driver can work there at all. */
export function storageDocument({ storageDriver }: StorageSettings): Document {
  return { "daemon.json/storage-driver": driverNames[storageDriver] };
}

/** What preflight needs to try the driver. */
export function storageTrialDocument(settings: StorageSettings): Document {
  return { ...storageDocument(settings), "daemon.json/data-root": settings.dataRoot };
}

const driverNames: Record<StorageDriver, string | undefined> = {
  [StorageDriver.Auto]: undefined,
  [StorageDriver.Overlay2]: "overlay2",
  [StorageDriver.FuseOverlayfs]: "fuse-overlayfs",
  [StorageDriver.Btrfs]: "btrfs",
  [StorageDriver.Vfs]: "vfs",
};
