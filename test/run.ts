import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lint } from "../scripts/lint";
import { announcement } from "../testbed/requirements";

// tsx test/run.ts              lint, unit, first: every commit
// tsx test/run.ts all          everything but the kernel folder: before a release, and at night
// tsx test/run.ts NAME...      lint, or folders of test/

const everyCommit = ["lint", "unit", "first"];
const all = [...everyCommit, "testbed", "host", "scenario", "upgrade"];
const known = [...all, "kernel"];

interface Counts {
  passed: number;
  failed: number;
}

/** Runs folders of test/ by one jest. A process that fails in any other way is one failure. */
async function jest(folders: string[]): Promise<Counts> {
  const temporary = mkdtempSync(join(tmpdir(), "rootless-docker-test-"));
  const outputFile = join(temporary, "result.json");
  try {
    const program = "node_modules/jest/bin/jest.js";
    const output = ["--ci", "--json", "--outputFile", outputFile];
    const exitCode = await runNode([program, "--selectProjects", ...folders, ...output]);
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
  const cwd = join(__dirname, "..");
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "ignore", "inherit"], env });
  // The tests remove what they made; this process waits for that, and then ends too.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => child.kill(name));
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/**
 * Makes what tests on hosts need and a new machine does not have, while lint and unit run: the hosts' image waits for
 * downloads, the Pulumi CLI computes. A test that needs what could not be made says why.
 */
async function prepare(): Promise<void> {
  const { prepareMachine } = await import("../testbed/prepare.js");
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
  const onHosts = chosen.filter((name) => name !== "lint" && name !== "unit");
  if (onHosts.length > 0) console.log(announcement().join("\n"));
  const prepared = onHosts.length > 0 ? prepare() : undefined;
  const counts: Counts[] = [];
  if (chosen.includes("lint")) counts.push(await timed("lint", lint));
  if (chosen.includes("unit")) counts.push(await timed("unit", () => jest(["unit"])));
  await prepared;
  if (onHosts.length > 0) counts.push(await timed(onHosts.join(", "), () => jest(onHosts)));
  const sum = (key: keyof Counts) => counts.reduce((total, each) => total + each[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
