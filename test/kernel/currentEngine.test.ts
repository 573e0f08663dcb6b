import { kernelMatrix } from "./matrix";

// Docker's current engine on the stock kernels.
const onAll = {
  current: true,
  blockIo: "available",
  pidHost: "limited",
  appArmor: false,
} as const;

const since12 = {
  ...onAll,
  storageDriver: "overlayfs",
  delegated: ["cpu", "memory", "pids"],
  criu: true,
  overlayOption: false,
} as const;

describe("Debian 13", () => kernelMatrix({ ...since12, suite: "trixie", kernel: "6.12" }));

describe("Debian 12", () => kernelMatrix({ ...since12, suite: "bookworm", kernel: "6.1" }));

// With its overlay module's option it starts no container (docs/limits.md).
describe("Debian 11", () =>
  kernelMatrix({
    ...onAll,
    suite: "bullseye",
    kernel: "5.10",
    storageDriver: "fuse-overlayfs",
    delegated: ["memory", "pids"],
    criu: false,
  }));
