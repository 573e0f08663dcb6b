import fc from "fast-check";
import { missing, missingVariables } from "./arrive";
import { cases, judge } from "../../support/fuzz/cases";
import type { ReadingHost } from "./readingHost";

/** What became of the cases. */
export interface Outcome {
  refused: number;
  /** Values that were on the host, byte for byte. */
  arrived: number;
  /** Values that a real service had in its environment. */
  variables: number;
  /** What was neither refused nor there, with the arguments. */
  wrong: string[];
}

/** Runs cases that a seed decides, 250 in one login, and looks at what is on the host then. */
export async function runCases(seed: number, runs: number, host: ReadingHost): Promise<Outcome> {
  const outcome: Outcome = { refused: 0, arrived: 0, variables: 0, wrong: [] };
  const variables: [string, string][] = [];
  // One stream of values for all logins: a sample of its own for each would begin with the same ones.
  const all = fc.sample(cases, { seed, numRuns: runs });
  for (let begin = 0; begin < runs; begin += 250) {
    const sent = [];
    for (const one of all.slice(begin, begin + 250)) {
      const judged = judge(one);
      if (judged.refused) outcome.refused++;
      else sent.push({ ...judged, args: one.args });
    }
    const read = await host.read(sent.map(({ document }) => document));
    sent.forEach(({ arrivals, args }, index) => {
      const wrong = missing(arrivals, read[index]);
      outcome.arrived += arrivals.texts.size + arrivals.json.size - wrong.length;
      outcome.wrong.push(...wrong.map((line) => `${line} (${JSON.stringify(args)})`));
      for (const [key, value] of arrivals.texts) {
        const name = /^environment\/(.*)$/.exec(key)?.[1];
        if (name !== undefined) variables.push([name, value]);
      }
    });
  }
  const wrong = await missingVariables(variables, host);
  outcome.variables = variables.length - wrong.length;
  outcome.wrong.push(...wrong);
  return outcome;
}
