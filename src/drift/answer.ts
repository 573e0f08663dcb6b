import { stepNames } from "../steps";
import type { Note, Notes } from "../steps/operations";
import { lastLine } from "../steps/facts";
import { plainLine } from "../validation/plainText";

/** One thing on the host that is not as a step left it. */
export interface Drift {
  step: string;
  /** The name that people know it by, such as `net.ipv4.ping_group_range`. */
  about: string;
  found: string;
  wanted: string;
  /** When the step last ran, as RFC 3339 in UTC: a second drift of the same thing is another one. */
  applied: string;
}

/**
 * True of the answer to the agent's `check` where a first `up` was refused: the machine has the agent, and nothing else
 * of the installation.
 */
export function isRefused(text: string): boolean {
  const answer = answerOf(text);
  return answer !== null && answer.drift === null;
}

/**
 * The drift in an answer to the agent's `check`; undefined where the machine has no record of the installation, or a
 * refused one's.
 *
 * @throws Error where it is no such answer.
 */
export function readAnswer(text: string): Drift[] | undefined {
  const answer = answerOf(text);
  if (answer === null || answer.drift === null) return undefined;
  const { drift } = answer;
  if (!isListOf(drift, isDrift)) throw new Error("its answer has an unknown form");
  return drift.map((one) => ({
    ...one,
    about: plainLine(one.about),
    found: plainLine(one.found),
    wanted: plainLine(one.wanted),
    applied: plainLine(one.applied),
  }));
}

/** One thing as a machine has it now, and as an `up` makes it. */
export type Present = Pick<Drift, "about" | "found" | "wanted">;

/** The answer of a machine that has nothing of the installation. */
export interface NewMachine {
  /** Errors with which an `up` would end, a line each. */
  problems: string[];
  present: Present[];
}

/**
 * The answer that the agent's `check new` printed.
 *
 * @throws Error where it is no such answer.
 */
export function readNewMachine(text: string): NewMachine {
  const { problems, present } = answerOf(text) ?? {};
  if (!isListOf(problems, isText) || !isListOf(present, isPresent))
    throw new Error("its answer has an unknown form");
  return {
    problems: problems.map((problem) => plainLine(problem)),
    present: present.map(({ about, found, wanted }) => ({
      about: plainLine(about),
      found: plainLine(found),
      wanted: plainLine(wanted),
    })),
  };
}

/**
 * The JSON in the last line of what a command printed; null is the answer of a machine that has nothing of the
 * installation.
 *
 * @throws Error that quotes what was printed where that is no JSON.
 */
function answerOf(text: string): Record<string, unknown> | null {
  const line = lastLine(text);
  try {
    return JSON.parse(line) as Record<string, unknown> | null;
  } catch {
    throw new Error(`its answer is not the agent's JSON: '${plainLine(line, 80)}'`);
  }
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}

const isText = (value: unknown): value is string => typeof value === "string";

function hasTexts(value: unknown, fields: readonly string[]): boolean {
  const members = value as Record<string, unknown> | null;
  return fields.every((field) => isText(members?.[field]));
}

const isPresent = (value: unknown): value is Present =>
  hasTexts(value, ["about", "found", "wanted"]);

/** The machine may say anything: only what names a step of this package becomes a key. */
const isDrift = (value: unknown): value is Drift =>
  hasTexts(value, ["step", "about", "found", "wanted", "applied"]) &&
  stepNames.some((name) => name === (value as Drift).step);

/**
 * By step, what is not as it left it, as JSON, which previews show by key. Under the time of the step's run, so
 * that what was found before goes as a whole.
 *
 * @param installation to which the notes belong, in hexadecimal.
 */
export function notesOf(drift: readonly Drift[], installation: string): Notes {
  const notes: Record<string, Note> = {};
  for (const { step, about, found, wanted, applied } of drift) {
    const { changes } = (notes[step] ??= { installation, changes: {} });
    const how = found === wanted ? found : `${found}, expected ${wanted}`;
    (changes[`changed since ${applied}`] ??= {})[about] = `found ${how}`;
  }
  return Object.fromEntries(
    Object.entries(notes).map(([step, note]) => [step, JSON.stringify(note)]),
  );
}
