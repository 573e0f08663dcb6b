import { kernelCourse, needsOfEngine } from "./course";

kernelCourse({
  suite: "bullseye",
  packages: [...needsOfEngine, "fuse-overlayfs"],
  kernel: "5.10",
  storageDriver: "fuse-overlayfs",
  delegated: ["memory", "pids"],
  blockIo: "available",
  pidHost: "unavailable",
  criu: false,
  appArmor: false,
});
