const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Files with many rows, each part as long as another: a run of `npm test` takes one part of them, which its
// commit decides, and a few commits try all.
const parts = [
  ["host/durable", "host/accounts", "host/accountsReach", "host/btrfs"],
  ["host/pacman", "host/powerCuts/ext4", "host/rootful", "scenario/options"],
  ["host/zypper", "host/trust", "host/network", "host/daemonStart", "scenario/oneStep"],
  [
    "host/dockerRepository",
    "host/daemonsAnew",
    "host/preinstalled",
    "host/storage",
    "host/sysctls",
  ],
  [
    "host/archives",
    "host/accountsWord",
    "scenario/diagnostics",
    "host/packagesOfOthers",
    "scenario/escalation",
  ],
  [
    "scenario/driftPreview",
    "host/staticArchive",
    "host/trustOfDaemon",
    "host/registries",
    "scenario/previews",
  ],
  [
    "host/accountIdentity",
    "host/plugins",
    "scenario/conformance/connection",
    "scenario/drift",
    "host/kernel",
  ],
  [
    "host/leases",
    "host/accountsAnew",
    "host/packageMarks",
    "host/containerRows",
    "host/subordinateIds",
  ],
  ["host/settings", "host/usedOtherwise", "host/doctor", "host/owners", "host/kernelModules"],
  [
    "host/dataOfOthers",
    "host/dnf",
    "host/ownDisk",
    "scenario/interrupted/interrupted",
    "host/nextTenant",
  ],
];

/** What jest leaves out, as patterns of paths. `turn` is a hexadecimal number; nothing is left out without. */
exports.leftOut = (turn) => {
  if (!turn) return [];
  const taken = parseInt(turn, 16) % parts.length;
  return parts
    .filter((_, index) => index !== taken)
    .flat()
    .map((name) => {
      const path = join(__dirname, `../../test/${name}.test.ts`);
      if (!existsSync(path)) throw new Error(`no such test: ${path}`);
      return `/test/${name}\\.test\\.ts$`;
    });
};
