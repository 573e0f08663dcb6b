import type * as pulumi from "@pulumi/pulumi";

/** What becomes of the account's images, containers and volumes on destroy. */
export const OnDestroyData = {
  /** They stay, with the account and its ids, if there are any. */
  Keep: "Keep",
  /** They are removed. */
  Delete: "Delete",
} as const;
export type OnDestroyData = (typeof OnDestroyData)[keyof typeof OnDestroyData];

/** What destroy does beyond taking back this package's own changes. */
export interface OnDestroyArgs {
  /** Whether images, containers, volumes and the home of an account made here stay. Defaults to Keep. */
  data?: pulumi.Input<OnDestroyData>;
}
