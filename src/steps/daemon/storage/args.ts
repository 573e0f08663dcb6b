/** How the daemon keeps images and containers. Another driver does not see what the old one kept. */
export const StorageDriver = {
  /** The engine's own choice, and fuse-overlayfs on kernels before 5.11. An engine that chooses vfs is an error. */
  Auto: "Auto",
  /**
   * The kernel's overlay file system, from kernel 5.11 on. Debian's earlier kernels need the module option
   * overlay.permit_mounts_in_userns.
   */
  Overlay2: "Overlay2",
  /** Overlay in user space; its package is installed. */
  FuseOverlayfs: "FuseOverlayfs",
  /** Subvolumes of Btrfs; the data root has to be on Btrfs. */
  Btrfs: "Btrfs",
  /** Copies of whole layers: slow and large, but it works everywhere. */
  Vfs: "Vfs",
} as const;
export type StorageDriver = (typeof StorageDriver)[keyof typeof StorageDriver];
