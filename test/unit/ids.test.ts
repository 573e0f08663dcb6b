import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentFunctions } from "../support/hostPrograms";

const scratch = mkdtempSync(join(tmpdir(), "rootless-docker-ids-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a script prints that has the agent's functions, and its arguments. */
function shell(script: string, ...words: string[]): string {
  const input = `${agentFunctions()}\nWORK=${scratch}\n${script}\n`;
  return execFileSync("sh", ["-s", ...words], { input, encoding: "utf8" });
}

/** A file like /etc/subuid. */
function subids(text: string): string {
  const file = join(scratch, "subuid");
  writeFileSync(file, text);
  return file;
}

test.each([
  ["one range", "app:100000:65536\n", "app:100000:65536\n"],
  ["a last line without an end", "a:1:2\napp:100000:65536", "a:1:2\napp:100000:65536\n"],
  [
    "what is no range",
    "# a\n\napp\napp:1\napp:1:\napp::1\n:1:2\napp:x:1\napp:1:x\napp:1:2:3\n",
    "",
  ],
  ["an account by its number", "1000:1:2\n", "1000:1:2\n"],
  ["nothing", "", ""],
])("ranges of a file: %s", (_, text, printed) => {
  expect(shell('ranges_of "$1"', subids(text))).toBe(printed);
});

test("a file that is not there has no ranges", () => {
  expect(shell('ranges_of "$1"', join(scratch, "none"))).toBe("");
});

test("those of the account, by its name and by its number", () => {
  const file = subids("app:100:10\nother:200:10\n1000:300:5\napp2:400:10\nap:500:10\napp:600:1");
  const script = 'ACCOUNT=app ACCOUNT_UID=1000; read_ranges "$1"; echo "$ID_RANGES $ID_TOTAL"';
  expect(shell(script, file)).toBe("100:10,300:5,600:1 16\n");
});

test.each([
  ["as many as are wanted", "10", "", "yes"],
  ["more than are wanted", "9", "", "yes"],
  ["too few", "11", "", "no"],
  ["a range from there", "5", "200", "yes"],
  ["a shorter range from there", "6", "200", "no"],
  ["no range from there", "1", "205", "no"],
  ["a range that ends in the same digits", "1", "00", "no"],
])("an account that has %s", (_, count, start, answer) => {
  const file = subids("app:100:5\napp:200:5\n");
  const script =
    'ACCOUNT=app ACCOUNT_UID=1; if has_enough_ids "$1" "$2" "$3"; then echo yes; else echo no; fi';
  expect(shell(script, file, count, start)).toBe(`${answer}\n`);
});

test.each([
  ["all of them", "cpu memory", "cpu memory pids", "cpu memory pids", "yes"],
  ["all that the kernel has", "cpu cpuset io", "cpu memory", "cpu", "yes"],
  ["one too few", "cpu cpuset", "cpu cpuset", "cpu", "no"],
  ["one whose name begins alike", "cpu", "cpu cpuset", "cpuset", "no"],
  ["none, of a kernel that has none", "cpu", "", "", "yes"],
])("an account with %s", (_, wanted, offered, delegated, answer) => {
  const script = `offered_controllers() { printf '%s' "$OFFERED"; }
    delegated_controllers() { printf '%s' "$DELEGATED"; }
    OFFERED=$2 DELEGATED=$3
    if has_controllers "$1"; then echo yes; else echo no; fi`;
  expect(shell(script, wanted, offered, delegated)).toBe(`${answer}\n`);
});
