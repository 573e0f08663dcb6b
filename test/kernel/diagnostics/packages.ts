import { packagesOf as packagesOfKernels } from "../packages";

/** What the machines have: an NFS server too where a data root is tried on one. */
export const packagesOf = {
  trixie: [...packagesOfKernels.trixie, "nfs-kernel-server"],
  bookworm: packagesOfKernels.bookworm,
  bullseye: packagesOfKernels.bullseye,
};
