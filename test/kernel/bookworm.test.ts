import { kernelMatrix } from "./matrix";

kernelMatrix({
  suite: "bookworm",
  kernel: "6.1",
  storageDriver: "overlay2",
  delegated: ["cpu", "memory", "pids"],
  blockIo: "available",
  pidHost: "unavailable",
  criu: true,
  appArmor: false,
  overlayOption: false,
});
