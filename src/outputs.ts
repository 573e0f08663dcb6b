import * as pulumi from "@pulumi/pulumi";
import type { Limitation } from "./limitations/limitation";
import { type Measured, measuredBy } from "./limitations/measured";
import { limitationsOf } from "./limitations/rows";
import type { StepCommands } from "./children/runSteps";
import { type StepOutputs, steps } from "./steps";
import { type Facts, type FactTypes, factsOf, readFacts } from "./steps/facts";
import type { Step } from "./steps/step";

/** Outputs that steps report. */
export type ReportedOutputs = {
  [Name in keyof StepOutputs]: pulumi.Output<StepOutputs[Name]>;
};

/**
 * The component's outputs from what the steps reported. They wait for the last step, which is a daemon that
 * really answers; at preview each is known where its own step's report is. Limitations are made of what several steps
 * measure, once somebody reads them.
 */
export function reportedOutputs(
  name: string,
  commands: StepCommands,
): { outputs: ReportedOutputs; limitations: () => pulumi.Output<Limitation[]> } {
  const measuring = steps.filter((step) => step.name in measuredBy);
  // One Output for all that a step reports: a program of many hosts pays for each.
  const reports = measuring.map((step) => {
    const command = `${name}-${step.name}`;
    return reportOf(commands, step).apply((stdout) =>
      stdout === undefined ? undefined : { command, facts: factsOf(command, stdout) },
    );
  });
  const entries = measuring.flatMap((step: Step, index) =>
    Object.entries(step.outputs as Record<string, (command: string, facts: Facts) => unknown>).map(
      ([output, read]) => [
        output,
        reports[index].apply((report) => report && read(report.command, report.facts)),
      ],
    ),
  );
  const types = measuredBy as Record<string, FactTypes>;
  const limitations = () =>
    pulumi.all(reports).apply((all) => {
      const measured = all.map(
        (report, index) =>
          report && readFacts(report.command, types[measuring[index].name], report.facts),
      );
      if (measured.includes(undefined)) return undefined;
      return limitationsOf(Object.assign({}, ...measured) as Measured);
    }) as pulumi.Output<Limitation[]>;
  return { outputs: Object.fromEntries(entries) as ReportedOutputs, limitations };
}

/** A step's report once the last one has answered; at preview as soon as it is known itself. */
function reportOf(
  commands: StepCommands,
  { name }: (typeof steps)[number],
): pulumi.Output<string | undefined> {
  const own: pulumi.Output<string | undefined> = commands[name].stdout;
  const last = lastReport(commands);
  if (pulumi.runtime.isDryRun() || own === last) return own;
  // A step that --target leaves out, and that never ran, reports nothing.
  return pulumi.all([own, last]).apply(([report, end]) => (end === undefined ? end : report));
}

/** Makes a value into an output that waits for the last step, though it is known at preview. */
export function whenAnswered<T>(commands: StepCommands, value: pulumi.Input<T>): pulumi.Output<T> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(value) as pulumi.Output<T>;
  const both = pulumi.all([value, lastReport(commands)]);
  return both.apply(([known]) => known) as pulumi.Output<T>;
}

function lastReport(commands: StepCommands): pulumi.Output<string | undefined> {
  return commands[steps[steps.length - 1].name].stdout;
}
