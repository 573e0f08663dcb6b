import type { Notes } from "../drift/notes";

/** What has been found on the host since, in one line. */
export function driftInWords(before: Notes, after: Notes): string | undefined {
  const found = Object.entries(after).filter(([step, note]) => before[step] !== note);
  const things = found.flatMap(([, note]) =>
    Object.values(JSON.parse(note) as Record<string, Record<string, string>>).flatMap((about) =>
      Object.entries(about).map(([name, how]) => `${name} (${how})`),
    ),
  );
  return things.length > 0
    ? `changed on the host: ${things.join(", ")}: up puts it right`
    : undefined;
}
