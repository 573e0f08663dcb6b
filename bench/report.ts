import { phases } from "./contestants";
import type { Course } from "./course";
import { median, table } from "./figures";

/** One host by each contestant. */
export interface Pair {
  package: Course;
  script: Course;
}

export interface Result {
  toolchain: string;
  suite: string;
  source: string;
  date: string;
  /** Undefined where the package is not built. */
  importMs: number;
  pairs: Pair[];
}

/** What is wanted of the package (issue 3); a figure that misses it is marked. */
const wanted = { ratio: 1.3, idleConnections: 0, changeCommands: 2, stateKB: 120, importMs: 150 };

/** The result for people: medians, ratios, what is wanted, and where the time goes. */
export function report(result: Result): string {
  return [timesTable(result.pairs), factsTable(result), stepsTable(result.pairs)].join("\n\n");
}

function timesTable(pairs: Pair[]): string {
  const rows = phases.map((phase) => {
    const ours = pairs.map((pair) => pair.package[phase]);
    const script = pairs.map((pair) => pair.script[phase]);
    const ratios = pairs.map((pair) => pair.package[phase].seconds / pair.script[phase].seconds);
    const seconds = (list: typeof ours) => median(list.map((m) => m.seconds)).toFixed(2);
    const cpu = (list: typeof ours) => median(list.map((m) => m.hostCpuSeconds)).toFixed(1);
    return [
      phase,
      seconds(ours),
      seconds(script),
      median(ratios).toFixed(2),
      cpu(ours),
      cpu(script),
    ];
  });
  const heading = ["median of pairs", "package s", "script s", "ratio", "host CPU s", "script's"];
  return table([heading, ...rows]);
}

function factsTable({ pairs, importMs }: Result): string {
  const of = (choose: (course: Course) => number) => pairs.map((pair) => choose(pair.package));
  const ratio = (seconds: (course: Course) => number) =>
    median(pairs.map((pair) => seconds(pair.package) / seconds(pair.script)));
  const whole = ratio((course) => course["first provisioning"].seconds);
  const idle = Math.max(...of((c) => c["no change"].connections));
  const commands = Math.max(...of((c) => c["one setting changed"].connections));
  const kilobytes = Math.max(...of((c) => c.stateBytes)) / 1000;
  const row = (what: string, found: number, most: number, digits = 0) => [
    what,
    found.toFixed(digits),
    `at most ${most}`,
    found <= most ? "yes" : "NO",
  ];
  return table([
    ["wanted of the package", "found", "wanted", "met"],
    row("first provisioning, times the script", whole, wanted.ratio, 2),
    row("SSH connections of no change", idle, wanted.idleConnections),
    row("commands on the host for one setting", commands, wanted.changeCommands),
    row("state of one host, KB", kilobytes, wanted.stateKB, 1),
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
