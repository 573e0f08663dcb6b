import * as pulumi from "@pulumi/pulumi";
import type { Advisory } from "./advisories/advisory";
import { advisoriesOf, givenInputs, judgedInputs } from "./advisories/rows";
import type { StepCommands } from "./children/runSteps";
import type { Control } from "./controls/control";
import { controlsOf } from "./controls/rows";
import type { Inputs } from "./inputs";
import type { Limitation } from "./limitations/limitation";
import { hostFactsOf, measuredBy } from "./limitations/measured";
import { limitationsOf } from "./limitations/rows";
import { logOn } from "./log";
import { type StepOutputs, steps } from "./steps";
import { type Facts, type FactTypes, ReportError, factsOf, readFacts } from "./steps/facts";

/** Outputs that are made of what steps report. */
export type ReportedOutputs = {
  [Name in keyof StepOutputs]: pulumi.Output<StepOutputs[Name]>;
} & {
  limitations: pulumi.Output<Limitation[]>;
  advisories: pulumi.Output<Advisory[]>;
  controls: pulumi.Output<Control[]>;
};

/** The facts of one step's report. */
interface Report {
  command: string;
  facts: Facts;
}

/**
 * The component's outputs from what the steps reported. They wait for the last step, which is a daemon that
 * really answers; at preview each is known where its own step's report is. Limitations and advisories are made of what
 * several steps measure.
 *
 * A report that cannot be read, as of a step that `ignoreChanges` keeps from an upgrade, is a warning on the component.
 * What is made of it alone is undefined, and rows that judge by it are unknown. An error thrown here would end the program, and so the runs of all other hosts.
 */
export function reportedOutputs(
  name: string,
  component: pulumi.Resource,
  commands: StepCommands,
  inputs: Inputs,
): ReportedOutputs {
  const read = readerOf(component);
  const measuring = steps.filter((step) => step.name in measuredBy);
  // One Output for all that a step reports: a program of many hosts pays for each.
  const reports = measuring.map((step) => {
    const command = `${name}-${step.name}`;
    return reportOf(commands, step).apply((stdout) =>
      stdout === undefined
        ? undefined
        : read((): Report => ({ command, facts: factsOf(command, stdout) })),
    );
  });
  const entries = measuring.flatMap(({ outputs }, index) =>
    Object.entries(outputs as Record<string, (command: string, facts: Facts) => unknown>).map(
      ([output, make]) => [
        output,
        reports[index].apply((report) => report && read(() => make(report.command, report.facts))),
      ],
    ),
  );
  const types = measuredBy as Record<string, FactTypes>;
  const host = pulumi.all(reports).apply((all) => {
    const facts = all.map((report, index) => {
      const { name: step } = measuring[index];
      // Says which fact is missing; the rows that it is for say so, too.
      if (report) read(() => readFacts(report.command, types[step], report.facts));
      return [step, report?.facts];
    });
    return hostFactsOf(Object.fromEntries(facts) as object);
  });
  const given = inputs.from(judgedInputs, givenInputs);
  const both = pulumi.all([host, given]);
  const limitations = host.apply(limitationsOf);
  const advisories = both.apply(([facts, known]) => advisoriesOf(facts, known));
  const controls = both.apply(([facts, known]) => controlsOf(facts, known));
  return { ...Object.fromEntries(entries), limitations, advisories, controls } as ReportedOutputs;
}

/** Reads a part of a report; undefined where that cannot be, which is said once. */
function readerOf(component: pulumi.Resource): <T>(read: () => T) => T | undefined {
  const said = new Set<string>();
  return (read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      if (!said.has(error.message)) void logOn(component, "warn", error.message);
      said.add(error.message);
      return undefined;
    }
  };
}

/** A step's report once the last one has answered; at preview as soon as it is known itself. */
function reportOf(
  commands: StepCommands,
  { name }: (typeof steps)[number],
): pulumi.Output<string | undefined> {
  const own: pulumi.Output<string | undefined> = commands[name].stdout;
  // A step that --target leaves out, and that never ran, reports nothing.
  return pulumi
    .all([own, endOf(commands)])
    .apply(([report, end]) => (end === undefined ? end : report));
}

/** Makes a value into an output that waits for the last step, though it is known at preview. */
export function whenAnswered<T>(commands: StepCommands, value: pulumi.Input<T>): pulumi.Output<T> {
  const both = pulumi.all([value, endOf(commands)]);
  return both.apply(([known]) => known) as pulumi.Output<T>;
}

/**
 * What to wait for: in an `up` the last step's report, in a preview its URN, which is known there. Both make what is made
 * of it depend on that step. With other dependencies in an `up`, a plan that `preview` saved could not be applied.
 */
function endOf(commands: StepCommands): pulumi.Output<string | undefined> {
  const last = commands[steps[steps.length - 1].name];
  return pulumi.runtime.isDryRun() ? last.urn : last.stdout;
}
