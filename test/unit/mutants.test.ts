import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { survivorClasses } from "../../scripts/mutate/mutant";
import { partsOf } from "../../scripts/mutate/rooms";
import { isSurvivor, readResults } from "../../scripts/mutate/results";
import { mutantsByHand, rules } from "../../scripts/mutate/rules";
import { seededMutants } from "../../scripts/mutate/seeded";

// `npm run mutate` tries the mutants. Here: each rule is still one of the sources.

const checkout = join(__dirname, "../..");
const sourceOf = (file: string) => readFileSync(join(checkout, file), "utf8");

test.each(rules.map((rule) => [rule.id, rule] as const))("%s is one place", (_, rule) => {
  expect([rule.file, sourceOf(rule.file).split(rule.text).length - 1]).toEqual([rule.file, 1]);
  expect(rule.put).not.toBe(rule.text);
  for (const { file, words } of rule.room.map(partsOf))
    for (const name of words?.split("|") ?? [""])
      expect([file, sourceOf(file)]).toEqual([file, expect.stringContaining(name)]);
});

test("what a rule makes of a shell file is a program", () => {
  for (const { id, file, apply } of mutantsByHand().filter((one) => one.file.endsWith(".sh"))) {
    const said = () => execFileSync("sh", ["-n"], { input: apply(sourceOf(file)) });
    expect([id, said]).toEqual([id, expect.any(Function)]);
    said();
  }
});

test("a rule whose text is gone is an error", () => {
  const [first] = mutantsByHand();
  expect(() => first.apply("something else")).toThrow(`has its text 0 times; wanted once`);
});

test("each promise has three rules, and no two have one name", () => {
  const promises = Array.from({ length: 12 }, (_, index) => index + 1);
  const count = (promise: number) => rules.filter((rule) => rule.promise === promise).length;
  expect(promises.filter((promise) => count(promise) < 3)).toEqual([]);
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});

test("a seed picks the same mutants each time, each another program than the source", () => {
  const files = ["src/host/core/lock.sh", "src/host/ledger/state.sh"];
  const names = (seed: number) => seededMutants(20, seed, files).map(({ id }) => id);
  expect(names(48)).toHaveLength(20);
  expect(names(48)).toEqual(names(48));
  expect(names(48)).not.toEqual(names(49));
  for (const { file, apply } of seededMutants(20, 48, files)) {
    const source = sourceOf(file);
    expect(apply(source)).not.toBe(source);
  }
});

test("each survivor of the recorded results has a class and a reason", () => {
  const survivors = [...readResults().values()].filter(isSurvivor);
  const isClassed = (kind: string) => survivorClasses.some((one) => one === kind);
  expect(survivors.filter((one) => !isClassed(one.class) || !one.reason)).toEqual([]);
});
