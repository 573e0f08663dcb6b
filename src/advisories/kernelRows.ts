import { isFrom } from "../limitations/versions";
import type { AdvisoryId } from "../steps/advisoryIds";
import { affected, type AdvisoryRow, notReported, unaffected, unknown } from "./advisory";

/** Faults of the kernel, or of what it does with an engine. */
export const kernelRows = {
  "overlay2-on-kernel-5-10": {
    title: "overlay2 fails to unpack many images on kernel 5.10",
    source: "https://github.com/moby/moby/issues/42302",
    affects: "the storage driver overlay2 on kernel 5.10 (Debian 11)",
    meaning:
      "Pulls and builds fail with 'input/output error', and Docker 29 starts no container with this driver.",
    fix: "set storageDriver to fuse-overlayfs, or boot a kernel from 5.11 on. The daemon does not show the images of the earlier driver",
    judge(host) {
      const driver = host.storageDriver;
      const kernel = host["versions.kernel"];
      if (driver === undefined) return notReported("its storage driver");
      if (kernel === undefined) return notReported("its kernel");
      const evidence = `the storage driver is ${driver}, the kernel ${kernel}`;
      if (driver !== "overlay2" || isFrom(kernel, 5, 11)) return unaffected(evidence);
      if (isFrom(kernel, 5, 10)) return affected(evidence);
      return unknown(`${evidence}, whose overlay2 in a user namespace is the distribution's patch`);
    },
  },
} satisfies Partial<Record<AdvisoryId, AdvisoryRow>>;
