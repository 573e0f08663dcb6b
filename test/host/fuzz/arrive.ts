import type { Arrivals } from "../../support/fuzz/inputs";
import type { ReadDocument, ReadingHost } from "./readingHost";

/** What of the arrivals is not on the host as it should be, one line each. */
export function missing({ texts, json }: Arrivals, read: ReadDocument): string[] {
  const wrong: string[] = [];
  for (const [key, value] of texts) {
    const bytes = read.text(key);
    if (bytes === undefined || !bytes.equals(Buffer.from(value)))
      wrong.push(`${key}: sent ${JSON.stringify(value)}, got ${shown(bytes)}`);
  }
  const daemon = JSON.parse(read.daemonJson) as Record<string, unknown>;
  for (const [key, value] of json) {
    const got = daemon[key.replace("daemon.json/", "")];
    if (canonical(got) !== canonical(value))
      wrong.push(`${key}: sent ${JSON.stringify(value)}, got ${JSON.stringify(got)}`);
  }
  return wrong;
}

/** Variables that are not in a real service's environment as they should be; a thousand at once. */
export async function missingVariables(
  values: [name: string, value: string][],
  host: ReadingHost,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const part of inParts(values)) {
    // A name that is there twice, or means something to systemd, stands beside the others so.
    const named = part.map(([name, value], index): [string, string] => [
      `V${index}_${name}`,
      value,
    ]);
    const got = await host.environmentOf(Object.fromEntries(named));
    for (const [name, value] of named) {
      if (!got.get(name)?.equals(Buffer.from(value)))
        wrong.push(`${name}: sent ${JSON.stringify(value)}, got ${shown(got.get(name))}`);
    }
  }
  return wrong;
}

/** A program is started with 2 MiB of variables at most. */
function inParts(values: [string, string][]): [string, string][][] {
  const parts: [string, string][][] = [];
  let bytes = Infinity;
  for (const one of values) {
    const size = Buffer.byteLength(one[1]) + 200;
    if (bytes + size > 1_000_000) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(one);
    bytes += size;
  }
  return parts;
}

function shown(bytes: Buffer | undefined): string {
  return bytes === undefined ? "nothing" : JSON.stringify(bytes.toString());
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
