import { phases } from "./contestants";
import type { AgentFigures } from "./agent";
import type { Course } from "./course";
import { median, table } from "./figures";

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
  /** Undefined where the package is not built. */
  importMs: number;
  pairs: Pair[];
  agent: AgentFigures;
}

/** What is wanted of the package; a figure that misses it is marked. */
const wanted = {
  firstRatio: 1.15,
  destroyRatio: 2,
  firstPrograms: 250,
  idlePrograms: 80,
  changeSeconds: 0.2,
  checkSeconds: 0.3,
  idleConnections: 0,
  changeCommands: 2,
  importMs: 150,
};

/** The result for people: medians, ratios, what is wanted, and where the time goes. */
export function report(result: Result): { text: string; isMet: boolean } {
  const facts = factsTable(result);
  const text = [timesTable(result.pairs), facts, stepsTable(result.pairs)].join("\n\n");
  return { text, isMet: !facts.includes("NOT MET") };
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

function factsTable({ pairs, importMs, agent }: Result): string {
  const of = (choose: (course: Course) => number) => pairs.map((pair) => choose(pair.package));
  const ratio = (seconds: (course: Course) => number) =>
    median(pairs.map((pair) => seconds(pair.package) / seconds(pair.script)));
  const first = (course: Course) => course["first provisioning"].seconds;
  const whole = ratio(first);
  const beyondPulumi = median(pairs.map((pair) => first(pair.package) / first(pair.inPulumi)));
  const destroy = ratio((course) => course.destroy.seconds);
  const logins = Math.max(...of((c) => c["first provisioning"].connections));
  const idle = Math.max(...of((c) => c["no change"].connections));
  const commands = Math.max(...of((c) => c["one setting changed"].connections));
  const kilobytes = Math.max(...of((c) => c.stateBytes)) / 1000;
  const row = (what: string, found: number, most: number, digits = 0) => [
    what,
    found.toFixed(digits),
    `at most ${most}`,
    found <= most ? "met" : "NOT MET",
  ];
  return table([
    ["wanted of the package", "found", "wanted", ""],
    row("first provisioning, times the script", whole, wanted.firstRatio, 2),
    ["the same, times the script as one command of Pulumi", beyondPulumi.toFixed(2), "", ""],
    row("destroy with Delete, times the script", destroy, wanted.destroyRatio, 2),
    row("programs that the agent starts, first up", agent.firstPrograms, wanted.firstPrograms),
    row("the same where nothing is to do", agent.idlePrograms, wanted.idlePrograms),
    row("one setting changed, seconds of the agent", agent.changeSeconds, wanted.changeSeconds, 2),
    row("agent check, seconds", agent.checkSeconds, wanted.checkSeconds, 2),
    ["SSH connections of the first up", String(logins), "", ""],
    ["state of one host, KB", kilobytes.toFixed(1), "", ""],
    row("SSH connections of no change", idle, wanted.idleConnections),
    row("commands on the host for one setting", commands, wanted.changeCommands),
    row("import beyond @pulumi/pulumi, ms", importMs, wanted.importMs),
  ]);
}

function stepsTable(pairs: Pair[]): string {
  const names = Object.keys(pairs[0].package.steps);
  const rows = names.map((name) => [
    name,
    median(pairs.map((pair) => pair.package.steps[name])).toFixed(2),
  ]);
  return table([["first provisioning, by step (some run side by side)", "s"], ...rows]);
}
