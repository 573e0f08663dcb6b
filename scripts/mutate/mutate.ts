import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Mutant } from "./mutant";
import { note, readResults, sourceOf, type Result } from "./results";
import { filesOfRareMoments } from "./rooms";
import { mutantsByHand } from "./rules";
import { Scratch } from "./scratch";
import { seededMutants } from "./seeded";

// Breaks one rule of the sources at a time, and says which test has noticed, or that none has.

const usage = `npm run mutate -- [OPTION...]
  --only ID|PROMISE   this rule, or all of a promise, by its number; may be given again
  --seeded N          N mutants that a seed picks, in place of the rules by hand
  --seed S            that seed; 1 if it is left out
  --list              names them, with what is known of them, and runs nothing
  --again             runs those, too, of which the result is known
  --rooms             asks their own test files alone, and leaves the tests of the promises for later
  --place FILE[: WORDS] asks this test file in place of all others, or those of its tests that have the
                      words in their names; where it does not notice a mutant, nothing is noted
  --control           runs the test files without any mutant: they have to pass`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    seeded: { type: "string" },
    seed: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
    again: { type: "boolean", default: false },
    rooms: { type: "boolean", default: false },
    place: { type: "string" },
    control: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** What is still to be asked about a mutant. */
function openQuestions(mutant: Mutant, known: Result | undefined): string[] {
  if (options.place !== undefined) return [options.place];
  const rest = options.rooms ? [] : filesOfPromises().filter((file) => !mutant.room.includes(file));
  if (options.again || known?.source !== sourceOf(mutant)) return [...mutant.room, ...rest];
  return known.outcome === "not in its room" ? rest : [];
}

/** Those of test/first, and those of rare moments. */
function filesOfPromises(): string[] {
  const folder = join(__dirname, "../../test/first");
  const first = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `test/first/${file}`)
    .sort();
  return [...first, ...filesOfRareMoments];
}

/** Undefined where it was ended from outside, or where not all that may notice it was asked: then nothing is known. */
async function tryMutant(
  scratch: Scratch,
  mutant: Mutant,
  files: string[],
): Promise<Result | undefined> {
  if (!scratch.isProgram(mutant)) return note(mutant, "invalid", "it is no program");
  const failure = await scratch.with(mutant, () => firstFailure(scratch, files));
  if (scratch.isEnded || (failure === undefined && options.place !== undefined)) return undefined;
  if (failure === undefined)
    return note(mutant, options.rooms ? "not in its room" : "survived", "");
  const { place, outcome, test, message } = failure;
  console.log(`    ${message.split("\n").slice(0, 4).join("\n    ")}`);
  if (outcome === "invalid") return note(mutant, "invalid", test);
  const isRight = await passesAsItIs(scratch, place);
  if (scratch.isEnded) return undefined;
  if (!isRight) return note(mutant, "invalid", `${place} fails without the mutant, too`);
  return note(mutant, "noticed", test);
}

/** The first of these places whose tests do not pass. */
async function firstFailure(scratch: Scratch, places: string[]) {
  for (const place of places) {
    const verdict = await scratch.test(place);
    if (scratch.isEnded) return undefined;
    if (verdict.outcome !== "passed") return { place, ...verdict };
  }
  return undefined;
}

/** Whether the tests of each place pass that was asked without a mutant. */
const controls = new Map<string, boolean>();

/** Whether the tests of a place pass without any mutant: only then do they say something of one. Asked once in a run. */
async function passesAsItIs(scratch: Scratch, place: string): Promise<boolean> {
  let passes = controls.get(place);
  if (passes === undefined) {
    const { outcome } = await scratch.test(place);
    passes = outcome === "passed";
    controls.set(place, passes);
  }
  return passes;
}

/** Runs the test files of these mutants as they are. False if one fails: then none of them says anything of a mutant. */
async function control(scratch: Scratch, mutants: Mutant[]): Promise<boolean> {
  const files = [...new Set(mutants.flatMap((mutant) => openQuestions(mutant, undefined)))];
  let passed = true;
  for (const file of files) {
    const { outcome, test, message } = await scratch.test(file);
    console.log(`${file}: ${outcome} ${test}${message && `\n${message}`}`);
    passed &&= outcome === "passed";
  }
  return passed;
}

function list(mutants: Mutant[]): void {
  const results = readResults();
  for (const mutant of mutants) {
    const known = results.get(mutant.id);
    const said = known?.source === sourceOf(mutant) ? inWords(known) : "not run";
    console.log(`${nameOf(mutant)}\n    ${mutant.file}: ${said}`);
  }
}

const nameOf = ({ id, promise, what }: Mutant) =>
  `${promise === 0 ? "" : `${promise}. `}${id}: ${what}`;

function inWords({ outcome, by, class: kind, reason }: Result): string {
  if (outcome === "noticed") return `noticed by ${by}`;
  if (outcome === "invalid") return `invalid: ${by}`;
  const how = outcome === "survived" ? "survived" : "not noticed in its room";
  return `${how}: ${kind || "not classed yet"}${reason && `: ${reason}`}`;
}

/** How many there are, and each that no test has noticed. */
function summarize(mutants: Mutant[]): void {
  const results = readResults();
  const known = mutants.flatMap((mutant) => {
    const result = results.get(mutant.id);
    return result?.source === sourceOf(mutant) ? [{ mutant, result }] : [];
  });
  const count = (outcome: string) =>
    known.filter(({ result }) => result.outcome === outcome).length;
  console.log(
    `${mutants.length} mutants: ${count("noticed")} noticed, ${count("survived")} survived, ${count("not in its room")} not noticed in their room, ${count("invalid")} invalid, ${mutants.length - known.length} not run`,
  );
  for (const { mutant, result } of known)
    if (result.outcome !== "noticed") console.log(`${nameOf(mutant)}\n    ${inWords(result)}`);
}

async function main(): Promise<void> {
  if (options.help) {
    console.log(usage);
    return;
  }
  const all =
    options.seeded === undefined
      ? mutantsByHand()
      : seededMutants(Number(options.seeded), Number(options.seed));
  const { only } = options;
  const chosen = all.filter(
    ({ id, promise }) => only.length === 0 || only.includes(id) || only.includes(String(promise)),
  );
  if (chosen.length === 0) throw new Error(`no mutant is named ${only.join(", ")}\n${usage}`);
  if (options.list) {
    list(chosen);
    return;
  }
  const scratch = new Scratch();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => scratch.end(name));
  try {
    if (options.control) {
      if (!(await control(scratch, chosen))) process.exitCode = 1;
      return;
    }
    for (const mutant of chosen) {
      const files = openQuestions(mutant, readResults().get(mutant.id));
      if (files.length === 0) continue;
      console.log(nameOf(mutant));
      const begun = Date.now();
      const result = await tryMutant(scratch, mutant, files);
      if (scratch.isEnded) return;
      if (result === undefined) {
        console.log("    this place does not notice it");
        continue;
      }
      const seconds = Math.round((Date.now() - begun) / 1000);
      console.log(`    ${inWords(result)} (${seconds} s)`);
    }
    summarize(chosen);
  } finally {
    scratch.remove();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
