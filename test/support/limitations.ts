import { limitationsOf } from "../../src/limitations/rows";
import { type FactTypes, readFacts } from "../../src/steps/facts";
import { type HostFacts, measuredBy } from "../../src/limitations/measured";

/** The rows of the output `limitations`, by name, of what all steps of a host reported. */
export function rowsOf(facts: Record<string, string>) {
  const measured = Object.entries(measuredBy).map(([step, types]) =>
    readFacts(step, types as FactTypes, facts),
  );
  const rows = limitationsOf(Object.assign({}, ...measured) as HostFacts);
  return Object.fromEntries(rows.map((row) => [row.name, row]));
}
