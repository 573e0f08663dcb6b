import * as pulumi from "@pulumi/pulumi";
import { limitationRows } from "./agent/agentText";
import type { StepCommands } from "./remote/runSteps";
import { type StepOutputs, steps } from "./steps";
import { type Facts, factsOf } from "./steps/facts";
import { type Limitation, limitationsOf } from "./steps/limitations";
import type { Step } from "./steps/step";

/** Outputs that steps report, and the rows of all steps' limitations. */
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
  // The agent has a file for each row.
  const limiting = steps.filter((step) => limitationRows(step.name).length > 0);
  const limitations = afterLastStep(commands, limiting, (reports) =>
    limiting
      .flatMap((step, index) => {
        const command = `${name}-${step.name}`;
        return limitationsOf(command, factsOf(command, reports[index]));
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
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
  return all.apply<T>(make);
}

/** Makes a value into an output that waits for the last step, though it is known at preview. */
export function whenAnswered<T>(commands: StepCommands, value: pulumi.Input<T>): pulumi.Output<T> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(value) as pulumi.Output<T>;
  const both = pulumi.all([value, lastReport(commands)]);
  return both.apply(([known]) => known) as pulumi.Output<T>;
}

function lastReport(commands: StepCommands): pulumi.Output<string> {
  return stdoutOf(commands, steps[steps.length - 1].name);
}

/** @throws Error where the step is one that is not always there: no output is made of such a one. */
function stdoutOf(commands: StepCommands, name: keyof StepCommands): pulumi.Output<string> {
  const command = commands[name];
  if (!command) throw new Error(`no command of the step ${name}`);
  return command.stdout;
}
