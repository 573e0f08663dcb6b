import { stepNames } from "../steps";
import type { Document } from "../steps/document";

/** One thing on the host that is not as a step left it. */
export interface Drift {
  step: string;
  /** What people know it by, such as `net.ipv4.ping_group_range`. */
  about: string;
  found: string;
  wanted: string;
  /** When the step last ran, as RFC 3339 in UTC: a second drift of the same thing is another one. */
  applied: string;
}

/**
 * What the agent's `check` printed: nothing where the machine has no record of the installation.
 *
 * @throws Error where it is no such answer.
 */
export function readAnswer(text: string): Drift[] | undefined {
  if (text.trim() === "") return undefined;
  const drift = member(text, "drift");
  if (!Array.isArray(drift) || !drift.every(isDrift)) throw new Error("an answer of another kind");
  return drift.map((one) => ({
    ...one,
    about: plain(one.about),
    found: plain(one.found),
    wanted: plain(one.wanted),
    applied: plain(one.applied),
  }));
}

/**
 * What the agent's `check new` printed: what is wrong, a line each.
 *
 * @throws Error where it is no such answer.
 */
export function readProblems(text: string): string[] {
  const problems = member(text, "problems");
  const areLines = Array.isArray(problems) && problems.every((line) => typeof line === "string");
  if (!areLines) throw new Error("an answer of another kind");
  return problems.map(plain);
}

/** What a machine says, without what a terminal would take for more than text, and at most 1,000 characters. */
export function plain(text: string): string {
  const line = text.replace(/\p{Cc}/gu, "?");
  return line.length > 1000 ? `${line.slice(0, 1000)}...` : line;
}

function member(json: string, name: string): unknown {
  return (JSON.parse(json) as Record<string, unknown> | null)?.[name];
}

const fields = ["step", "about", "found", "wanted", "applied"] as const;

/** The machine may say anything: only what names a step of this package becomes a key. */
function isDrift(value: unknown): value is Drift {
  const members = value as Record<string, unknown> | null;
  return (
    fields.every((field) => typeof members?.[field] === "string") &&
    stepNames.some((name) => name === members?.step)
  );
}

/**
 * By step, what is not as it left it, as JSON, which previews show by key. Under the time of the step's run, so
 * that what was found before goes as a whole.
 */
export function notesOf(drift: readonly Drift[]): Record<string, string> {
  const notes: Record<string, Note> = {};
  for (const { step, about, found, wanted, applied } of drift) {
    const since = `changed since ${applied}`;
    ((notes[step] ??= {})[since] ??= {})[about] = `found ${found}, wanted ${wanted}`;
  }
  return Object.fromEntries(
    Object.entries(notes).map(([step, note]) => [step, JSON.stringify(note)]),
  );
}

/** Of one step: since when, what, and how. */
type Note = Record<string, Record<string, string>>;

/** A step's note as a part of its document: what it puts right, by name. */
export function driftInDocument(note: string | undefined): Document {
  if (!note) return {};
  const lines = Object.entries(JSON.parse(note) as Note).map(
    ([since, found]) => `${Object.keys(found).join(", ")} (${since})`,
  );
  return { drift: lines.join("; ") };
}
