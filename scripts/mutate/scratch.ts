import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Mutant } from "./mutant";
import { partsOf } from "./rooms";

const checkout = join(__dirname, "../..");

/** What a run of tests has said. */
export interface Verdict {
  outcome: "passed" | "failed" | "invalid";
  /** The test that failed first. */
  test: string;
  /** Its first words, for those who watch. */
  message: string;
}

/** A copy of the checkout, in which mutants live. The checkout itself is never changed. */
export class Scratch {
  private readonly root = mkdtempSync(join(tmpdir(), "rootless-docker-mutants-"));
  private jest: ChildProcess | undefined;
  /** Whether somebody has ended it. */
  isEnded = false;

  constructor() {
    const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    const files = execFileSync("git", list, { cwd: checkout, encoding: "utf8" }).split("\0");
    for (const file of files.filter((name) => name && existsSync(join(checkout, name)))) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      cpSync(join(checkout, file), join(this.root, file));
    }
    symlinkSync(join(checkout, "node_modules"), join(this.root, "node_modules"));
  }

  /** Whether what a mutant makes of its file can run at all. */
  isProgram(mutant: Mutant): boolean {
    if (!mutant.file.endsWith(".sh")) return true;
    try {
      const input = mutant.apply(this.sourceOf(mutant));
      execFileSync("sh", ["-n"], { input, stdio: ["pipe", "ignore", "ignore"] });
      return true;
    } catch {
      return false;
    }
  }

  /** Has a mutant live for as long as something runs. */
  async with<T>(mutant: Mutant | undefined, run: () => Promise<T>): Promise<T> {
    if (mutant === undefined) return run();
    const source = this.sourceOf(mutant);
    const path = join(this.root, mutant.file);
    writeFileSync(path, mutant.apply(source));
    try {
      return await run();
    } finally {
      writeFileSync(path, source);
    }
  }

  /** Runs one test file, or those of its tests that have some words in their names, until its first failure. One that does not end within half an hour has failed. */
  async test(place: string): Promise<Verdict> {
    const { file, words } = partsOf(place);
    const outputFile = join(this.root, "result.json");
    rmSync(outputFile, { force: true });
    const exitCode = await this.runJest([
      "--ci",
      "--json",
      `--outputFile=${outputFile}`,
      `--testEnvironment=${join(this.root, "scripts/mutate/failFast.ts")}`,
      // A mutant may wait for what never comes.
      `--testTimeout=${8 * 60_000}`,
      "--runTestsByPath",
      join(this.root, file),
      // Words may begin with a hyphen.
      ...(words === undefined ? [] : [`--testNamePattern=${words}`]),
    ]);
    if (exitCode === null) return { outcome: "failed", test: file, message: "it did not end" };
    if (!existsSync(outputFile)) return { outcome: "invalid", test: file, message: "no result" };
    return verdictOf(file, JSON.parse(readFileSync(outputFile, "utf8")) as JestResult);
  }

  private runJest(args: string[]): Promise<number | null> {
    const program = join(this.root, "node_modules/jest/bin/jest.js");
    const jest = spawn(process.execPath, [program, ...args], { cwd: this.root, stdio: "ignore" });
    this.jest = jest;
    const limit = setTimeout(() => jest.kill("SIGTERM"), 30 * 60_000);
    return new Promise((resolve) => {
      jest.on("close", (code) => {
        clearTimeout(limit);
        resolve(code);
      });
    });
  }

  /** Ends what runs; the tests remove what they have made. */
  end(signal: NodeJS.Signals): void {
    this.isEnded = true;
    this.jest?.kill(signal);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private sourceOf({ file }: Mutant): string {
    return readFileSync(join(checkout, file), "utf8");
  }
}

interface JestResult {
  success: boolean;
  numPassedTests: number;
  testResults: {
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

function verdictOf(file: string, result: JestResult): Verdict {
  const { success, numPassedTests, testResults } = result;
  if (success && numPassedTests === 0)
    return { outcome: "invalid", test: file, message: "no test has those words in its name" };
  if (success) return { outcome: "passed", test: "", message: "" };
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.find(({ status }) => status === "failed");
  const name = file.replace(/^test\//, "").replace(/\.test\.ts$/, "");
  if (failed !== undefined) {
    const message = failed.failureMessages.join(" ").slice(0, 600);
    return { outcome: "failed", test: `${name}: ${failed.fullName}`, message };
  }
  // Without a test that failed, the file itself did not run.
  return { outcome: "invalid", test: name, message: testResults[0]?.message.slice(0, 600) ?? "" };
}
