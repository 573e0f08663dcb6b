import { kernelCourse, needsOfEngine } from "./course";

kernelCourse({
  suite: "bookworm",
  packages: [...needsOfEngine, "criu"],
  kernel: "6.1",
  storageDriver: "overlay2",
  delegated: ["cpu", "memory", "pids"],
  blockIo: "available",
  pidHost: "unavailable",
  criu: true,
  appArmor: false,
});
