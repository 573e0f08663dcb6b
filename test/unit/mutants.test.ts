import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { broken, readRules, testFileOf } from "../../scripts/mutate/mutate";

// `npm run mutate` tries the rules. Here: each is still one of the sources, and its test is there.

const rules = readRules();
const read = (file: string) => readFileSync(join(__dirname, "../..", file), "utf8");

test.each(rules.map((rule) => [rule.what, rule] as const))("%s: one place", (_, rule) => {
  const source = read(rule.file);
  const program = broken(rule, source);
  expect(program).not.toBe(source);
  if (rule.file.endsWith(".sh")) execFileSync("sh", ["-n"], { input: program });
  const tests = read(testFileOf(rule));
  for (const name of rule.named?.split("|") ?? []) expect(tests).toContain(name);
});

test("a rule whose text is gone is an error", () => {
  expect(() => broken(rules[0], "something else")).toThrow("has its text 0 times; wanted once");
});

test("each promise has three rules, and no two have one name", () => {
  const promises = Array.from({ length: 12 }, (_, index) => index + 1);
  const count = (promise: number) => rules.filter((rule) => rule.promise === promise).length;
  expect(promises.filter((promise) => count(promise) < 3)).toEqual([]);
  expect(new Set(rules.map(({ what }) => what)).size).toBe(rules.length);
});
