import type * as pulumi from "@pulumi/pulumi";
import { hookValue } from "../sdkInternals";

/** What steps reported before a preview that changes them, which knows no report of theirs. */
export class EarlierReports {
  private readonly reports = new Map<string, unknown>();

  /** Notes the report of a child that changes; a child that is new has none. */
  note(child: string, { oldOutputs }: pulumi.ResourceHookArgs): void {
    if (oldOutputs !== undefined) this.reports.set(child, oldOutputs.stdout);
  }

  /** The step's stdout, undefined if it did not change, or never ran. */
  of(step: string): Promise<string | undefined> {
    return hookValue<string>(this.reports.get(step));
  }
}
