import { cgroupInfo, factsOf, limitations, subordinateIds } from "../../src/outputs";

describe("the agent's report", () => {
  const report = '{"step":"kernel","changed":["x"],"facts":{"a":"1","b":"x \\"y\\""}}';

  test.each([
    ["alone", report],
    ["with its line's end", `${report}\n`],
    ["after what a login shell prints", `Welcome!\n{"facts":{"a":"2"}}\n${report}`],
  ])("gives its facts, %s", (_how, stdout) => {
    expect(factsOf("web-kernel", stdout)).toEqual({ a: "1", b: 'x "y"' });
    expect(factsOf("web-agent", '{"step":"agent","changed":[],"facts":{}}')).toEqual({});
  });

  test.each([
    ["nothing", "", "''"],
    ["something else", "Welcome to machine\n", "'Welcome to machine'"],
    ["something after it", `${report}\nlogout`, `'${report} logout'`],
    ["half of it", report.slice(0, 30), `'${report.slice(0, 30)}'`],
    ["other JSON", '{"a":1}', `'{"a":1}'`],
    ["JSON that is no object", "null", "'null'"],
    ["facts that are no texts", '{"facts":{"a":1}}', `'{"facts":{"a":1}}'`],
    ["what a terminal obeys", "\u001b[2J", "'[2J'"],
    ["a lot", "x".repeat(1000), `'${"x".repeat(80)}...' (1000 characters)`],
    ["a lot before it", `${"x".repeat(2 ** 20)}\n${report}`, / \(10486\d\d characters\)$/],
  ])("%s instead of it is an error that says what to do", (_what, stdout, found) => {
    let message = "";
    try {
      factsOf("web-kernel", stdout);
    } catch (error) {
      ({ message } = error as Error);
    }
    const [, shown, rest] =
      /^web-kernel: report: found ([^]*); wanted the agent's JSON\. To mend: (.*)$/.exec(message) ??
      [];
    expect(shown).toEqual(typeof found === "string" ? found : expect.stringMatching(found));
    expect(rest).toBe(
      "see what start files of the login shell print on the host (its ~/.bashrc, say), then run 'pulumi up' with a new value of recheck, which asks again",
    );
  });

  test("a hundred megabytes are refused unread, in a line", () => {
    const stdout = Buffer.alloc(100 * 2 ** 20, "x").toString();
    const heap = process.memoryUsage().heapUsed;
    expect(() => factsOf("web-kernel", stdout)).toThrow(/^.{0,400}$/);
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(10 * 2 ** 20);
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
