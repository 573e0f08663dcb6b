import type * as pulumi from "@pulumi/pulumi";

/** What the account's systemd removes of what its daemon does not use any more, by `docker system prune`. Never a volume. */
export interface PruneArgs {
  /**
   * When, as OnCalendar= of systemd.time(7) writes it: such as `daily`, `Sun 03:00` or `*-*-01 04:00 Europe/Berlin`.
   * Up to 15 minutes later, so that machines do not all begin at once; what a machine that was off has missed,
   * soon after its boot. Defaults to weekly: Monday at 00:00.
   */
  schedule?: pulumi.Input<string>;
  /**
   * The age from which on something unused goes, as in `--filter until=`: such as `24h` or `1h30m`. Of an image it counts
   * from when it was built, not from when it was pulled. Defaults to 168h, a week.
   */
  until?: pulumi.Input<string>;
  /** Whether images that have a name go too, where no container uses them. Defaults to false: those without a name. */
  all?: pulumi.Input<boolean>;
}
