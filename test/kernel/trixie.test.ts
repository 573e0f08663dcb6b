import { kernelCourse, needsOfEngine } from "./course";

kernelCourse({
  suite: "trixie",
  packages: [...needsOfEngine, "docker-cli", "criu", "apparmor"],
  kernel: "6.12",
  storageDriver: "overlay2",
  delegated: ["cpu", "memory", "pids"],
  blockIo: "limited",
  pidHost: "limited",
  criu: true,
  appArmor: true,
});
