import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createWorkspaceStack } from "../stand-ins/toolchain";
import { type FleetArgs, type FleetContestant, programs } from "./fleetPrograms";

/** One operation of the engine on one contestant's stack. */
export interface Task extends FleetArgs {
  who: FleetContestant;
  operation: "up" | "preview" | "destroy";
  backendDir: string;
}

/** What it took. Memory is the peak of one process; the plugins are two. */
export interface Usage {
  seconds: number;
  programMegabytes: number;
  engineMegabytes: number;
  programCpu: number;
  engineCpu: number;
  pluginCpu: number;
}

/** Runs the task of the last argument in a process of its own, whose memory nothing else has filled. */
async function main(): Promise<void> {
  // Neither contestant is to read source maps for its stack traces.
  process.setSourceMapsEnabled(false);
  const { who, operation, backendDir, ...args } = JSON.parse(process.argv[2]) as Task;
  const program = programs[who](args);
  const stack = await createWorkspaceStack({ stackName: "fleet", program, backendDir });
  // Each is a run of the CLI after the one that is timed.
  stack.outputs = async () => ({});
  stack.info = async () => undefined;
  const seen = new Map<number, Seen>();
  const timer = setInterval(() => look(process.pid, seen), 250);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await stack[operation]();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  clearInterval(timer);
  const engines = [...seen.values()].filter(({ name }) => name === "pulumi");
  const plugins = [...seen.values()].filter(({ name }) => name !== "pulumi");
  const cpuOf = (list: Seen[]) => list.reduce((sum, { cpu }) => sum + cpu, 0);
  const usage: Usage = {
    seconds,
    programMegabytes: process.resourceUsage().maxRSS / 1000,
    engineMegabytes: Math.max(...engines.map(({ peak }) => peak)),
    programCpu: (user + system) / 1e6,
    engineCpu: cpuOf(engines),
    pluginCpu: cpuOf(plugins),
  };
  process.stdout.write(`\n${JSON.stringify(usage)}\n`);
}

/** A process that this one has started: CPU seconds, and the peak of its memory in megabytes. */
interface Seen {
  name: string;
  cpu: number;
  peak: number;
}

/** Notes what all programs below a process have used so far. */
function look(parent: number, seen: Map<number, Seen>): void {
  try {
    for (const thread of readdirSync(`/proc/${parent}/task`))
      for (const pid of readFileSync(`/proc/${parent}/task/${thread}/children`, "utf8").split(" "))
        if (pid) lookAt(Number(pid), seen);
  } catch {
    // It has ended meanwhile.
  }
}

function lookAt(pid: number, seen: Map<number, Seen>): void {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [, name, rest] = /^\d+ \((.*)\) (.*)/.exec(stat) ?? [];
  const fields = rest.split(" ");
  const [, peak] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  // proc(5): user and system time, in hundredths. One that has ended has no memory.
  const cpu = (Number(fields[11]) + Number(fields[12])) / 100;
  if (peak) seen.set(pid, { name, cpu, peak: Number(peak) / 1000 });
  look(pid, seen);
}

main().catch((error: unknown) => {
  console.error(error);
  // The timer goes on, and the Automation API listens for errors that nobody catches.
  process.exit(1);
});
