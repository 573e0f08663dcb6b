import type * as pulumi from "@pulumi/pulumi";

/** The ordinary account that runs the daemon. */
export interface AccountArgs {
  /** Its name. Another name moves the installation to that account. Defaults to "docker-rootless". */
  name?: pulumi.Input<string>;
  /** Whether it is created where it does not exist. Defaults to true; false makes that an error. */
  create?: pulumi.Input<boolean>;
  /** Its user id when created, 1000 to 59999. Defaults to the next free one. */
  uid?: pulumi.Input<number>;
  /** Its home directory when created, an absolute path. Defaults to the system's (`/home/NAME`). */
  home?: pulumi.Input<string>;
  /** Its login shell when created, an absolute path. Defaults to "/bin/bash". */
  shell?: pulumi.Input<string>;
  /**
   * Public keys that may log in as the account, so that `docker -H` works through the output
   * `dockerHost`. Keys that are there already stay. Defaults to none.
   */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

/** How a free range of subordinate ids is chosen. */
export enum IdAllocation {
  /** The lowest range that nobody has. */
  NextFree = "NextFree",
  /** A range at random, once: accounts of several machines then seldom share ids. */
  Random = "Random",
}

/** The ids that the account's containers live on (/etc/subuid, /etc/subgid). */
export interface SubordinateIdsArgs {
  /**
   * How many user ids and how many group ids, at least 65536. Ranges that the account has already
   * are kept if they are enough. Defaults to 65536.
   */
  count?: pulumi.Input<number>;
  /** First user id. Defaults to one by `allocation`. A range that overlaps another's is an error. */
  uidStart?: pulumi.Input<number>;
  /** First group id. Defaults to one by `allocation`. A range that overlaps another's is an error. */
  gidStart?: pulumi.Input<number>;
  /** How a free range is chosen. Defaults to NextFree. */
  allocation?: pulumi.Input<IdAllocation>;
}
