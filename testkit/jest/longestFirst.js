const { default: Sequencer } = require("@jest/test-sequencer");

// What takes minutes, by seconds of processor time on a machine that does nothing else. Begun last, it would
// run on alone.
const longest = [
  // A new machine builds an engine for these, while others run beside it.
  ...["host/dockerRepository", "host/dnf", "host/zypper", "host/pacman", "host/archives"],
  ...["host/staticArchive", "host/preinstalled"],
  ...["scenario/life", "scenario/interrupted/interrupted", "scenario/drift", "upgrade/upgrade"],
  ...["scenario/driftPreview", "host/engine", "host/rootful", "host/durable", "host/leases"],
  ...["host/apply", "host/settings", "host/accountsAnew", "host/doctor", "host/accountsWord"],
  ...["host/trustOfDaemon", "host/ownDisk"],
  ...["host/powerCuts/ext4", "scenario/secrets", "scenario/diagnostics", "host/network"],
  ...["kernel/bullseye", "kernel/trixie", "kernel/bookworm", "kernel/diagnostics/later"],
];

/** Jest's own order is by earlier runs' times, which a new checkout does not have, and then by size. */
module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const place = ({ path }) => {
      const found = longest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
      return found < 0 ? longest.length : found;
    };
    return sorted.sort((a, b) => place(a) - place(b));
  }
};
