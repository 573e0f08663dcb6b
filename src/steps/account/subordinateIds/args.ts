import type * as pulumi from "@pulumi/pulumi";

/** How a free range of subordinate ids is chosen. */
export const IdAllocation = {
  /** The lowest range that nobody has. */
  NextFree: "NextFree",
  /** A range at random, once: accounts of several machines then seldom share ids. */
  Random: "Random",
} as const;
export type IdAllocation = (typeof IdAllocation)[keyof typeof IdAllocation];

/** The ids that the account's containers live on (/etc/subuid, /etc/subgid). */
export interface SubordinateIdsArgs {
  /**
   * How many user ids and how many group ids, at least 65536. Ranges that the account has already
   * are kept if they are enough. Defaults to 65536.
   */
  count?: pulumi.Input<number>;
  /**
   * First user id, 65536 to 4294901759. Defaults to one by `allocation`. A range that overlaps another's
   * is an error. From 524288 to 1878982655 systemd-nspawn, too, looks for ids that nobody has, without
   * asking /etc/subuid: below is free of it. It stays when this is taken out again: images and volumes are
   * owned by its ids.
   */
  uidStart?: pulumi.Input<number>;
  /** First group id. Defaults to one by `allocation`. Otherwise as `uidStart`. */
  gidStart?: pulumi.Input<number>;
  /** How a free range is chosen. Defaults to NextFree. */
  allocation?: pulumi.Input<IdAllocation>;
}
