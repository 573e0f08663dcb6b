import { callsIn, ownTable, pageWith, readTable, tableProblems } from "../../scripts/programs";

// The table of programs is held against all code by lint. Here: it sees a program wherever one is called.

const table = (lines: string) => readTable(lines);

test.each<[string, string, string[]]>([
  ["a command", "stat -c %a file", ["stat"]],
  [
    "in a substitution, a pipe and a condition",
    'if a=$(cut -c 1 <x | sort); then rm "$a"; fi',
    ["cut", "sort", "rm"],
  ],
  [
    "after what runs it",
    "timeout -k 5 20 env -i PATH=/bin HOME=/ docker version",
    ["timeout", "env", "docker"],
  ],
  [
    "as the account",
    'as_account_within 60 find "$HOME" -exec shred -u {} +',
    ["as_account_within", "find", "shred"],
  ],
  ["asked for", "command -v criu >/dev/null", ["criu"]],
  ["in a text of sh", "sh -c 'nsenter -t 1'", ["sh", "nsenter"]],
  ["in a trap", "trap 'lsof' EXIT", ["lsof"]],
  ["in a text of eval", "eval 'lsof; true'", ["lsof"]],
  ["in a text of eval that a run completes", 'eval "lsof \"\\$$1\""', ["lsof"]],
  ["in a text of sh that another command runs", '"$@" sh -c "lsof; true"', ["sh", "lsof"]],
  [
    "among the arguments that a function runs",
    'look() { set -- timeout 5; "$@" sh -c "lsof"; }',
    ["timeout", "sh", "lsof"],
  ],
  ["not among arguments that nothing runs", 'look() { set -- lsof; cat "$@"; }', ["cat"]],
  [
    "of perl: modules and programs",
    "perl -e 'use Fcntl; print qx{sha512sum x} if $!{ENOENT}'",
    ["perl", "perl::Fcntl", "perl::Errno", "sha512sum"],
  ],
])("%s is seen: %s", (_, text, programs) => {
  expect([...callsIn(text).programs].sort()).toEqual([...programs].sort());
});

test("texts that stand in a variable are read, too", () => {
  expect(callsIn('sh -c "$TEXT"', new Map([["TEXT", "lsof"]])).programs).toContain("lsof");
});

const rows = "first diffutils diffutils diffutils diffutils cmp diff\n";

test.each<[string, string, string, RegExp]>([
  [
    "a program without a row",
    rows,
    "cmp x; diff x; cat x; lsof",
    /^lsof is called, and not in the table/,
  ],
  [
    "a program of eval that a run alone knows",
    rows,
    'cmp; diff; eval "$1 x"',
    /^UNKNOWN is called/,
  ],
  [
    "a row that nothing uses",
    `${rows}later lsof lsof lsof lsof lsof\n`,
    "cmp x; diff x",
    /^lsof is in the table PROGRAMS, and nothing calls it/,
  ],
  ["a program in two rows", `${rows}${rows}`, "cmp x; diff x", /^cmp is twice/],
  [
    "a row of what every image has",
    `${rows}first sed sed sed sed sed\n`,
    "cmp x; diff x; sed x",
    /^sed is in the table PROGRAMS, and every image has it/,
  ],
  ["a row that lacks a manager", `${rows}first a b c lsof\n`, "cmp x; diff x; lsof", /^no row/m],
  [
    "units that change together",
    rows,
    "cmp; diff; systemctl --user stop a.service b.timer",
    /several units/,
  ],
])("%s is named", (_, lines, text, says) => {
  expect(tableProblems(table(lines), callsIn(text)).join("\n")).toMatch(says);
});

test("one unit for each systemctl that changes something, and as many as one likes to look at", () => {
  const text =
    'cmp; diff; systemctl stop "$1"; systemctl kill -s KILL a.service; systemctl show a.service b.service';
  expect(tableProblems(table(rows), callsIn(text))).toEqual([]);
});

test("a page with another table differs", () => {
  const own = pageWith(ownTable(), "");
  expect(pageWith(table(rows), "")).not.toBe(own);
  expect(own).toContain("perl-Fcntl");
});
