const { default: Sequencer } = require("@jest/test-sequencer");

// What takes minutes. Begun last, it would run on alone.
const longest = [
  ...["engine/life", "machine/boot", "engine/interrupted"],
  ...["agent/rootful", "agent/engine", "agent/walk"],
  ...["kernel/bullseye", "kernel/trixie", "kernel/bookworm", "failures/later"],
];

/** Jest's own order is by earlier runs' times, which a new checkout does not have, and then by size. */
module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ path }) => longest.some((name) => path.endsWith(`/test/${name}.test.ts`));
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
