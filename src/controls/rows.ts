import type { GivenInputs, HostFacts } from "../advisories/advisory";
import type { Control, ControlRow } from "./control";
import { daemonRows } from "./daemonRows";
import { fileRows } from "./fileRows";

/** All rows, by their ids. */
export const controlRows: Readonly<Record<string, ControlRow>> = { ...daemonRows, ...fileRows };

/** All rows of one host, in the order of the table. */
export function controlsOf(host: HostFacts, given: GivenInputs): Control[] {
  return Object.entries(controlRows).map(([id, { title, references, judge }]) => ({
    ...{ id, title, references: [...references] },
    ...judge(host, given),
  }));
}
