import type * as pulumi from "@pulumi/pulumi";

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
