import type { FactType } from "../../facts";

/** One range of subordinate ids. */
export interface IdRange {
  /** First id. */
  start: number;
  /** How many ids. */
  count: number;
}

/** The ids that the account's containers live on. */
export interface SubordinateIds {
  /** User ids, a range for each line of /etc/subuid. */
  uids: IdRange[];
  /** Group ids, a range for each line of /etc/subgid. */
  gids: IdRange[];
}

/** One range or more, with commas between them. */
export const idRanges: FactType<IdRange[]> = {
  wanted: "ranges of ids such as 165536:65536",
  read: (found) => {
    const parts = found.split(",").map((range) => /^(\d{1,10}):(\d{1,10})$/.exec(range));
    if (!parts.every((part) => part !== null)) return undefined;
    return parts.map(([, start, count]) => ({ start: Number(start), count: Number(count) }));
  },
};
