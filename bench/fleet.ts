/**
 * Many hosts on the real engine: this package against as many bare commands, both on a server that answers as a
 * recorded host did. `npm run bench:fleet -- --hosts 1,10,100`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { interruptible } from "./interrupt";
import { runOverSsh } from "../src/ssh/ssh";
import { destroyAllHosts } from "../stand-ins/hosts";
import { execOrThrow } from "../stand-ins/hosts/exec";
import { requireHostTools } from "../stand-ins/requirements";
import { ensureToolchain } from "../stand-ins/toolchain";
import { comparisonTable, type Figure, isWorse } from "./compare";
import { median, table } from "./figures";
import { recordingOf, replay, unknown } from "./fleetHost";
import { type Child, contestants, type FleetContestant } from "./fleetPrograms";
import type { Task, Usage } from "./fleetRun";
import { type Fleet, type Login, startFleet } from "../stand-ins/fleetServer";
import { recordedOfFleet } from "./recorded";

/** What is run, in this order, and how often. */
const phases: Record<string, Pick<Task, "operation"> & { times?: number }> = {
  "first up": { operation: "up" },
  "up, no change": { operation: "up", times: 5 },
  "preview, no change": { operation: "preview", times: 5 },
  "one setting on all": { operation: "up" },
  "up that asks": { operation: "up" },
  "preview that asks": { operation: "preview", times: 3 },
  destroy: { operation: "destroy" },
};
const phaseNames = Object.keys(phases);

/** The phase's value of the one setting, and whether the package has driftDetection. */
const valuesIn = (phase: string) => ({
  setting: phaseNames.indexOf(phase) < phaseNames.indexOf("one setting on all") ? "1m" : "2m",
  asksForDrift: phase.endsWith("that asks"),
});

interface Measured extends Usage {
  /** The server's CPU seconds: it runs on the same processors. */
  serverCpu: number;
  loginsOfHost: number;
  stateBytes: number;
}
type Size = Record<FleetContestant, Record<string, Measured>>;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { hosts: { type: "string", default: "1,10,100" } } });
  const sizes = values.hosts.split(",").map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 1 && size <= 200))
    throw new Error("--hosts wants numbers from 1 to 200, with commas between them");
  await requireHostTools();
  const scratch = mkdtempSync(join(tmpdir(), "rootless-docker-fleet-"));
  process.env.TMPDIR = scratch;
  await interruptible(
    () => bench(sizes),
    async () => {
      await destroyAllHosts();
      rmSync(scratch, { recursive: true, force: true });
    },
  );
}

async function bench(sizes: number[]): Promise<void> {
  const toolchain = await ensureToolchain("optimized");
  const help = await execOrThrow(toolchain.pulumiPath, ["up", "--help"]);
  const parallel = /--parallel .*\(default (\d+)\)/.exec(help)?.[1];
  const about = toolchain.describe();
  say(`${about}; ${cpus().length} cores; --parallel ${parallel}, as pulumi up has it here`);
  const recording = await recordingOf(lifeOf);
  say(`recorded of a host: ${Object.keys(recording).join(", ")}`);
  const fleet = await startFleet(Math.max(...sizes), replay(recording));
  await expectRefusal(fleet.logins[0]);
  const children = await lifeOf(fleet.logins[0]);
  const results = new Map<number, Size>();
  for (const size of sizes) results.set(size, await measureSize(fleet, size, children));
  fleet.close();
  const figures = figuresOf(results);
  process.stdout.write(`${costsTable(results)}\n\n${comparisonTable(figures)}\n`);
  if (figures.some(isWorse)) process.exitCode = 1;
  const folder = join(__dirname, "results");
  mkdirSync(folder, { recursive: true });
  const date = new Date().toISOString();
  const file = join(folder, `fleet-${date.replace(/[:.]/g, "-")}.json`);
  const result = { toolchain: about, date, parallel, sizes: Object.fromEntries(results) };
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  process.stdout.write(`${relative(process.cwd(), file)}\n`);
}

/** Runs all phases on one host: on a real one they are recorded. The children are what the bare program copies. */
async function lifeOf(login: Login): Promise<Child[]> {
  const backendDir = mkdtempSync(join(tmpdir(), "fleet-life-"));
  const common = { who: "package" as const, logins: [login], children: [], backendDir };
  const states: Record<string, Resource[]> = {};
  for (const phase of phaseNames) {
    await run({ ...common, operation: phases[phase].operation, ...valuesIn(phase) });
    states[phase] = resourcesOf(backendDir);
  }
  const before = new Map(states["first up"].map(({ urn, inputs }) => [urn, inputs?.stdin]));
  return states["one setting on all"]
    .filter(({ urn }) => childName(urn))
    .map(({ urn, type, inputs, dependencies = [] }) => ({
      name: childName(urn),
      isRandom: type.startsWith("random:"),
      creates: inputs?.create !== undefined || type.endsWith(":CopyToRemote"),
      deletes: inputs?.delete !== undefined,
      changes: before.get(urn) !== inputs?.stdin,
      needs: dependencies.map(childName),
    }));
}

interface Resource {
  urn: string;
  type: string;
  inputs?: Record<string, unknown>;
  dependencies?: string[];
}

const stateFile = (backendDir: string) => join(backendDir, ".pulumi/stacks/testbed/fleet.json");

function resourcesOf(backendDir: string): Resource[] {
  const { checkpoint } = JSON.parse(readFileSync(stateFile(backendDir), "utf8")) as {
    checkpoint: { latest: { resources?: Resource[] } };
  };
  return checkpoint.latest.resources ?? [];
}

/** What follows `host-0-` in the name of a child of the first host; empty for any other resource. */
const childName = (urn: string) => /::host-0-(.*)$/.exec(urn)?.[1] ?? "";

async function measureSize(fleet: Fleet, size: number, children: Child[]): Promise<Size> {
  const logins = fleet.logins.slice(0, size);
  const backends = contestants.map(() => mkdtempSync(join(tmpdir(), "fleet-state-")));
  const result: Size = { package: {}, bare: {} };
  for (const phase of phaseNames) {
    const { operation, times = 1 } = phases[phase];
    const runs: Record<FleetContestant, Measured[]> = { package: [], bare: [] };
    for (let i = 0; i < times; i++) {
      // Who comes first alternates, as in bench.ts.
      for (const who of i % 2 === 0 ? contestants : [...contestants].reverse()) {
        const backendDir = backends[contestants.indexOf(who)];
        const task = { who, operation, logins, children, backendDir, ...valuesIn(phase) };
        runs[who].push(await measure(fleet, task));
      }
    }
    for (const who of contestants) result[who][phase] = middle(runs[who]);
    const [ours, bare] = contestants.map((who) => result[who][phase]);
    say(`${size} hosts, ${phase}: ${ours.seconds.toFixed(1)} s, bare ${bare.seconds.toFixed(1)} s`);
    if (!valuesIn(phase).asksForDrift && ours.loginsOfHost !== bare.loginsOfHost)
      throw new Error(`${ours.loginsOfHost} logins a host, and bare ${bare.loginsOfHost}`);
  }
  return result;
}

async function measure(fleet: Fleet, task: Task): Promise<Measured> {
  const allLogins = () => fleet.counts.reduce((sum, count) => sum + count, 0);
  const [before, cpu] = [allLogins(), process.cpuUsage()];
  const usage = await run(task);
  const { user, system } = process.cpuUsage(cpu);
  return {
    ...usage,
    serverCpu: (user + system) / 1e6,
    loginsOfHost: (allLogins() - before) / task.logins.length,
    stateBytes: statSync(stateFile(task.backendDir)).size,
  };
}

async function run(task: Task): Promise<Usage> {
  const args = ["--import", "tsx", join(__dirname, "fleetRun.ts"), JSON.stringify(task)];
  const said = await execOrThrow(process.execPath, args);
  return JSON.parse(said.trim().split("\n").at(-1) ?? "") as Usage;
}

/** Field by field. */
function middle(runs: Measured[]): Measured {
  const names = Object.keys(runs[0]) as (keyof Measured)[];
  const entries = names.map((name) => [name, median(runs.map((one) => one[name]))]);
  return Object.fromEntries(entries) as Measured;
}

/** A server that took any command would have the bench measure nothing. */
async function expectRefusal(login: Login): Promise<void> {
  const answer = await runOverSsh(login, "uname -a").catch((error: unknown) => String(error));
  if (!answer.includes(unknown)) throw new Error(`uname -a was not refused: ${answer}`);
}

/** Package and bare program, phase by phase. */
function costsTable(results: Map<number, Size>): string {
  const columns: [string, keyof Measured, number][] = [
    ["seconds", "seconds", 2],
    ["CPU s: program", "programCpu", 1],
    ["engine", "engineCpu", 1],
    ["plugins", "pluginCpu", 1],
    ["server", "serverCpu", 1],
    ["peak MB: program", "programMegabytes", 0],
    ["engine", "engineMegabytes", 0],
    ["state bytes", "stateBytes", 0],
    ["logins a host", "loginsOfHost", 0],
  ];
  const rows = [...results].flatMap(([size, { package: ours, bare }]) =>
    phaseNames.map((phase) => [
      `${size}: ${phase}`,
      ...columns.map(([, field, digits]) =>
        [ours, bare].map((of) => of[phase][field].toFixed(digits)).join(" / "),
      ),
    ]),
  );
  return table([["package / bare", ...columns.map(([name]) => name)], ...rows]);
}

/** The figures of a run beside the recorded ones, for each number of hosts. */
function figuresOf(results: Map<number, Size>): Figure[] {
  return [...results].flatMap(([size, { package: ours, bare }]) => {
    const recorded = recordedOfFleet[size];
    // A phase that asks for drift does what the bare program does not.
    const compared = phaseNames.filter((phase) => !valuesIn(phase).asksForDrift);
    const times = compared.map((phase) => ({
      what: `${size}: ${phase}, times the bare program`,
      measured: ours[phase].seconds / bare[phase].seconds,
      recorded: recorded?.times[phase],
      digits: 2,
    }));
    const asking = ours["preview that asks"];
    const state = Math.max(...phaseNames.map((phase) => ours[phase].stateBytes));
    return [
      ...times,
      {
        what: `${size}: preview that asks, seconds more`,
        measured: asking.seconds - ours["preview, no change"].seconds,
        recorded: recorded?.driftDetectionSeconds,
        digits: 1,
      },
      {
        what: `${size}: hosts that it could not ask`,
        measured: size * (1 - asking.loginsOfHost),
        recorded: recorded?.hostsNotAsked,
      },
      {
        what: `${size}: state of one host, KB`,
        measured: state / size / 1000,
        recorded: recorded?.stateKilobytes,
        digits: 1,
      },
    ];
  });
}

function say(line: string): void {
  process.stderr.write(`[${(performance.now() / 1000).toFixed(0)} s] ${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // Servers of the fleet may still listen.
  process.exit(1);
});
