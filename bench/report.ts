import { phases } from "./contestants";
import type { AgentFigures } from "./agent";
import { comparisonTable, type Figure } from "./compare";
import type { Course } from "./course";
import { median, table } from "./figures";
import { recordedOfHost, recordedOfSource } from "./recorded";

/** One host by each contestant. */
export interface Pair {
  package: Course;
  script: Course;
  /** The script as one command of a stack. */
  inPulumi: Course;
}

export interface Result {
  toolchain: string;
  suite: string;
  source: string;
  date: string;
  pairs: Pair[];
  agent: AgentFigures;
}

/** The result for people: medians, ratios, figures beside the recorded ones, and where the time goes. */
export function report(result: Result): string {
  const comparison = comparisonTable(figuresOf(result));
  return [timesTable(result.pairs), comparison, stepsTable(result.pairs)].join("\n\n");
}

function timesTable(pairs: Pair[]): string {
  const rows = phases.map((phase) => {
    const ours = pairs.map((pair) => pair.package[phase]);
    const script = pairs.map((pair) => pair.script[phase]);
    const ratios = pairs.map((pair) => pair.package[phase].seconds / pair.script[phase].seconds);
    const inPulumi = pairs.map((pair) => pair.inPulumi[phase]);
    const seconds = (list: typeof ours) => median(list.map((m) => m.seconds)).toFixed(2);
    const cpu = (list: typeof ours) => median(list.map((m) => m.hostCpuSeconds)).toFixed(1);
    return [
      phase,
      seconds(ours),
      seconds(script),
      seconds(inPulumi),
      median(ratios).toFixed(2),
      cpu(ours),
      cpu(script),
    ];
  });
  const heading = [
    "median of pairs",
    "package s",
    "script s",
    "in Pulumi s",
    "ratio",
    "host CPU s",
    "script's",
  ];
  return table([heading, ...rows]);
}

/** The figures of a run beside the recorded ones. Those of times are of the engine source that it used. */
export function figuresOf({ pairs, agent, source }: Result): Figure[] {
  const ofSource = recordedOfSource[source];
  const most = (cost: (course: Course) => number) =>
    Math.max(...pairs.map((pair) => cost(pair.package)));
  const middle = (cost: (course: Course) => number) =>
    median(pairs.map((pair) => cost(pair.package)));
  const times = (other: "script" | "inPulumi", cost: (course: Course) => number) =>
    median(pairs.map((pair) => cost(pair.package) / cost(pair[other])));
  const first = (course: Course) => course["first provisioning"].seconds;
  const destroy = (course: Course) => course.destroy.seconds;
  return [
    {
      what: "first provisioning, seconds",
      measured: middle(first),
      digits: 1,
    },
    {
      what: "first provisioning, times the script",
      measured: times("script", first),
      recorded: ofSource?.firstTimesScript,
      digits: 2,
    },
    {
      what: "first provisioning, times the script as one command of Pulumi",
      measured: times("inPulumi", first),
      digits: 2,
    },
    {
      what: "destroy with Delete, seconds",
      measured: middle(destroy),
      digits: 1,
    },
    {
      what: "destroy with Delete, times the script",
      measured: times("script", destroy),
      recorded: ofSource?.destroyTimesScript,
      digits: 2,
    },
    {
      what: "programs that the agent starts, first up",
      measured: agent.firstPrograms,
      recorded: recordedOfHost.firstPrograms,
    },
    {
      what: "programs that it starts when there is nothing to do",
      measured: agent.idlePrograms,
      recorded: recordedOfHost.idlePrograms,
    },
    {
      what: "one setting changed, seconds of the agent",
      measured: agent.changeSeconds,
      digits: 2,
    },
    {
      what: "agent check, seconds",
      measured: agent.checkSeconds,
      digits: 2,
    },
    {
      what: "SSH connections of the first up",
      measured: most((course) => course["first provisioning"].connections),
      recorded: recordedOfHost.firstConnections,
    },
    {
      what: "SSH connections of no change",
      measured: most((course) => course["no change"].connections),
      recorded: recordedOfHost.idleConnections,
    },
    {
      what: "commands on the host for one setting",
      measured: most((course) => course["one setting changed"].connections),
    },
    {
      what: "state of one host, KB",
      measured: most((course) => course.stateBytes) / 1000,
      recorded: recordedOfHost.stateKilobytes,
      digits: 1,
    },
  ];
}

function stepsTable(pairs: Pair[]): string {
  const names = Object.keys(pairs[0].package.steps);
  const rows = names.map((name) => [
    name,
    median(pairs.map((pair) => pair.package.steps[name])).toFixed(2),
  ]);
  return table([["first provisioning, by step (some run side by side)", "s"], ...rows]);
}
