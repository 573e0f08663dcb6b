/** How the daemon keeps images and containers. Another driver does not see what the old one kept. */
export const StorageDriver = {
  /**
   * What works on the host: what a daemon had that was there before, the driver that has data there already,
   * else overlay2, else fuse-overlayfs, each tried as the account; never a new vfs. The log and the output
   * `limitations` say why.
   */
  Auto: "Auto",
  /**
   * The kernel's overlay file system (kernel 5.11 or later, or Debian's older ones with the module
   * option overlay.permit_mounts_in_userns).
   */
  Overlay2: "Overlay2",
  /** Overlay in user space, for kernels or file systems without the other; its package is installed. */
  FuseOverlayfs: "FuseOverlayfs",
  /** Subvolumes and snapshots of Btrfs, which the data root has to be on. */
  Btrfs: "Btrfs",
  /** Whole copies of every layer: slow and large, works everywhere. */
  Vfs: "Vfs",
} as const;
export type StorageDriver = (typeof StorageDriver)[keyof typeof StorageDriver];
