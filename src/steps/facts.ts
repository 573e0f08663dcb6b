import { plainLine, plainText } from "../validation/plainText";

/** Facts that one step reported of the host: texts by name. */
export type Facts = Record<string, string>;

/** How the text of one fact is read. */
export interface FactType<T> {
  /** The form that it has to have, in a message. */
  wanted: string;
  /** Undefined where the text is something else. */
  read: (text: string) => T | undefined;
  /** Whether it may be missing. Defaults to false. */
  isOptional?: boolean;
}

/** A step's report that cannot be read. */
export class ReportError extends Error {}

/** The facts of a step by name. */
export type FactTypes = Record<string, FactType<unknown>>;

/** Facts as their types read them. */
export type Read<Types extends FactTypes> = {
  [Name in keyof Types]: Types[Name] extends FactType<infer T> ? T : never;
};

/** A text that is not empty. */
export const text: FactType<string> = {
  wanted: "a string",
  read: (found) => found || undefined,
};

/** A whole number, not negative. */
export const wholeNumber: FactType<number> = {
  wanted: "a whole number",
  read: (found) => (/^\d{1,15}$/.test(found) ? Number(found) : undefined),
};

/** The same, or nothing where the step did not report it. */
export function optional<T>(type: FactType<T>): FactType<T | undefined> {
  return { ...type, isOptional: true };
}

/** Words with commas between them, or none. */
export const words: FactType<string[]> = {
  wanted: "words with commas between them",
  read: (found) => (/^(\w+(,\w+)*)?$/.test(found) ? found.split(",").filter(Boolean) : undefined),
};

/**
 * The facts of one step's report.
 *
 * @throws ReportError that names the step and the first fact that is missing, or not what its type reads.
 */
export function readFacts<Types extends FactTypes>(
  command: string,
  types: Types,
  facts: Facts,
): Read<Types> {
  const entries = Object.entries(types).map(([name, type]) => [
    name,
    readFact(command, name, type, facts[name]),
  ]);
  return Object.fromEntries(entries) as Read<Types>;
}

function readFact<T>(
  command: string,
  name: string,
  { wanted, read, isOptional }: FactType<T>,
  found: string | undefined,
): T | undefined {
  if (found === undefined && isOptional) return undefined;
  const value = found === undefined ? undefined : read(found);
  if (value !== undefined) return value;
  const shown = found === undefined ? "none" : excerpt(found);
  throw new ReportError(
    `${command}: report: found ${shown} as the fact ${name}, expected ${wanted}. To fix: run 'pulumi up' with a new value of operations.recheck, which asks the host again; if the error remains, the step ran with another version of this package, so remove its ignoreChanges`,
  );
}

/** Many times what an agent's report has. */
const longestReport = 1024 * 1024;

/**
 * The agent's answer: the last line on a command's stdout. Lines before it are the login shell's, such as a
 * greeting; the agent lets nobody else write there.
 */
export function lastLine(stdout: string): string {
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}

/**
 * Facts of one step's report.
 *
 * @throws ReportError where it is not the agent's JSON, with its first characters.
 */
export function factsOf(command: string, stdout: string): Facts {
  if (stdout.length <= longestReport) {
    try {
      const { facts } = JSON.parse(lastLine(stdout)) as { facts?: unknown };
      if (areFacts(facts)) {
        const plain = Object.entries(facts).map(([name, value]) => [name, plainText(value)]);
        return Object.fromEntries(plain) as Facts;
      }
    } catch {
      // Falls through to the one message for everything that is not a report.
    }
  }
  throw new ReportError(
    `${command}: report: found ${excerpt(stdout)}, expected the agent's JSON. To fix: see what the login shell's start files print on the host (such as ~/.bashrc), then run 'pulumi up' with a new value of operations.recheck, which asks again`,
  );
}

function areFacts(facts: unknown): facts is Facts {
  return (
    typeof facts === "object" &&
    facts !== null &&
    Object.values(facts).every((value) => typeof value === "string")
  );
}

/** The beginning of a text, on one line. */
function excerpt(text: string): string {
  const length = text.length > 80 ? ` (${text.length} characters)` : "";
  return `'${plainLine(text.trim(), 80)}'${length}`;
}
