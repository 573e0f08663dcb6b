import type { TestHost } from "../../stand-ins/hosts";
import { root } from "./host";

/** The twelve sentences of docs/security.md and docs/destroy.md; a test is named by the one that it holds. */
const sentences = {
  1: "What we changed goes back, if it is as we left it; else it stays, and a line names it and what was there before",
  2: "What was there before is never removed",
  3: "What destroy keeps is yours",
  4: "Packages: ours, as far as the package manager itself calls them unneeded",
  5: "An account that we made goes with Delete, whole",
  6: "Delete removes what the daemon made, and counts after its step has succeeded",
  7: "The account does not become root through us, and cannot hold root up",
  8: "A kill at any moment leaves a host that the next up or destroy brings to its end",
  9: "Several accounts and stacks share one machine",
  10: "The preview is true",
  11: "No secret in clear",
  12: "One clear error before anything is changed",
} as const;

/** The name of a test: its promise, and the case. */
export function promise(number: keyof typeof sentences, row: string): string {
  return `${number}. ${sentences[number]}: ${row}`;
}

/** Something that people do on a host, and what has to come of it. The lines of shell run as root. */
export interface Row {
  promise: keyof typeof sentences;
  name: string;
  /** Before the `up`: what was there. */
  before?: string;
  /** Between `up` and destroy: what somebody does. */
  change?: string;
  /** After the destroy: fails where the promise is broken. Each line that it prints is words that one line of the destroy has. */
  after: string;
}

/** Runs what the rows have for a moment. Anything but success throws. */
export async function runAll(host: TestHost, rows: Row[], moment: "before" | "change") {
  for (const row of rows) if (row[moment] !== undefined) await root(host, row[moment]);
}

/** A test for each row, after a destroy that said these lines. */
export function testRows(host: () => TestHost, rows: Row[], said: () => string[]): void {
  for (const row of rows) {
    test(promise(row.promise, row.name), async () => {
      const printed = await root(host(), row.after);
      for (const words of printed.split("\n").filter(Boolean)) {
        const wanted = words.split(" ");
        const lines = said().filter((line) => wanted.every((word) => line.includes(word)));
        if (lines.length === 0) throw new Error(`no line names ${words}:\n${said().join("\n")}`);
      }
    });
  }
}
