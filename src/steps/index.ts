import type { Settings } from "./settings";
import { daemon } from "./daemon/step";
import type { Document } from "./document";
import { everyStepDocument } from "./operations";
import type { Together } from "./inputPaths";
import { machine } from "./machine";
import { secrets } from "./secretsStep";
import type { Step } from "./step";

/**
 * All steps on the host, each after those that it needs: the one list of them. The last one's end is when the daemon
 * has answered.
 */
export const steps = [machine, secrets, daemon] as const;

export type StepName = (typeof steps)[number]["name"];

/** Their names, in that order. */
export const stepNames: readonly StepName[] = steps.map(({ name }) => name);

/** Outputs of the component that steps report, by name. */
export type StepOutputs = Together<OutputsOf<(typeof steps)[number]>>;

type OutputsOf<One> = One extends Step<string, infer Outputs> ? Outputs : never;

/** All that one step's document says. */
export function documentOf(step: Step, settings: Settings, owner: string): Document {
  return { ...step.document(settings, owner), ...everyStepDocument(settings) };
}
