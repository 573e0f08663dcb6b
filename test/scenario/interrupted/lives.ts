import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHost,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type NspawnHost,
} from "../../../testbed/hosts";
import { Stack } from "../../../testkit/stack";
import { connectionTo } from "../../../testkit/hostStack";
import { Life, type Strike } from "./life";
import { programFor } from "./program";
import { randomFrom } from "../../../testkit/random";
import { agentsOn, durationsDuring, type Verb } from "../../../testkit/runningSteps";

/** A host as it was, as a clean run makes it, and how long that took. */
interface Measured {
  host: NspawnHost;
  bare: HostSnapshot;
  clean: HostSnapshot;
  durations: Record<Verb, Map<string, number>>;
}

export interface Result {
  /** Faults that made the engine's operation fail. */
  interrupted: Strike[];
  /** Faults that it got over. */
  survived: Strike[];
  /** What was not as it should be, with the seed of the life in which it happened. */
  failures: string[];
}

/** `again` is how likely a step is struck once more. */
export interface LivesArgs {
  seed: number;
  runs: number;
  again: number;
}

/**
 * Lives one after the other on one host, until so many runs were interrupted: `up` until it succeeds,
 * compared with a clean run, or given up, and `destroy` until it succeeds, compared with the host before.
 * A life that fails costs the host.
 */
export async function interruptedLives({ seed, runs, again }: LivesArgs): Promise<Result> {
  const result: Result = { interrupted: [], survived: [], failures: [] };
  let measured: Measured | undefined;
  for (let life = 0; result.interrupted.length < runs; life++) {
    const lifeSeed = seed + life;
    const onStrike = (strike: Strike): void => {
      (strike.failure === undefined ? result.survived : result.interrupted).push(strike);
      const count = `${result.interrupted.length}/${runs}`;
      process.stderr.write(`faults: seed ${lifeSeed}, ${count}: ${describe(strike)}\n`);
    };
    measured ??= await measure();
    const wrong = await oneLife(measured, lifeSeed, again, onStrike).catch((error: unknown) => [
      String(error),
    ]);
    if (wrong.length === 0) continue;
    result.failures.push(`seed ${lifeSeed}:\n${wrong.join("\n")}`);
    process.stderr.write(`faults: FAILED: ${result.failures.at(-1)}\n`);
    await measured.host.destroy();
    measured = undefined;
    // A defect that shows in every life would go on for ever.
    if (result.failures.length === 5) break;
  }
  process.stderr.write(`${table(result)}\n`);
  return result;
}

/** Makes a host, and sees one clean run on it from its beginning to its end. */
async function measure(): Promise<Measured> {
  const host = await createHost({ suite: "trixie", diskMegabytes: 2500 });
  // What runs at a first boot only has ended for good then.
  await host.reboot();
  const bare = await snapshotHost(host);
  const stack = await Stack.start("clean");
  const applied = await durationsDuring(host, stack.up(programFor(connectionTo(host))));
  const clean = await snapshotHost(host);
  const reverted = await durationsDuring(host, stack.destroy());
  return { host, bare, clean, durations: { apply: applied, revert: reverted } };
}

/** Returns what is wrong after it. */
async function oneLife(
  { host, bare, clean, durations }: Measured,
  seed: number,
  again: number,
  onStrike: (strike: Strike) => void,
): Promise<string[]> {
  const stackName = `life-${seed}`;
  const backendDir = mkdtempSync(join(tmpdir(), "life-"));
  const stack = await Stack.start(stackName, backendDir);
  // A life may find that steps are shorter, since it has done them before.
  const expected = {
    apply: new Map(durations.apply),
    revert: new Map(durations.revert),
  };
  const life = new Life({
    ...{ host, stack, stackName, backendDir, random: randomFrom(seed) },
    ...{ durations: expected, onStrike, again },
  });
  const givenUp = givesUp(seed) && !(await life.upOnce());
  if (!givenUp) {
    await life.up();
    const afterUp = [
      ...diffSnapshots(clean, await snapshotHost(host)).filter(lasting),
      ...(await leftovers(host)),
      ...(await daemonProblems(host)),
    ];
    if (afterUp.length > 0) return ["after up:", ...afterUp];
  }
  const agentIsKnown = stack.recorded("web-agent") !== undefined;
  await life.destroy();
  if (!agentIsKnown) await forgetAgent(host, stack);
  const afterDestroy = [
    ...diffSnapshots(bare, await snapshotHost(host)),
    ...(await leftovers(host)),
  ];
  return afterDestroy.length > 0 ? ["after destroy:", ...afterDestroy] : [];
}

/** Every third life has an `up` that is not run again after it was struck. */
const givesUp = (seed: number) => seed % 3 === 2;

/**
 * Where the very first step failed, Pulumi has nothing to take back. What the step left goes with the next
 * installation on this machine, whosever it is, if it comes a day later.
 */
async function forgetAgent(host: NspawnHost, stack: Stack): Promise<void> {
  await host.run(`
    for lease in /var/lib/rootless-docker/leases/*; do
      [ ! -d "$lease" ] || touch -d '2 days ago' "$lease"
    done
    rm -f /tmp/rootless-docker.*`);
  await stack.up(programFor(connectionTo(host)));
  await stack.destroy();
}

/** The account's daemon, asked as its user asks. */
async function daemonProblems(host: NspawnHost): Promise<string[]> {
  const ask = "runuser -u app -- env -i HOME=/home/app PATH=$PATH docker info --format";
  const { stdout, stderr } = await host.ssh(`${ask} '{{.SecurityOptions}}'`);
  return stdout.includes("name=rootless") ? [] : [`the daemon does not answer: ${stderr}`];
}

/** Traces of runs that were struck: files that were being written, locks, processes. */
async function leftovers(host: NspawnHost): Promise<string[]> {
  const found = await host.run(`
    ls -d /run/rootless-docker* /tmp/rootless-docker* /tmp/tmp.* /etc/*.lock 2>/dev/null | grep -vx /etc/.pwd.lock
    find / -xdev '(' -name '*.rootless-docker-new' -o -path '/var/lib/rootless-docker/*.new' -o -name '.gone.*' ')'
    lock=/var/lib/rootless-docker/lock
    [ ! -e $lock ] || flock -n $lock true || echo "$lock is held"`);
  const lines = found.split("\n").filter((line) => line !== "");
  return [...lines, ...agentsOn(host)].map((line) => `left behind: ${line}`);
}

// What differs between any two clean runs too.
const ofEachRun = [
  // Each installation has a lease of its own.
  "/var/lib/rootless-docker/",
  "/etc/apt/apt.conf.d/99rootless-docker-",
  // dockerd's own: an id that it makes up, and databases that it writes whenever it starts.
  "/home/app/.local/share/docker/",
  // The account's group and the engine's: where the step account was struck, the engine's comes first. What is
  // in each line is compared apart.
  "file /etc/group:",
  "file /etc/gshadow:",
];

function lasting(difference: string): boolean {
  return !ofEachRun.some((part) => difference.includes(part));
}

function describe({ verb, step, fault, delay, duration, failure }: Strike): string {
  const when = `${verb} ${step}: ${fault} after ${delay} of ${duration} ms`;
  return failure === undefined ? `${when}: got over` : `${when}${errorsOf(failure)}`;
}

/** What a failed operation tells a user, without what the engine says of every failure. */
function errorsOf(failure: string): string {
  const ofTheEngine =
    /^(code|stdout|stderr|err\?|error: update failed|\d+ (error|warn)|[-+~@{]|pulumi:|View|Diagnostics|Resources|Duration|Updating|Destroying|command:)/;
  const endings =
    /remote command exited|unchanged|pending operations|Process exited|Please choose|interrupted|refresh/;
  const lines = failure.split("\n").map((line) => line.trim());
  return [...new Set(lines)]
    .filter((line) => line !== "" && !ofTheEngine.test(line) && !endings.test(line))
    .map((line) => `\n    ${line}`)
    .join("");
}

/** How many runs were interrupted, by fault and step. */
function table({ interrupted, survived }: Result): string {
  const counts = new Map<string, number>();
  for (const { verb, step, fault } of interrupted)
    for (const key of [fault, `${verb} ${step}`]) counts.set(key, (counts.get(key) ?? 0) + 1);
  const lines = [...counts].sort().map(([key, count]) => `  ${String(count).padStart(4)} ${key}`);
  return `faults: ${interrupted.length} runs interrupted, ${survived.length} got over\n${lines.join("\n")}`;
}
