const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Files that take minutes, each part about as long as another: a run of `npm test` takes one part of them, which its
// commit decides, and some dozens of commits try all. What people meet first comes every other time.
const parts = [
  ["host/durable", "host/accountsReach", "host/btrfs", "upgrade/upgrade"],
  ["host/accounts", "host/aptSources", "scenario/pack/readme"],
  ["host/pacman", "host/powerCuts/ext4", "scenario/options", "upgrade/upgrade"],
  ["host/zypper", "host/trust", "host/network", "host/daemonStart", "scenario/pack/readme"],
  ["host/dockerRepository", "host/sysctls", "scenario/diagnostics", "upgrade/upgrade"],
  ["host/daemonsAnew", "host/storage", "scenario/oneStep", "scenario/pack/readme"],
  ["host/preinstalled", "host/archives", "scenario/conformance/connection", "upgrade/upgrade"],
  ["host/accountsWord", "host/packagesOfOthers", "scenario/escalation", "scenario/pack/readme"],
  ["host/staticArchive", "scenario/driftPreview", "upgrade/upgrade"],
  [
    "host/accountsAnew",
    "host/trustOfDaemon",
    "host/registries",
    "scenario/previews",
    "scenario/pack/readme",
  ],
  ["host/accountIdentity", "host/plugins", "host/kernel", "scenario/drift", "upgrade/upgrade"],
  ["host/leases", "host/packageMarks", "scenario/pack/readme"],
  ["host/settings", "host/subordinateIds", "host/containerRows", "upgrade/upgrade"],
  ["host/usedOtherwise", "host/owners", "host/kernelModules", "scenario/pack/readme"],
  ["host/dataOfOthers", "host/dnf", "host/rootful", "upgrade/upgrade"],
  [
    "host/ownDisk",
    "host/nextTenant",
    "host/doctor",
    "scenario/interrupted/interrupted",
    "scenario/pack/readme",
  ],
];

/** What jest leaves out, as patterns of paths. `turn` is a hexadecimal number; nothing is left out without. */
exports.leftOut = (turn) => {
  if (!turn) return [];
  const taken = parseInt(turn, 16) % parts.length;
  return parts
    .flat()
    .filter((name) => !parts[taken].includes(name))
    .map((name) => {
      const path = join(__dirname, `../../test/${name}.test.ts`);
      if (!existsSync(path)) throw new Error(`no such test: ${path}`);
      return `/test/${name}\\.test\\.ts$`;
    });
};
