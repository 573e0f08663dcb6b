import type * as pulumi from "@pulumi/pulumi";
import type { FactType } from "../facts";
import type { AccountLimitsArgs } from "./limits";

/** The ordinary account that runs the daemon. */
export interface AccountArgs {
  /** Name of the account. A different name moves the installation to that account. Defaults to "docker-rootless". */
  name?: pulumi.Input<string>;
  /** Whether the account is created if it does not exist. With false, `up` fails if it is missing. Defaults to true. */
  create?: pulumi.Input<boolean>;
  /**
   * User id of a new account, 1000 to 59999. If the account exists and has a different one, preflight fails. Defaults
   * to the next free one.
   */
  uid?: pulumi.Input<number>;
  /**
   * Home directory of a new account. If the account exists and has a different one, preflight fails. Defaults to the
   * system's choice, `/home/NAME`.
   */
  home?: pulumi.Input<string>;
  /**
   * Login shell of a new account. If the account exists and has a different one, preflight fails. Defaults to
   * "/bin/bash".
   */
  shell?: pulumi.Input<string>;
  /**
   * Public keys that can log in as the account, for `docker -H` with the output `dockerHost`. Existing keys are kept.
   * Defaults to none: then nobody can use `dockerHost`, unless the account has keys already.
   */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]>;
  /** The user and group ids for containers. Defaults to 65536 free ones. */
  subordinateIds?: pulumi.Input<SubordinateIdsArgs>;
  /**
   * Control group controllers that systemd delegates to the account, so that limits of containers work. They are added
   * to those that the system delegates by itself. A controller that you add can restart `user@UID.service`, and with it
   * the account's user services. One that you remove remains until that service starts again. Defaults to cpu, cpuset,
   * io, memory and pids.
   */
  cgroupControllers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Limits of everything that runs as the account, its daemon and containers together. A change applies at once, and
   * nothing restarts. On a machine without control groups v2 a limit may have no effect, and `up` says so. Defaults to
   * none.
   */
  limits?: pulumi.Input<AccountLimitsArgs>;
}

/** The ids that the account's containers live on (/etc/subuid, /etc/subgid). */
export interface SubordinateIdsArgs {
  /**
   * How many user ids and how many group ids, at least 65536. If the account already has ranges with as many ids, these
   * are used. Defaults to 65536.
   */
  count?: pulumi.Input<number>;
  /**
   * First user id, 65536 to 4294901759. A range that overlaps another one fails in preflight. Defaults to the first id
   * above every range that was ever given on this machine.
   */
  uidStart?: pulumi.Input<number>;
  /**
   * First group id, with the same rules as `uidStart`. Defaults to the first id above every range that was ever given
   * on this machine.
   */
  gidStart?: pulumi.Input<number>;
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
  /** The ids that its containers live on. */
  subordinateIds: SubordinateIds;
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
  /** User ids, one range for each line of /etc/subuid. */
  uids: IdRange[];
  /** Group ids, one range for each line of /etc/subgid. */
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
