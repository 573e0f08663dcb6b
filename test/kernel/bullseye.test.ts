import { kernelMatrix } from "./matrix";

kernelMatrix({
  suite: "bullseye",
  kernel: "5.10",
  storageDriver: "fuse-overlayfs",
  delegated: ["memory", "pids"],
  blockIo: "available",
  pidHost: "unavailable",
  criu: false,
  discardsSctp: true,
  appArmor: false,
  overlayOption: true,
});
