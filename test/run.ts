import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { lint } from "../scripts/lint";
import { cacheDir } from "../stand-ins/cache";
import { announcement, requireShellTools } from "../stand-ins/requirements";
import { runFiles } from "./resume";

// tsx test/run.ts              lint, unit, first: every commit
// tsx test/run.ts all          everything but the kernel folder: before a release, and at night
// tsx test/run.ts NAME...      lint, or folders of test/
// tsx test/run.ts kernel       takes hours: run again on the same commit, it skips the files that have passed

const everyCommit = ["lint", "unit", "first"];
const all = [...everyCommit, "stand-ins", "host", "scenario", "upgrade"];
const known = [...all, "kernel"];

interface Counts {
  passed: number;
  failed: number;
}

/** Runs folders of test/ by one jest. */
function jest(folders: string[]): Promise<Counts> {
  return runJest(["--selectProjects", ...folders]);
}

/** Runs one jest. A process that fails in any other way is one failure. */
async function runJest(selection: string[]): Promise<Counts> {
  const temporary = mkdtempSync(join(tmpdir(), "rootless-docker-test-"));
  const outputFile = join(temporary, "result.json");
  try {
    const program = "node_modules/jest/bin/jest.js";
    const output = ["--ci", "--json", "--outputFile", outputFile];
    const exitCode = await runNode([program, ...selection, ...output]);
    if (!existsSync(outputFile)) return { passed: 0, failed: 1 };
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(outputFile, "utf8"),
    ) as Record<string, number>;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: failed || Number(exitCode !== 0) };
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Runs node and shows its stderr, where jest prints everything that is for people. */
function runNode(args: string[]): Promise<number> {
  const env = { ...process.env, ...(process.stderr.isTTY ? {} : { NO_COLOR: "1" }) };
  const stdio = ["ignore", "ignore", "inherit"] as const;
  const child = spawn(process.execPath, args, { cwd: root, stdio: [...stdio], env });
  const passOn = (name: NodeJS.Signals) => {
    interrupted = true;
    child.kill(name);
  };
  // The tests remove what they made; this process waits for that, and then ends too.
  for (const name of signals) process.on(name, passOn);
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => {
      for (const name of signals) process.off(name, passOn);
      resolve(code ?? 1);
    });
  });
}

const signals = ["SIGINT", "SIGTERM"] as const;
/** Whether one of them came: nothing else is begun then. */
let interrupted = false;

const root = join(__dirname, "..");

/** Runs the kernel folder by one jest a file. What came of each is kept for the commit. */
async function kernel(): Promise<Counts> {
  const tests = readdirSync(join(root, "test/kernel"), { recursive: true, encoding: "utf8" });
  const files = tests.filter((name) => name.endsWith(".test.ts")).sort();
  const total = await runFiles({
    files: files.map((name) => `test/kernel/${name}`),
    records: recordsOfCommit(),
    // An emulated machine takes a whole processor.
    workers: Math.min(3, availableParallelism()),
    run: (file) => {
      if (interrupted) throw new Error("interrupted: run it again for the rest");
      return runJest(["--selectProjects", "kernel", "--runTestsByPath", file]);
    },
    say: console.log,
  });
  console.log(`kernel: its files took ${total.seconds} s together`);
  return total;
}

/** Where results of this commit are kept. Undefined, and said so, if the checkout has changes. */
function recordsOfCommit(): string | undefined {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" });
  const commit = git("rev-parse", "--short=12", "HEAD").trim();
  if (git("status", "--porcelain") !== "") {
    console.log(`kernel: ${commit} has changes beside it, so no result is kept or taken`);
    return undefined;
  }
  return cacheDir("kernel-results", commit);
}

/**
 * Makes what tests on hosts need and a new machine does not have, while lint and unit run: the hosts' image waits for
 * downloads, the Pulumi CLI computes. A test that needs what could not be made says why.
 */
async function prepare(): Promise<void> {
  const { prepareMachine } = await import("../stand-ins/prepare.js");
  console.log((await prepareMachine()).join("\n"));
}

async function timed(name: string, run: () => Promise<Counts>): Promise<Counts> {
  const start = Date.now();
  const counts = await run();
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
  return counts;
}

async function main(names: string[]): Promise<void> {
  const chosen = names.length === 0 ? everyCommit : names.flatMap((n) => (n === "all" ? all : n));
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no folder '${unknown.join("', '")}'; choose from all, ${known.join(", ")}`);
  const onHosts = chosen.filter((name) => !["lint", "unit", "kernel"].includes(name));
  const needsHosts = onHosts.length > 0 || chosen.includes("kernel");
  if (needsHosts) console.log(announcement().join("\n"));
  // First, and alone: of two apt-get at once, one fails.
  if (chosen.includes("lint") || chosen.includes("unit")) await requireShellTools();
  const prepared = needsHosts ? prepare() : undefined;
  const counts: Counts[] = [];
  if (chosen.includes("lint")) counts.push(await timed("lint", lint));
  if (chosen.includes("unit")) counts.push(await timed("unit", () => jest(["unit"])));
  await prepared;
  if (onHosts.length > 0) counts.push(await timed(onHosts.join(", "), () => jest(onHosts)));
  if (chosen.includes("kernel")) counts.push(await timed("kernel", kernel));
  const sum = (key: keyof Counts) => counts.reduce((total, each) => total + each[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
