import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant";

const file = join(__dirname, "results.tsv");
const columns = [
  "id",
  "promise",
  "file",
  "what",
  "source",
  "outcome",
  "by",
  "class",
  "reason",
] as const;

/** What came of a mutant; one line of results.tsv. */
export type Result = Record<(typeof columns)[number], string>;

/**
 * `noticed`: by a test. `survived`: its room and the tests of the promises pass. `not in its room`: those are still to be asked.
 * `invalid`: it is no program, or jest itself fails.
 */
export type Outcome = "noticed" | "survived" | "not in its room" | "invalid";

export function readResults(): Map<string, Result> {
  if (!existsSync(file)) return new Map();
  const [, ...lines] = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const cells = line.split("\t");
      const result = Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ""]));
      return [result.id, result as Result];
    }),
  );
}

/** Whether no test has noticed it, as far as they were asked. */
export const isSurvivor = ({ outcome }: Pick<Result, "outcome">) =>
  outcome === "survived" || outcome === "not in its room";

/** Replaces a mutant's line; the file is there whole at any moment. Class and reason of one by hand come from its rule. */
export function note(mutant: Mutant, outcome: Outcome, by: string): Result {
  const results = readResults();
  const earlier = results.get(mutant.id);
  const survives = isSurvivor({ outcome });
  const result: Result = {
    id: mutant.id,
    promise: mutant.promise === 0 ? "-" : String(mutant.promise),
    file: mutant.file,
    what: cell(mutant.what),
    source: sourceOf(mutant),
    outcome,
    by: cell(by),
    class: survives ? (mutant.survival?.class ?? earlier?.class ?? "") : "",
    reason: survives ? (mutant.survival?.reason ?? earlier?.reason ?? "") : "",
  };
  results.set(mutant.id, result);
  const rows = [...results.values()].map((one) => columns.map((name) => one[name]).join("\t"));
  writeFileSync(file, [columns.join("\t"), ...rows.sort(), ""].join("\n"));
  return result;
}

/** The beginning of the SHA-256 of the mutant's source file: with another one a result does not count any more. */
export function sourceOf({ file: source }: Mutant): string {
  const text = readFileSync(join(__dirname, "../..", source));
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

const cell = (text: string) => text.replace(/\s+/g, " ").trim();
