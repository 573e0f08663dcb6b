const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Files with many rows, each part as long as another: a run of `npm test` takes one part of them, which its
// commit decides, and a few commits try all.
const parts = [
  [
    ...["host/durable", "host/accountsAnew", "host/pacman", "host/packagesOfOthers"],
    "scenario/oneStep",
  ],
  ["host/dockerRepository", "host/plugins", "host/containerRows", "scenario/driftPreview"],
  [
    ...["host/dnf", "host/accountIdentity", "host/rootful", "host/nextTenant", "host/packageMarks"],
    ...["scenario/diagnostics", "scenario/conformance/connection", "host/registries"],
  ],
  [
    ...["host/staticArchive", "host/accountsWord", "host/accounts", "host/powerCuts/ext4"],
    "host/dataOfOthers",
  ],
  ["host/zypper", "host/archives", "host/daemonsAnew", "host/storage", "host/subordinateIds"],
  [
    ...["host/leases", "host/trust", "host/usedOtherwise", "host/trustOfDaemon", "host/network"],
    "scenario/drift",
  ],
  [
    ...["host/preinstalled", "host/doctor", "host/daemonStart", "host/owners", "host/ownDisk"],
    ...["host/kernel", "host/kernelModules", "host/sysctls", "scenario/escalation"],
    ...["scenario/previews", "scenario/interrupted/interrupted"],
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
