import type * as pulumi from "@pulumi/pulumi";
import { hookValue } from "../sdkInternals";

/** What the state has of a component that a preview changes, which the preview itself does not know. */
export class EarlierReports {
  private readonly reports = new Map<string, unknown>();
  private component: pulumi.ResourceHookArgs["oldInputs"];

  /** Notes the report of a child that changes; a child that is new has none. The component itself is the child "". */
  note(child: string, { oldInputs, oldOutputs }: pulumi.ResourceHookArgs): void {
    if (child === "") this.component = oldInputs;
    else if (oldOutputs !== undefined) this.reports.set(child, oldOutputs.stdout);
  }

  /** The step's stdout, undefined if it did not change, or never ran. */
  of(step: string): Promise<string | undefined> {
    return hookValue<string>(this.reports.get(step));
  }

  /** The machine's address, undefined if the component is new, or did not change. */
  async host(): Promise<string | undefined> {
    return (await hookValue<{ host?: string }>(this.component?.connection))?.host;
  }
}
