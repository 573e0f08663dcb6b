import type * as pulumi from "@pulumi/pulumi";
import type { FactType } from "../facts";

/** The ordinary account that runs the daemon. */
export interface AccountArgs {
  /** Name of the account. Another name moves the installation to that account. Defaults to "docker-rootless". */
  name?: pulumi.Input<string>;
  /**
   * Whether the account is created if it does not exist. Defaults to true; with false a missing account is an
   * error.
   */
  create?: pulumi.Input<boolean>;
  /** User id of a new account, 1000 to 59999. Defaults to the next free one. */
  uid?: pulumi.Input<number>;
  /** Home directory of a new account. Defaults to the system's, `/home/NAME`. */
  home?: pulumi.Input<string>;
  /** Login shell of a new account. Defaults to "/bin/bash". */
  shell?: pulumi.Input<string>;
  /**
   * Public keys that may log in as the account, for `docker -H` with the output `dockerHost`. Keys that are there
   * already stay. Defaults to none.
   */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How a free range of subordinate ids is chosen. */
export const IdAllocation = {
  /** The first range above every range that was ever given on this machine. */
  NextFree: "NextFree",
  /** A range at random, chosen once, so that accounts of several machines seldom share ids. */
  Random: "Random",
} as const;
export type IdAllocation = (typeof IdAllocation)[keyof typeof IdAllocation];

/** The ids that the account's containers live on (/etc/subuid, /etc/subgid). */
export interface SubordinateIdsArgs {
  /**
   * Number of user ids and of group ids, at least 65536. Ranges that the account has already are kept if they
   * suffice. Defaults to 65536.
   */
  count?: pulumi.Input<number>;
  /**
   * First user id, 65536 to 4294901759. A range that overlaps another one is an error. Defaults to one by
   * `allocation`.
   */
  uidStart?: pulumi.Input<number>;
  /** First group id, as `uidStart`. Defaults to one by `allocation`. */
  gidStart?: pulumi.Input<number>;
  /** How a free range is chosen. Defaults to NextFree. */
  allocation?: pulumi.Input<IdAllocation>;
}

/** The account that runs the daemon, as it is on the host. */
export interface AccountInfo {
  /** Its name. */
  name: string;
  /** Its user id. */
  uid: number;
  /** Its primary group id. */
  gid: number;
  /** Its home directory. */
  home: string;
}

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
