import type { Present } from "./answer";
import { type Notes, readNote } from "../steps/operations";

/** Things that are there now, and what an `up` makes of them, a line each. */
export function presentInWords(present: readonly Present[]): string {
  const lines = present.map(({ about, found, wanted }) => `  ${about}: ${found} => ${wanted}`);
  return ["the machine now => after pulumi up", ...lines].join("\n");
}

/** Things that are named; the child has all of them. */
const most = 10;

/** Drift that has been found on the host since, in one line. */
export function driftInWords(before: Notes, after: Notes): string | undefined {
  const found = Object.entries(after).filter(([step, note]) => before[step] !== note);
  const things = found.flatMap(([, note]) =>
    Object.values(readNote(note).changes).flatMap((about) =>
      Object.entries(about).map(([name, how]) => `${name} (${how})`),
    ),
  );
  if (things.length === 0) return undefined;
  const more = things.length > most ? ` and ${things.length - most} more` : "";
  return `changed on the host: ${things.slice(0, most).join(", ")}${more}: pulumi up with operations.driftDetection repairs it`;
}
