const { default: Sequencer } = require("@jest/test-sequencer");

// What takes minutes. Begun last, it would run on alone.
const longest = [
  ...["scenario/life", "scenario/interrupted/interrupted"],
  ...["host/rootful", "host/engine", "host/apply"],
  ...["kernel/bullseye", "kernel/trixie", "kernel/bookworm", "kernel/diagnostics/later"],
];

/** Jest's own order is by earlier runs' times, which a new checkout does not have, and then by size. */
module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ path }) => longest.some((name) => path.endsWith(`/test/${name}.test.ts`));
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
