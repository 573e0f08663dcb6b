import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFiles } from "../resume";

const passes = { passed: 2, failed: 0 };
const fails = { passed: 1, failed: 1 };

test("a later run skips the files that passed, and says so", async () => {
  const records = mkdtempSync(join(tmpdir(), "resume-"));
  const ran: string[] = [];
  const said: string[] = [];
  const all = (ofLast: typeof passes) =>
    runFiles({
      files: ["a.test.ts", "b.test.ts"],
      records,
      workers: 1,
      run: (file) => {
        ran.push(file);
        return Promise.resolve(file === "b.test.ts" ? ofLast : passes);
      },
      say: (line) => said.push(line),
    });

  expect(await all(fails)).toEqual({ passed: 3, failed: 1, seconds: 0 });
  expect(await all(passes)).toEqual({ passed: 4, failed: 0, seconds: 0 });
  expect(ran).toEqual(["a.test.ts", "b.test.ts", "b.test.ts"]);
  expect(said).toEqual([
    "a.test.ts: 2 passed, 0 failed in 0 s",
    "b.test.ts: 1 passed, 1 failed in 0 s",
    "a.test.ts: 2 passed, 0 failed in 0 s, taken from an earlier run",
    "b.test.ts: 2 passed, 0 failed in 0 s",
  ]);
});

test("without records every file runs each time", async () => {
  const ran: string[] = [];
  const once = () =>
    runFiles({
      files: ["a.test.ts"],
      records: undefined,
      workers: 2,
      run: (file) => {
        ran.push(file);
        return Promise.resolve(passes);
      },
      say: () => undefined,
    });
  await once();
  await once();
  expect(ran).toEqual(["a.test.ts", "a.test.ts"]);
});
