import type * as pulumi from "@pulumi/pulumi";

/** What the account's systemd removes of what its daemon does not use any more, by `docker system prune`. Never a volume. */
export interface PruneArgs {
  /**
   * When it runs, as OnCalendar= of systemd.time(7), or up to 15 minutes later. Defaults to weekly: Monday at
   * 00:00.
   */
  schedule?: pulumi.Input<string>;
  /**
   * Unused resources go from this age on, such as `24h`. The age of an image counts from its build. Defaults to
   * 168h.
   */
  until?: pulumi.Input<string>;
  /** Whether unused images that have a name go too. Defaults to false. */
  all?: pulumi.Input<boolean>;
}
