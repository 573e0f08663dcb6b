import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { lint } from "../scripts/lint";

/** What a part did. */
interface Counts {
  passed: number;
  failed: number;
  skipped?: number;
}

interface Part {
  name: string;
  run: () => Promise<Counts>;
  /** Whether it needs the Pulumi CLI and the two plugins. Defaults to false. */
  toolchain?: boolean;
  /** Whether it runs only where it is named: it takes hours where machines are emulated. Defaults to false. */
  named?: boolean;
  /** Whether it waits more than it works, and runs beside others that do. Defaults to false. */
  shared?: boolean;
}

const root = join(__dirname, "..");

/** In the order in which they run: what is quick and points at a mistake directly comes first. */
const parts: Part[] = [
  { name: "lint", run: () => lint() },
  { name: "unit", run: () => jest("unit") },
  { name: "testbed", run: () => jest("testbed"), toolchain: true },
  { name: "host", run: () => jest("host"), shared: true },
  { name: "scenario", run: () => jest("scenario"), toolchain: true, shared: true },
  { name: "upgrade", run: () => jest("upgrade"), toolchain: true, shared: true },
  { name: "kernel", run: () => jest("kernel", "--maxWorkers=4"), toolchain: true, named: true },
];

/** Runs projects of jest.config.js. A process that fails in any other way is one failure. */
async function jest(projects: string | string[], ...options: string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "rootless-docker-test-"));
  const outputFile = join(folder, "result.json");
  try {
    const exitCode = await runNode([
      "node_modules/jest/bin/jest.js",
      ...["--selectProjects", ...[projects].flat(), ...options],
      ...["--ci", "--json", "--outputFile", outputFile],
    ]);
    if (!existsSync(outputFile)) return { passed: 0, failed: 1 };
    const result = JSON.parse(readFileSync(outputFile, "utf8")) as JestResult;
    console.log(slowest(result));
    const passed = result.numPassedTests;
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    const wrong = exitCode !== 0 || passed + failed === 0;
    return { passed, failed: failed || Number(wrong), skipped: result.numPendingTests };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The part of jest's JSON that counts. */
interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  /** Files that failed before their tests were known. */
  numRuntimeErrorTestSuites: number;
  /** One a file, with its times in milliseconds. */
  testResults: {
    name: string;
    startTime: number;
    endTime: number;
    assertionResults: { title: string; duration?: number | null }[];
  }[];
}

/** The files and the tests that took longest, a line each: what to look at where a run takes too long. */
function slowest({ testResults }: JestResult): string {
  const files = testResults.map(({ name, startTime, endTime }) => ({
    name: relative(__dirname, name),
    milliseconds: endTime - startTime,
  }));
  const tests = testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, duration }) => ({ name: title, milliseconds: duration ?? 0 })),
  );
  return [`slowest files: ${first(8, files)}`, `slowest tests: ${first(20, tests)}`].join("\n");
}

function first(count: number, all: { name: string; milliseconds: number }[]): string {
  return all
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, count)
    .map(({ name, milliseconds }) => `${name} ${Math.round(milliseconds / 1000)} s`)
    .join("; ");
}

/** Runs node and shows its stderr, where jest prints everything that is for people. */
function runNode(args: string[]): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CI: "true", ...(process.stderr.isTTY ? {} : { NO_COLOR: "1" }) },
  });
  // The tests remove what they made; this process waits for that, and then ends too.
  const stop = (signal: NodeJS.Signals): void => {
    interrupted = true;
    child.kill(signal);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve(code ?? 1);
    });
  });
}

let interrupted = false;

function chosen(names: string[]): Part[] {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    const known = parts.map((part) => part.name).join(", ");
    console.error(`no part '${unknown.join("', '")}'; choose from ${known}`);
    process.exit(2);
  }
  return names.length === 0
    ? parts.filter(({ named }) => !named)
    : parts.filter((part) => names.includes(part.name));
}

/** One run of jest for several parts: none waits for the last file of another. */
function shareWorkers(run: Part[]): Part[] {
  const shared = run.filter((part) => part.shared);
  if (shared.length < 2) return run;
  const names = shared.map(({ name }) => name);
  const one = { name: names.join(", "), run: () => jest(names, "--maxWorkers=4") };
  return [...run.filter((part) => !part.shared), one];
}

/** What runs, in one line. Each test that needs the toolchain says by itself that it is missing. */
async function describeToolchain(): Promise<string> {
  try {
    const { ensureToolchain } = await import("../testbed/toolchain/index.js");
    return `toolchain: ${(await ensureToolchain()).describe()}`;
  } catch (error) {
    return `toolchain: none: ${String(error)}`;
  }
}

async function runPart({ name, run }: Part): Promise<Counts> {
  console.log(`${name}: ...`);
  const start = Date.now();
  const counts = await run().catch((error: unknown): Counts => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  const skipped = counts.skipped ? `, ${counts.skipped} skipped` : "";
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(
    `${name}: ${counts.passed} passed, ${counts.failed} failed${skipped} in ${seconds} s`,
  );
  return counts;
}

/** Which part of testkit/jest/turns.js runs, for jest.config.js: without git all of them. */
function takeTurn(): void {
  const git = spawnSync("git", ["rev-parse", "--short=8", "HEAD"], { cwd: root });
  if (git.status === 0) process.env.TURN ??= git.stdout.toString().trim();
  const { TURN } = process.env;
  if (TURN) console.log(`TURN=${TURN}: a part of the tables; TURN= or --long runs all`);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  // jest.config.js, and the tests that count, look there.
  if (args.includes("--long")) process.env.LONG = "1";
  else takeTurn();
  const run = chosen(args.filter((arg) => arg !== "--long"));
  if (run.some((part) => part.toolchain)) console.log(await describeToolchain());
  const total = { passed: 0, failed: 0 };
  for (const part of shareWorkers(run)) {
    const { passed, failed } = await runPart(part);
    total.passed += passed;
    total.failed += failed;
    if (interrupted) break;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 || interrupted ? 1 : 0;
}

void main();
