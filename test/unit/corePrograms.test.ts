import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../support/checkout";
import { hostFile, runAwk } from "../support/hostPrograms";

/** What `namei -l` prints of one path, whose parts have these modes and owners. */
const named = (...lines: string[]) => ["f: /a/path", ...lines, ""].join("\n");

test.each([
  ["root's alone", named("drwxr-xr-x root root /", "-rw-r--r-- root root path"), false],
  ["a directory of somebody's", named("drwxr-xr-x app  root a"), true],
  ["a directory that all can write to", named("drwxrwxrwx root root a"), true],
  ["a sticky one", named("drwxrwxrwt root root a"), false],
  ["a sticky one of another group", named("drwxrwxrwt root mail a"), true],
  ["one of root's group", named("drwxrwxr-x root root a"), false],
  ["one of Debian's group staff", named("drwxrwsr-x root staff a"), false],
  ["one of another group", named("drwxrwxr-x root mail a"), true],
  ["a link of root's", named("lrwxrwxrwx root mail a -> b"), false],
  ["a link of somebody's", named("lrwxrwxrwx app app a -> b"), true],
  [
    "behind a link, further right",
    named("lrwxrwxrwx root root a", "  drwxrwxrwx root root b"),
    true,
  ],
  [
    "nothing there",
    named("drwxr-xr-x root root /", "     home - No such file or directory"),
    false,
  ],
])("paths of others: %s", (_what, input, isOfOthers) => {
  expect(runAwk("core/pathsOfOthers.awk", input)).toBe(isOfOthers ? "/a/path\n" : "");
});

test("a path of others is named once, and with blanks", () => {
  const input =
    "f: /a b\ndrwxrwxrwx app app a b\n-rw-rw-rw- app app c\nf: /d\n-rw-r--r-- root root d\n";
  expect(runAwk("core/pathsOfOthers.awk", input)).toBe("/a b\n");
});

const mounts = `22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 8:2 / /srv rw - ext4 /dev/sda2 rw
31 22 8:3 / /srv/a\\040b\\134c rw - ext4 /dev/sda3 rw
32 22 8:3 / /srv-other/x rw - ext4 /dev/sda3 rw
`;

test.each([
  ["the mount itself", "/srv", "", "/srv\n"],
  ["one below it", "/srv", ".", "/srv/a b\\c\n"],
  ["itself, by a name with escapes", "/srv/a b\\c", "", "/srv/a b\\c\n"],
  ["none below that", "/srv/a b\\c", ".", ""],
  ["none", "/srv/a", "", ""],
  ["none of a name that goes on", "/srv-o", "", ""],
])("a mount below a path: %s", (_what, path, itself, expected) => {
  const printed = execFileSync("awk", ["-f", hostFile("core/mountBelow.awk")], {
    input: mounts,
    encoding: "utf8",
    env: { ...process.env, above: `${path}/`, itself },
  });
  expect(printed).toBe(expected);
});

/** Runs a program that begins with the parser of JSON. Its verbs for one member are in registryLogin.test.ts. */
function runJson(name: string, input: string, ...args: string[]) {
  const programs = ["jsonParser", name].flatMap((each) => [
    "-e",
    readFileSync(hostFile(`core/${each}.pl`), "utf8"),
  ]);
  const { status, stdout } = spawnSync("perl", [...programs, ...args], { input, encoding: "utf8" });
  return { status, stdout };
}

test.each([
  ["", 0, ""],
  ["{}", 0, ""],
  ['{ "a": { "b" : [ 1, "x y" ] },\n"c d": null }', 0, 'a\t{"b":[1,"x y"]}\nc d\tnull\n'],
  ['{"a": 1,}', 2, ""],
  ['["a"]', 2, ""],
])("members of %j", (input, status, stdout) => {
  expect(runJson("jsonMembers", input)).toEqual({ status, stdout });
});

test.each([
  ["a", '{"b":[1,"x \\" y"]}'],
  ["a/b", '[1,"x \\" y"]'],
  ["a/c", ""],
  ["d", ""],
])("a member without blanks: %s", (place, stdout) => {
  const text = '{ "a": { "b" : [ 1, "x \\" y" ] } }';
  expect(runJson("jsonCompact", text, place)).toEqual({ status: 0, stdout });
});

describe("the lock", () => {
  const script = `. "$1"
    LOCK=$2
    say() { echo "$*"; }
    words_of_file() { echo other; }
    flock() { if [ "$1" = -n ]; then return "$STATUS"; fi; return 1; }
    hold_lock me && echo held`;
  const lock = join(temporaryFolder(), "lock");
  const tried = (status: number) => {
    const args = ["-c", script, "sh", hostFile("core/lock.sh"), lock];
    const env = { ...process.env, STATUS: String(status) };
    return spawnSync("sh", args, { encoding: "utf8", env }).stdout;
  };

  test.each([
    ["is free", 0, /^held\n$/],
    [
      "another run has it for too long",
      1,
      /^waits for .*: other\n.*held it for 30 minutes: other\./,
    ],
    [
      "flock cannot be started, as with noexec of sudo",
      126,
      /^lock .*: flock failed with exit status 126\. To fix: .*!noexec/,
    ],
  ])("%s", (_what, status, said) => {
    expect(tried(status)).toMatch(said);
  });
});
