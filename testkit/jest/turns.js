const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Files with many rows, each part as long as another: a run of `npm test` takes one part of them, which its
// commit decides, and a few commits try all.
const parts = [
  [
    ...["host/durable", "host/accountsAnew", "host/owners", "host/network", "host/subordinateIds"],
    ...["host/packagesOfOthers", "host/pacman", "scenario/oneStep", "host/ownDisk", "host/plugins"],
  ],
  [
    ...["host/dockerRepository", "host/leases", "host/trust", "host/kernelModules"],
    ...["host/sysctls", "host/kernel", "scenario/escalation", "scenario/driftPreview"],
  ],
  [
    ...["host/dnf", "host/accountIdentity", "host/rootful", "host/nextTenant", "host/packageMarks"],
    ...[
      "host/trustOfDaemon",
      "scenario/diagnostics",
      "scenario/conformance/connection",
      "scenario/previews",
    ],
  ],
  [
    ...["host/staticArchive", "host/accountsWord", "host/accounts", "host/powerCuts/ext4"],
    ...["host/usedOtherwise", "host/dataOfOthers", "scenario/drift"],
  ],
  [
    ...["host/zypper", "host/archives", "host/daemonsAnew", "host/storage", "host/preinstalled"],
    ...["host/daemonStart", "host/doctor", "scenario/interrupted/interrupted"],
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
