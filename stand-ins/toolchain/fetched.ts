import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { cached } from "../cache";

/** Seconds until a site that does not answer counts as one that cannot be reached. */
export const reachSeconds = 20;
const refusalHours = 6;

/**
 * Fills a folder of the cache from the internet, and returns it. Undefined where that fails, which is remembered for
 * some hours: who has no way out does not wait for it in every run.
 */
export async function fetched(
  dir: string,
  fetch: (tmp: string) => Promise<void>,
): Promise<string | undefined> {
  const refusal = `${dir}.refused`;
  const written = statSync(refusal, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - written < refusalHours * 3600 * 1000) return undefined;
  try {
    return await cached(dir, fetch);
  } catch {
    mkdirSync(dirname(refusal), { recursive: true });
    writeFileSync(refusal, "It could not be fetched; delete this file to ask again.\n");
    return undefined;
  }
}
