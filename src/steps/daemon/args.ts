import type * as pulumi from "@pulumi/pulumi";

/** How the daemon keeps images and containers. Another driver does not see what the old one kept. */
export enum StorageDriver {
  /** The engine's own choice, which is overlay2; it is an error where it would be vfs. */
  Auto = "Auto",
  /** The kernel's overlay file system (kernel 5.11 or later). */
  Overlay2 = "Overlay2",
  /** Overlay in user space, for kernels or file systems without the other; its package is installed. */
  FuseOverlayfs = "FuseOverlayfs",
  /** Whole copies of every layer: slow and large, works everywhere. */
  Vfs = "Vfs",
}

/** What becomes of the account's images, containers and volumes on destroy. */
export enum OnDestroyData {
  /** They stay, with the account and its ids if there are any; the log names them. */
  Keep = "Keep",
  /** They are removed. */
  Delete = "Delete",
}

/** What destroy does beyond taking back this package's own changes. */
export interface OnDestroyArgs {
  /** Images, containers and volumes, and the home of an account made here. Defaults to Keep. */
  data?: pulumi.Input<OnDestroyData>;
}
