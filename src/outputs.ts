import * as pulumi from "@pulumi/pulumi";
import type { Limitation } from "./limitations/limitation";
import { type Measured, measuredBy } from "./limitations/measured";
import { limitationsOf } from "./limitations/rows";
import type { StepCommands } from "./children/runSteps";
import { type StepOutputs, steps } from "./steps";
import { type Facts, type FactTypes, factsOf, readFacts } from "./steps/facts";
import type { Step } from "./steps/step";

/** Outputs that steps report, and what rootless mode limits, of what several of them measure. */
export type ReportedOutputs = {
  [Name in keyof StepOutputs]: pulumi.Output<StepOutputs[Name]>;
} & { limitations: pulumi.Output<Limitation[]> };

/**
 * The component's outputs from what the steps reported. They wait for the last step, which is a daemon that
 * really answers; at preview each is known where its own step's report is.
 */
export function reportedOutputs(name: string, commands: StepCommands): ReportedOutputs {
  const entries = steps.flatMap((step: Step) =>
    Object.entries(step.outputs as Record<string, (command: string, facts: Facts) => unknown>).map(
      ([output, read]) => [
        output,
        afterLastStep(commands, [step], ([stdout]) => {
          const command = `${name}-${step.name}`;
          return read(command, factsOf(command, stdout));
        }),
      ],
    ),
  );
  const measuring = steps.filter((step) => step.name in measuredBy);
  const limitations = afterLastStep(commands, measuring, (reports) => {
    const measured = measuring.map((step, index) => {
      const command = `${name}-${step.name}`;
      const types = (measuredBy as Record<string, FactTypes>)[step.name];
      return readFacts(command, types, factsOf(command, reports[index]));
    });
    return limitationsOf(Object.assign({}, ...measured) as Measured);
  });
  return { ...Object.fromEntries(entries), limitations } as ReportedOutputs;
}

/** A value made of the reports of some steps. */
function afterLastStep<T>(
  commands: StepCommands,
  from: readonly Step[],
  make: (reports: string[]) => T,
): pulumi.Output<T> {
  const isPreview = pulumi.runtime.isDryRun();
  const reports = from.map(({ name }) => stdoutOf(commands, name as keyof StepCommands));
  const all = pulumi.all(isPreview ? reports : [...reports, lastReport(commands)]);
  // A step that --target leaves out, and that never ran, reports nothing.
  return all.apply<T>((said) => (said.every(isReport) ? make(said) : undefined) as T);
}

function isReport(stdout: string | undefined): stdout is string {
  return stdout !== undefined;
}

/** Makes a value into an output that waits for the last step, though it is known at preview. */
export function whenAnswered<T>(commands: StepCommands, value: pulumi.Input<T>): pulumi.Output<T> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(value) as pulumi.Output<T>;
  const both = pulumi.all([value, lastReport(commands)]);
  return both.apply(([known]) => known) as pulumi.Output<T>;
}

function lastReport(commands: StepCommands): pulumi.Output<string | undefined> {
  return stdoutOf(commands, steps[steps.length - 1].name);
}

function stdoutOf(
  commands: StepCommands,
  name: keyof StepCommands,
): pulumi.Output<string | undefined> {
  return commands[name].stdout;
}
