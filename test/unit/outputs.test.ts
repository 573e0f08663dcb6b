import { cgroupInfo, factsOf, limitations, subordinateIds } from "../../src/outputs";

const mend =
  "run 'pulumi up' again, and if it stays, look for output of the login shell's start files on the host";

describe("the agent's report", () => {
  test("gives its facts", () => {
    const report = '{"step":"kernel","changed":["x"],"facts":{"a":"1","b":"x \\"y\\""}}';
    expect(factsOf(report)).toEqual({ a: "1", b: 'x "y"' });
    expect(factsOf('{"step":"agent","changed":[],"facts":{}}')).toEqual({});
  });

  test.each([
    ["nothing", "", ""],
    ["something else", "Welcome to machine\n", "Welcome to machine\n"],
    ["other JSON", '{"a":1}', '{"a":1}'],
    ["JSON that is no object", "null", "null"],
    ["a lot", "x".repeat(1000), "x".repeat(80)],
  ])("%s instead of it is an error that says what to do", (_what, report, shown) => {
    expect(() => factsOf(report)).toThrow(
      new Error(`expected the agent's JSON report, got '${shown}'; ${mend}`),
    );
  });
});

test("one range and several", () => {
  expect(
    subordinateIds({ "subordinateIds.uids": "1:2", "subordinateIds.gids": "3:4,5:6" }),
  ).toEqual({
    uids: [{ start: 1, count: 2 }],
    gids: [
      { start: 3, count: 4 },
      { start: 5, count: 6 },
    ],
  });
});

test("no controllers are an empty list", () => {
  const facts = { "cgroup.version": "1", "cgroup.driver": "none", "cgroup.controllers": "" };
  expect(cgroupInfo(facts)).toEqual({ version: "1", driver: "none", controllers: [] });
});

test("limitations of several steps, by name", () => {
  const row = (name: string, status: string) => ({
    [`limitations.${name}.status`]: status,
    [`limitations.${name}.fact`]: `fact of ${name}`,
    [`limitations.${name}.mend`]: `mend of ${name}`,
  });
  expect(limitations([{ ...row("b", "limited"), other: "x" }, row("a", "available"), {}])).toEqual([
    { name: "a", status: "available", fact: "fact of a", mend: "mend of a" },
    { name: "b", status: "limited", fact: "fact of b", mend: "mend of b" },
  ]);
});
