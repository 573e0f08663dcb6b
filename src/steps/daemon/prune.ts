import type * as pulumi from "@pulumi/pulumi";
import type { Reader, Rule } from "../../validation/reader";
import type { Document } from "../document";

/**
 * Rules by which the account's systemd removes what its daemon does not use any more, with
 * `docker system prune`. Never a volume.
 */
export interface PruneArgs {
  /**
   * When it runs, as OnCalendar= of systemd.time(7). It starts up to 15 minutes later. Defaults to weekly: Monday at
   * 00:00.
   */
  schedule?: pulumi.Input<string>;
  /**
   * Only unused resources that are older than this are removed, such as `24h`. The age of an image counts from its
   * build. Defaults to 168h.
   */
  until?: pulumi.Input<string>;
  /** Whether it also removes unused images that have a name. Defaults to false. */
  all?: pulumi.Input<boolean>;
}

export interface PruneSettings {
  schedule: string;
  until: string;
  all: boolean;
}

// systemd of the machine knows which calendar events there are: the step daemon asks it before it changes anything.
const schedule: Rule<string> = (value) =>
  /^[\w ,.:*/~+-]{1,200}$/.test(value)
    ? undefined
    : "is not a calendar event of systemd; write one such as daily or Sun 03:00";

// Go's, of whole numbers.
const age: Rule<string> = (value) =>
  /^(?=\d)(\d{1,6}h)?(\d{1,6}m)?(\d{1,6}s)?$/.test(value)
    ? undefined
    : "is not an age; write hours, minutes and seconds, such as 168h or 1h30m";

/** Undefined where nothing is removed on a schedule. */
export function pruneSettings(args: Reader): PruneSettings | undefined {
  const read = args.object("prune");
  const prune = {
    schedule: read.string("schedule", { rule: schedule }) ?? "weekly",
    until: read.string("until", { rule: age }) ?? "168h",
    all: read.boolean("all") ?? false,
  };
  read.refuseOthers();
  return args.given("prune") ? prune : undefined;
}

export function pruneDocument(prune: PruneSettings | undefined): Document {
  return {
    "docker-prune.OnCalendar": prune?.schedule,
    "docker-prune.until": prune?.until,
    "docker-prune.all": prune?.all,
  };
}

export const pruneEffects = {
  "docker-prune.OnCalendar": (_before: unknown, after: unknown) =>
    after === undefined
      ? "unused data are no longer removed on a schedule; the daemon keeps running"
      : "what containers do not use is then removed, except volumes; the daemon keeps running",
  "docker-prune.all": (_before: unknown, after: unknown) =>
    after === true ? "unused images are removed even if they have a name" : "",
};
