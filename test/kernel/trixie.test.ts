import { kernelMatrix } from "./matrix";

kernelMatrix({
  suite: "trixie",
  kernel: "6.12",
  storageDriver: "overlay2",
  delegated: ["cpu", "memory", "pids"],
  blockIo: "limited",
  pidHost: "limited",
  criu: true,
  appArmor: true,
  overlayOption: false,
});
