import { type GivenInputs, overriddenBy } from "../advisories/advisory";
import type { HostFacts } from "../limitations/measured";
import { type Control, type ControlRow, type ControlVerdict, unknown } from "./control";
import { daemonRows } from "./daemonRows";
import { fileRows } from "./fileRows";

/** All rows, by their ids. */
export const controlRows: Readonly<Record<string, ControlRow>> = { ...daemonRows, ...fileRows };

/** All rows of one host, in the order of the table. */
export function controlsOf(host: HostFacts, given: GivenInputs): Control[] {
  return Object.entries(controlRows).map(([id, row]) => ({
    ...{ id, title: row.title, references: [...row.references] },
    ...verdictOf(row, host, given),
  }));
}

/** What a row says of a host. */
export function verdictOf(row: ControlRow, host: HostFacts, given: GivenInputs): ControlVerdict {
  const verdict = row.judge(host, given);
  const overridden = row.isOfProgram ? overriddenBy(host) : undefined;
  return overridden && verdict.status !== "open"
    ? unknown(`${verdict.evidence}, but ${overridden}`)
    : verdict;
}
