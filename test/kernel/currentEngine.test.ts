import { kernelMatrix } from "./matrix";

// Docker's current engine on the stock kernels.
const onAll = { current: true, blockIo: "available", appArmor: false } as const;

describe("Debian 13", () =>
  kernelMatrix({
    ...onAll,
    suite: "trixie",
    kernel: "6.12",
    criu: true,
    storageDriver: "overlayfs",
    delegated: ["cpu", "memory", "pids"],
    pidHost: "limited",
    overlayOption: false,
  }));

describe("Debian 12", () =>
  kernelMatrix({
    ...onAll,
    suite: "bookworm",
    kernel: "6.1",
    criu: true,
    storageDriver: "overlayfs",
    delegated: ["cpu", "memory", "pids"],
    pidHost: "limited",
    overlayOption: false,
  }));

describe("Debian 11", () =>
  kernelMatrix({
    ...onAll,
    suite: "bullseye",
    kernel: "5.10",
    criu: false,
    storageDriver: "fuse-overlayfs",
    delegated: ["memory", "pids"],
    pidHost: "limited",
    // With the module's option it starts no container (docs/limits.md).
  }));
