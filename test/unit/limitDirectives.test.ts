import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentFunctions } from "../support/hostPrograms";

// How the agent turns account.limits into systemd's words.

const scratch = mkdtempSync(join(tmpdir(), "rootless-docker-limits-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a script prints on stdout and stderr that has the agent's functions, and a document with these limits. */
function shell(limits: Record<string, string>, script: string): string {
  const text = join(scratch, "text");
  rmSync(text, { recursive: true, force: true });
  mkdirSync(text);
  for (const [name, value] of Object.entries(limits))
    writeFileSync(join(text, `limits.${name}`), value);
  const input = `${agentFunctions()}\nexec 2>&1\nDOC=${scratch} PART=account\n${script}\n`;
  return execFileSync("sh", ["-s"], { input, encoding: "utf8" });
}

test.each<[Record<string, string>, string]>([
  [{}, ""],
  [{ memory: "4G" }, "MemoryMax=4G\nMemorySwapMax=0\n"],
  [{ cpus: "1.5" }, "CPUQuota=150%\n"],
  [{ cpus: "0.1" }, "CPUQuota=10%\n"],
  [{ cpus: "1.15" }, "CPUQuota=115%\n"],
  [{ cpus: "8192" }, "CPUQuota=819200%\n"],
  [{ "io-weight": "50", tasks: "2000" }, "TasksMax=2000\nIOWeight=50\n"],
])("directives of %j", (limits, directives) => {
  expect(shell(limits, "limit_directives")).toBe(directives);
});

test.each([
  ["", ["memory", "cpus", "tasks", "ioWeight"]],
  ["cpuset cpu pids", ["memory", "ioWeight"]],
  ["cpuset cpu io memory pids", []],
])("a machine with the controllers '%s' says which limits it may not keep", (offered, named) => {
  const limits = { memory: "4G", cpus: "1", tasks: "200", "io-weight": "50" };
  const script = `offered_controllers() { printf '${offered}'; }; say_limits_without_controller`;
  const said = [...shell(limits, script).matchAll(/account\.limits\.(\w+) may have no effect/g)];
  expect(said.map(([, name]) => name)).toEqual(named);
});
