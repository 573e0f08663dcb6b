import { steps } from "../../src/steps";
import type { AccountInfo } from "../../src/steps/account/args";
import { type Facts, factsOf } from "../../src/steps/facts";
import { usualFacts } from "./mocks";

describe("the agent's report", () => {
  const report = '{"step":"machine","changed":["x"],"facts":{"a":"1","b":"x \\"y\\""}}';

  test.each([
    ["alone", report],
    ["with its line's end", `${report}\n`],
    ["after what a login shell prints", `Welcome!\n{"facts":{"a":"2"}}\n${report}`],
  ])("gives its facts, %s", (_how, stdout) => {
    expect(factsOf("web-machine", stdout)).toEqual({ a: "1", b: 'x "y"' });
    expect(factsOf("web-agent", '{"step":"agent","changed":[],"facts":{}}')).toEqual({});
  });

  test.each([
    ["nothing", "", "''"],
    ["something else", "Welcome to machine\n", "'Welcome to machine'"],
    ["something after it", `${report}\nlogout`, `'${report}\\nlogout'`],
    ["half of it", report.slice(0, 30), `'${report.slice(0, 30)}'`],
    ["other JSON", '{"a":1}', `'{"a":1}'`],
    ["JSON that is no object", "null", "'null'"],
    ["facts that are no texts", '{"facts":{"a":1}}', `'{"facts":{"a":1}}'`],
    ["what a terminal obeys", "\u001b[2J", "'\\u001b[2J'"],
    ["a lot", "x".repeat(1000), `'${"x".repeat(77)}...' (1000 characters)`],
    ["a lot before it", `${"x".repeat(2 ** 20)}\n${report}`, / \(10486\d\d characters\)$/],
  ])("%s instead of it is an error that says what to do", (_what, stdout, found) => {
    let message = "";
    try {
      factsOf("web-machine", stdout);
    } catch (error) {
      ({ message } = error as Error);
    }
    const [, shown, rest] =
      /^web-machine: report: found ([^]*), expected the agent's JSON\. To fix: (.*)$/.exec(
        message,
      ) ?? [];
    expect(shown).toEqual(typeof found === "string" ? found : expect.stringMatching(found));
    expect(rest).toBe(
      "see what the login shell's start files print on the host (such as ~/.bashrc), then run 'pulumi up' with a new value of operations.recheck, which asks again",
    );
  });

  test("a hundred megabytes are refused unread, in a line", () => {
    const stdout = Buffer.alloc(100 * 2 ** 20, "x").toString();
    const parse = jest.spyOn(JSON, "parse");
    try {
      expect(() => factsOf("web-machine", stdout)).toThrow(/^.{0,400}$/);
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });
});

/** An output of the component, from a usual host's report with some facts that differ. */
function outputOf(output: string, change: Record<string, string | undefined>): unknown {
  const [step] = steps.filter(({ outputs }) => output in outputs);
  const facts = { ...usualFacts[step.name], ...change };
  const there = Object.entries(facts).filter(([, value]) => value !== undefined);
  const read = (step.outputs as Record<string, (command: string, facts: Facts) => unknown>)[output];
  return read(`web-${step.name}`, Object.fromEntries(there) as Facts);
}

test("one range and several", () => {
  const facts = { "subordinateIds.uids": "1:2", "subordinateIds.gids": "3:4,5:6" };
  expect((outputOf("account", facts) as AccountInfo).subordinateIds).toEqual({
    uids: [{ start: 1, count: 2 }],
    gids: [
      { start: 3, count: 4 },
      { start: 5, count: 6 },
    ],
  });
});

test.each<[string, Record<string, string | undefined>, string]>([
  [
    "account",
    { "account.uid": undefined },
    "none as the fact account.uid, expected a whole number",
  ],
  [
    "socketPath",
    { "account.uid": "12x" },
    "'12x' as the fact account.uid, expected a whole number",
  ],
  ["account", { "account.gid": "NaN" }, "'NaN' as the fact account.gid, expected a whole number"],
  ["account", { "account.home": "" }, "'' as the fact account.home, expected a string"],
  [
    "account",
    { "subordinateIds.gids": "" },
    "'' as the fact subordinateIds.gids, expected ranges of ids such as 165536:65536",
  ],
  [
    "account",
    { "subordinateIds.uids": "1:2,3" },
    "'1:2,3' as the fact subordinateIds.uids, expected ranges of ids such as 165536:65536",
  ],
  ["network", { "network.mtu": "" }, "'' as the fact network.mtu, expected a whole number"],
  [
    "storageDriver",
    { storageDriver: undefined },
    "none as the fact storageDriver, expected a string",
  ],
  ["versions", { "versions.os": undefined }, "none as the fact versions.os, expected a string"],
])("%s: %j is an error that names step and fact, and what to do", (output, facts, found) => {
  const [step] = steps.filter(({ outputs }) => output in outputs);
  expect(() => outputOf(output, facts)).toThrow(
    `web-${step.name}: report: found ${found}. To fix: run 'pulumi up' with a new value of operations.recheck, which asks the host again; `,
  );
});
