import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

// npm run mutate                     breaks each rule of rules.yaml, and says whether its test notices
// npm run mutate -- 7 "of the lock"  those of promise 7, and those with these words
//
// The checkout itself is never changed: mutants live in a copy. A run of all takes hours.

const checkout = join(__dirname, "../..");

/** A rule that a promise stands on, and how it is broken: rules.yaml says what each part is. */
export interface Rule {
  promise: number;
  what: string;
  file: string;
  text: string;
  put: string;
  test: string;
  named?: string;
}

export function readRules(): Rule[] {
  const promises = parse(readFileSync(join(__dirname, "rules.yaml"), "utf8")) as Record<
    string,
    Omit<Rule, "promise">[]
  >;
  return Object.entries(promises).flatMap(([promise, rules]) =>
    rules.map((rule) => ({ promise: Number(promise), ...rule })),
  );
}

/** The test file of a rule, below the checkout. */
export const testFileOf = ({ test }: Rule) => `test/${test}.test.ts`;

/** What a rule makes of its file. */
export function broken({ what, file, text, put }: Rule, source: string): string {
  const times = source.split(text).length - 1;
  if (times !== 1)
    throw new Error(
      `${what}: ${file} has its text ${times} times; wanted once. To fix: write in scripts/mutate/rules.yaml what is there now`,
    );
  return source.replace(text, () => put);
}

function copyOfCheckout(): string {
  const copy = mkdtempSync(join(tmpdir(), "rootless-docker-mutants-"));
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", list, { cwd: checkout, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name && existsSync(join(checkout, name))))
    cpSync(join(checkout, file), join(copy, file));
  symlinkSync(join(checkout, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Whether a rule's tests pass in the copy as it is. Those that do not end within half an hour do not. */
function passes(copy: string, rule: Rule): boolean {
  const { status, signal, error } = spawnSync(
    process.execPath,
    [
      "node_modules/jest/bin/jest.js",
      "--ci",
      // A mutant may wait for what never comes.
      `--testTimeout=${8 * 60_000}`,
      ...(rule.named === undefined ? [] : [`--testNamePattern=${rule.named}`]),
      "--runTestsByPath",
      testFileOf(rule),
    ],
    { cwd: copy, stdio: "ignore", timeout: 30 * 60_000 },
  );
  const isLate = error !== undefined && "code" in error && error.code === "ETIMEDOUT";
  if (!isLate && (signal !== null || (status ?? 0) > 128)) throw new Error("interrupted");
  return status === 0;
}

/** Whether the tests of each place pass without any mutant, asked once in a run. */
const asItIs = new Map<string, boolean>();

function passesAsItIs(copy: string, rule: Rule): boolean {
  const place = `${rule.test}: ${rule.named}`;
  const known = asItIs.get(place) ?? passes(copy, rule);
  asItIs.set(place, known);
  return known;
}

/** `noticed`, `survived`, or `invalid`: then the test fails without the mutant, too, and says nothing of it. */
function tryRule(copy: string, rule: Rule): string {
  const file = join(copy, rule.file);
  const source = readFileSync(file, "utf8");
  writeFileSync(file, broken(rule, source));
  const hasPassed = passes(copy, rule);
  writeFileSync(file, source);
  if (hasPassed) return "survived";
  return passesAsItIs(copy, rule) ? "noticed" : "invalid";
}

function main(words: string[]): void {
  const rules = readRules().filter(
    ({ promise, what }) =>
      words.length === 0 || words.some((word) => word === String(promise) || what.includes(word)),
  );
  if (rules.length === 0) throw new Error(`no rule has the words ${words.join(", ")}`);
  // The tests get it, too, and remove what they have made.
  process.on("SIGINT", () => undefined);
  const copy = copyOfCheckout();
  try {
    const results = rules.map((rule) => {
      console.log(`${rule.promise}. ${rule.what}`);
      const result = tryRule(copy, rule);
      console.log(`    ${result}: ${testFileOf(rule)}`);
      return result;
    });
    const noticed = results.filter((result) => result === "noticed").length;
    console.log(`${noticed} of ${results.length} mutants are noticed`);
    if (noticed < results.length) process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

if (require.main === module) main(process.argv.slice(2));
