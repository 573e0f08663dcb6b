import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(__dirname, "..");

interface Check {
  name: string;
  program: string;
  args: string[];
}

// What tsc and prettier keep in node_modules/.cache saves a second run in the same checkout half a minute. Not so eslint's
// cache: it knows nothing of types that another file has changed.
const checks: Check[] = [
  node(
    "tsc",
    "typescript/bin/tsc",
    "--noEmit",
    "--incremental",
    "--tsBuildInfoFile",
    "node_modules/.cache/tsc.tsbuildinfo",
  ),
  node("eslint", "eslint/bin/eslint.js", "--max-warnings=0", "."),
  node(
    "prettier",
    "prettier/bin/prettier.cjs",
    "--check",
    "--log-level=warn",
    "--cache",
    "--cache-strategy=content",
    ".",
  ),
  { name: "shellcheck", program: "shellcheck", args: ["--", ...shellScripts()] },
  { name: "shfmt", program: "shfmt", args: ["-d", "-ln", "posix", "src/host"] },
  // tsc has checked the types.
  node(
    "typedoc",
    "typedoc/bin/typedoc",
    "--emit",
    "none",
    "--logLevel",
    "Warn",
    "--skipErrorChecking",
  ),
  node("layers", "tsx/dist/cli.mjs", "scripts/layers.ts"),
  node("rooms", "tsx/dist/cli.mjs", "scripts/rooms.ts"),
  node("programs", "tsx/dist/cli.mjs", "scripts/programs.ts"),
  node("root", "tsx/dist/cli.mjs", "scripts/whatRootDoes.ts"),
  node("advisories", "tsx/dist/cli.mjs", "scripts/advisories.ts"),
  node("hardening", "tsx/dist/cli.mjs", "scripts/hardening.ts"),
  node("examples", "tsx/dist/cli.mjs", "scripts/examplesOfDocs.ts"),
];

function node(name: string, script: string, ...args: string[]): Check {
  const path = join(root, "node_modules", script);
  return { name, program: process.execPath, args: [path, ...args] };
}

/** Every shell script of the checkout. */
function shellScripts(): string[] {
  return [...scriptsUnder(root)].sort();
}

function* scriptsUnder(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const inRoot = relative(root, path);
    if ([".git", "bin", "site"].includes(inRoot) || entry.name === "node_modules") continue;
    if (entry.isDirectory()) yield* scriptsUnder(path);
    else if (entry.isFile() && (/\.sh$/.test(entry.name) || inRoot === ".ci/run")) yield inRoot;
  }
}

/** Runs one check and shows what it printed only where it failed. */
async function passes(check: Check): Promise<boolean> {
  const { exitCode, output } = await run(check.program, check.args);
  if (exitCode !== 0) console.log(`${check.name}:\n${output}`);
  return exitCode === 0;
}

function run(program: string, args: string[]): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (data: Buffer): void => void (output += data.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) =>
      resolve({ exitCode: 127, output: `${program}: ${error.message}` }),
    );
    child.on("close", (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

/** Every check of the sources that needs nothing to run; each counts as one. */
export async function lint(): Promise<{ passed: number; failed: number }> {
  const results = await Promise.all(checks.map(passes));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

if (require.main === module) {
  void lint().then(({ passed, failed }) => {
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  });
}
