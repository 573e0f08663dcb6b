import type { Present } from "../drift/answer";

/** What an `up` makes of what is there now, a line each. */
export function presentInWords(present: readonly Present[]): string {
  const lines = present.map(({ about, found, wanted }) => `  ${about}: ${found} => ${wanted}`);
  return ["the machine has now, and will have", ...lines].join("\n");
}
