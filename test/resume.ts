import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How many tests of a file passed and failed, and how long it took. */
export interface FileCounts {
  passed: number;
  failed: number;
  seconds: number;
}

/** What `runFiles` runs, and where it keeps what came of it. */
export interface Files {
  files: readonly string[];
  /** A folder with a record of each file that an earlier run has ended. Undefined: none is read, and none kept. */
  records: string | undefined;
  /** How many run side by side. */
  workers: number;
  /** Runs one file. If it throws, no other file is begun by this worker. */
  run: (file: string) => Promise<Omit<FileCounts, "seconds">>;
  say: (line: string) => void;
}

/**
 * Runs test files one by one, and keeps what came of each as soon as it ends. A file that passed in an earlier run
 * with the same records is not run again.
 */
export async function runFiles({ files, records, workers, run, say }: Files): Promise<FileCounts> {
  const total: FileCounts = { passed: 0, failed: 0, seconds: 0 };
  const add = (file: string, counts: FileCounts, note = "") => {
    say(`${file}: ${counts.passed} passed, ${counts.failed} failed in ${counts.seconds} s${note}`);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.seconds += counts.seconds;
  };
  const waiting: string[] = [];
  for (const file of files) {
    const earlier = readRecord(records, file);
    if (earlier === undefined) waiting.push(file);
    else add(file, earlier, ", taken from an earlier run");
  }
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const start = Date.now();
      const counts = await run(file);
      const seconds = Math.round((Date.now() - start) / 1000);
      writeRecord(records, file, { ...counts, seconds });
      add(file, { ...counts, seconds });
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return total;
}

/** The record of a file that passed. */
function readRecord(records: string | undefined, file: string): FileCounts | undefined {
  if (records === undefined) return undefined;
  const path = recordOf(records, file);
  if (!existsSync(path)) return undefined;
  const counts = JSON.parse(readFileSync(path, "utf8")) as FileCounts;
  const passed = counts.failed === 0 && counts.passed > 0;
  return passed ? counts : undefined;
}

/** Beside it first, so that a run that is killed leaves no half of it. */
function writeRecord(records: string | undefined, file: string, counts: FileCounts): void {
  if (records === undefined) return;
  mkdirSync(records, { recursive: true });
  const path = recordOf(records, file);
  writeFileSync(`${path}.new`, `${JSON.stringify(counts)}\n`);
  renameSync(`${path}.new`, path);
}

function recordOf(records: string, file: string): string {
  return join(records, `${file.replaceAll("/", "-")}.json`);
}
