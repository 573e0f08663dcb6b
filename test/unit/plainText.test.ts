import * as fc from "fast-check";
import { readSettings } from "../../src/steps/settings";
import { plainLine, plainText } from "../../src/validation/plainText";

test.each([
  ["a\u001b[31mb", "a\\u001b[31mb"],
  ["\u202eabc\u2066", "\\u202eabc\\u2066"],
  ["a\u200bb\ufeff", "a\\u200bb\\ufeff"],
  ["x<{%pwned%}>y", "x<\\u007b%pwned%}>y"],
  ["<<{%", "<<\\u007b%"],
  ["{% raw %}", "{% raw %}"],
  ["\u{e0041}", "\\u{e0041}"],
  ["\ud800", "\\ud800"],
  ["a\r\nb\tc", "a\\r\nb\tc"],
  ["äöü 🐳", "äöü 🐳"],
])("%j as text", (text, shown) => {
  expect(plainText(text)).toBe(shown);
});

test("on one line, cut between characters and before they are escaped", () => {
  expect(plainLine("a\nb\tc")).toBe("a\\nb\\tc");
  expect(plainLine("🐳".repeat(10), 10)).toBe("🐳".repeat(10));
  expect(plainLine("🐳".repeat(11), 10)).toBe(`${"🐳".repeat(7)}...`);
  expect(plainLine(`${"a".repeat(6)}\u001bbbbbbb`, 10)).toBe("aaaaaa\\u001b...");
});

test("twice is as once, and what comes out is text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = plainText(text);
      expect(plainText(shown)).toBe(shown);
      expect(shown).not.toMatch(/[^\n\t\P{Cc}]|[\p{Cf}\u2028\u2029]|<\{%/u);
    }),
  );
});

describe("the mark of a colour in a value, at which the CLI panics", () => {
  const marked = "x<{%pwned%}>y";
  const problems = (args: object, secretPaths: string[] = []) =>
    readSettings({ connection: { host: "h" }, ...args }, secretPaths).problems.map(
      ({ propertyPath, reason }) => `${propertyPath}: ${reason}`,
    );
  const panics =
    "contains '<{%', at which the Pulumi CLI panics when a preview shows it; leave it out, or mark the value as a secret";

  test.each<[string, object, string[]]>([
    ["a value", { environment: { A: marked } }, [`environment.A: the value ${panics}`]],
    [
      "inside a list",
      { daemon: { labels: ["a", marked] } },
      [`daemon.labels[1]: the value ${panics}`],
    ],
    [
      "a name",
      { daemon: { "log-opts": { tag: "a" }, x: { [marked]: 1 } } },
      [`daemon.x: a name ${panics}`],
    ],
  ])("%s", (_what, args, expected) => {
    expect(problems(args)).toEqual(expected);
  });

  test("not in what a preview does not show: a marked value, and one that is a secret by its name", () => {
    expect(problems({ environment: { A: marked } }, ["environment.A"])).toEqual([]);
    expect(problems({ environment: { A: marked } }, ["environment"])).toEqual([]);
    expect(problems({ environment: { PASSWORD: marked } })).toEqual([]);
    const connection = { host: "h", user: "ops", password: marked, sudoPassword: marked };
    expect(problems({ connection })).toEqual([]);
  });

  test("a value that is wrong in another way is refused once", () => {
    expect(problems({ account: { name: marked } })).toHaveLength(1);
  });
});
