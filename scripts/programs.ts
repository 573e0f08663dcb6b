import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentText } from "../src/agent/agentText";
import {
  applyCommand,
  checkCommand,
  checkNewCommand,
  copyCommand,
  machineCommand,
  removeCopyCommand,
  revertCommand,
  uninstallCommand,
} from "../src/agent/commands";
import { AgentTransfer } from "../src/ssh/args";
import { byPassword } from "../src/ssh/settings";
import { shellFunctions } from "../src/agent/sources";
import { literal, type Node, nodesIn, parseShell } from "./shellSyntax";

// Holds the table of src/host/platform/programs.sh against the code, and docs/systems.md against the table.

const managers = ["apt", "dnf", "zypper", "pacman"] as const;

/** A line of the table. */
interface Row {
  when: string;
  /** The packages by manager, as in the table. */
  packages: string[];
  /** perl's modules are `perl::NAME`. */
  programs: string[];
}

/** What a text of the shell calls, and what is wrong with how it does that. */
export interface Calls {
  programs: Set<string>;
  problems: string[];
}

/** The rows of the table's text. */
export function readTable(text: string): Row[] {
  const lines = text.split("\n").filter((line) => /^\w/.test(line));
  return lines.map((line) => {
    const [when, ...words] = line.split(/\s+/);
    const programs = words.slice(managers.length).flatMap((word) => {
      const [name, modules = ""] = word.split(":");
      const loaded = modules.split(",").filter(Boolean);
      return [name, ...loaded.map((module) => `${name}::${module}`)];
    });
    return { when, packages: words.slice(0, managers.length), programs };
  });
}

/** What is called and is not in the table: programs that every supported image has. */
const ofEveryImage = new Set(
  [
    // coreutils
    "basename cat chmod chown cp cut date dd env head id install ln ls md5sum mkdir mktemp mv od paste",
    "readlink realpath rm sha256sum sleep sort stat sync base64 tail tee timeout touch tr uname wc",
    // sh, awk, findutils, grep, sed, gzip, glibc, util-linux
    "sh awk find grep sed gzip getent iconv flock namei",
    // shadow and systemd
    "useradd userdel usermod groupadd groupdel",
    "systemctl loginctl journalctl systemd-analyze systemd-detect-virt systemd-cat",
    // the package manager, of which each system has its own
    "apt-get apt-cache /usr/lib/apt/apt-helper dpkg dpkg-query pam-auth-update dnf rpm zypper pacman",
  ].flatMap((names) => names.split(" ")),
);

/** Words of a shell that are no programs: what POSIX's sh and every dash and bash do by themselves. */
const builtins = new Set(
  ": . [ alias bg break case cd command continue do done echo esac eval exec exit export false fg fi for getopts hash if in jobs kill local printf pwd read readonly return set shift test then times trap true type ulimit umask unalias unset until wait while".split(
    " ",
  ),
);

/** Commands that run another one: the words that are that one's, of those that follow. */
const runners: Record<string, (words: Word[]) => Word[]> = {
  as_account: (words) => words,
  as_account_within: (words) => words.slice(1),
  call_if_there: (words) => words,
  command: (words) => afterOptions(words),
  env: (words) => from(words, (word) => !/^-|=/.test(word ?? "=")),
  exec: (words) => words,
  find: (words) => (words.includes("-exec") ? words.slice(words.indexOf("-exec") + 1) : []),
  run_apart: (words) => words,
  run_beside: (words) => words,
  run_manager: (words) => words,
  timeout: (words) => from(words, (word) => /^[a-z]/.test(word ?? "0")),
  with_lists: (words) => words,
  xargs: (words) => afterOptions(words),
};

type Word = string | undefined;

function from(words: Word[], isFirst: (word: Word) => boolean): Word[] {
  const at = words.findIndex(isFirst);
  return at < 0 ? [] : words.slice(at);
}

const afterOptions = (words: Word[]): Word[] => from(words, (word) => !word?.startsWith("-"));

/** What changes a unit: from systemd 262 on, units of one command are one transaction, which fails as a whole. */
const changesUnits =
  /^(start|stop|restart|try-restart|reload|reset-failed|kill|enable|disable|mask|unmask)$/;

/**
 * Every program that a shell text calls, in texts of `eval`, of `sh -c` and of perl too.
 *
 * @param constants texts of variables that such a text may come from.
 */
export function callsIn(text: string, constants: ReadonlyMap<string, string> = new Map()): Calls {
  const calls: Calls = { programs: new Set(), problems: [] };
  for (const node of nodesIn(parseShell(text))) {
    if (node.Type === "CallExpr" && Array.isArray(node.Args)) {
      note(
        node.Args.map((word) => textOf(word, constants)),
        constants,
        calls,
      );
      if (literal(node.Args[0]) === "eval") {
        const evaluated = node.Args.slice(1).map((word) => textOf(word, constants, unknownPart));
        add(calls, callsIn(evaluated.join(" "), constants));
      }
    }
    if (node.Type === "FuncDecl")
      for (const words of commandsOfArguments(node))
        note(
          words.map((word) => textOf(word, constants)),
          constants,
          calls,
        );
  }
  return calls;
}

/** Stands for what only a run knows in a text of `eval`. It is no program, so a row cannot name it. */
const unknownPart = "UNKNOWN";

function add(calls: Calls, { programs, problems }: Calls): void {
  for (const program of programs) calls.programs.add(program);
  calls.problems.push(...problems);
}

/** What `set --` gives the arguments of a function that runs its arguments as a command. */
function commandsOfArguments(declaration: Node): unknown[][] {
  const calls = [...nodesIn(declaration.Body)].flatMap(({ Type, Args }) =>
    Type === "CallExpr" && Array.isArray(Args) ? [Args as unknown[]] : [],
  );
  if (!calls.some(([first]) => isAllArguments(first))) return [];
  return calls.flatMap(([name, dashes, ...words]) =>
    literal(name) === "set" && literal(dashes) === "--" ? [words] : [],
  );
}

/** True of `"$@"`. */
function isAllArguments(word: unknown): boolean {
  const { Parts = [] } = word as { Parts?: Node[] };
  return Parts.some(({ Type, Parts: inner, Param }) =>
    Type === "DblQuoted"
      ? isAllArguments({ Parts: inner })
      : Type === "ParamExp" && (Param as { Value: string }).Value === "@",
  );
}

function note(words: Word[], constants: ReadonlyMap<string, string>, calls: Calls): void {
  const [name, ...rest] = words;
  if (name === undefined) {
    // As `"$@" sh -c TEXT`.
    const at = rest.findIndex((word) => word === "sh" || word === "perl");
    if (at >= 0) note(rest.slice(at), constants, calls);
    return;
  }
  const within = (text: string) => add(calls, callsIn(text, constants));
  if (!builtins.has(name)) calls.programs.add(name);
  if (name === "trap" && /^\w/.test(rest[0] ?? "")) within(rest[0] ?? "");
  if (name === "sh" && rest[0] === "-c" && rest[1] !== undefined) within(rest[1]);
  if (name === "perl") for (const program of calledByPerl(rest)) calls.programs.add(program);
  if (name === "systemctl") calls.problems.push(...unitsTogether(rest));
  if (name in runners) note(runners[name](rest), constants, calls);
}

/** Modules that a perl text loads, and programs that it starts. `$!{NAME}` loads Errno. */
function calledByPerl(words: Word[]): string[] {
  const text = words.join("\n");
  const modules = [
    ...text.matchAll(/^\s*(?:use|require) ([A-Z]\w+);/gm),
    ...text.matchAll(/XSLoader::load\("(\w+)"\)/g),
  ].map(([, module]) => `perl::${module}`);
  const started = [...text.matchAll(/(?:\bsystem "|qx\{)([\w-]+)/g)].map(([, program]) => program);
  const loaded = modules.filter((module) => module !== "perl::XSLoader");
  return [...loaded, ...started, ...(text.includes("$!{") ? ["perl::Errno"] : [])];
}

function unitsTogether(words: Word[]): string[] {
  const plain = words.filter((word) => !word?.startsWith("-"));
  const at = plain.findIndex((word) => changesUnits.test(word ?? ""));
  const units = at < 0 ? [] : plain.slice(at + 1).filter((word) => !/^[A-Z]+$/.test(word ?? ""));
  return units.length > 1
    ? [`systemctl ${words.join(" ")}: several units in one command that changes them`]
    : [];
}

/**
 * A word's text, where it has no part that only a run knows.
 *
 * @param instead what stands for such a part.
 */
function textOf(word: unknown, constants: ReadonlyMap<string, string>, instead?: string): Word {
  const { Parts = [] } = word as { Parts?: Node[] };
  const texts = Parts.map((part): Word => {
    if (part.Type === "DblQuoted") return textOf(part, constants, instead);
    if (part.Type === "ParamExp") {
      const { Value } = (part.Param ?? {}) as { Value?: string };
      return (Value === undefined || part.Exp ? undefined : constants.get(Value)) ?? instead;
    }
    // The build writes a quote in a text as '\''.
    if (part.Value === "\\'") return "'";
    return literal({ Parts: [part] }) ?? instead;
  });
  return texts.every((text) => text !== undefined) ? texts.join("") : undefined;
}

/** Texts that stand at the top of the program, in which others may stand. */
function constantsOf(text: string): Map<string, string> {
  const constants = new Map<string, string>();
  for (const { Cmd } of parseShell(text)) {
    const { Assigns = [] } = Cmd as { Assigns?: { Name: { Value: string }; Value?: unknown }[] };
    for (const { Name, Value } of Assigns) {
      const value = Value === undefined ? undefined : textOf(Value, constants);
      if (value?.includes("\n")) constants.set(Name.Value, value);
    }
  }
  return constants;
}

/** What the agent's own text calls, and the commands that bring it there. */
function callsOfAgent(): Calls {
  const text = agentText();
  const constants = constantsOf(text);
  const all = [text, ...commandsOverSsh()].map((one) => callsIn(one, constants));
  const programs = all.flatMap((calls) => [...calls.programs]);
  const functions = new Set(text.match(/^\w+(?=\(\))/gm));
  return {
    programs: new Set(programs.filter((name) => !functions.has(name))),
    problems: all.flatMap(({ problems }) => problems),
  };
}

function commandsOverSsh(): string[] {
  const who = { installation: "a1", agentId: "b2", transfer: AgentTransfer.Stdin };
  return ["auto", byPassword].flatMap((escalation) => [
    copyCommand(who),
    removeCopyCommand(who),
    machineCommand("apply", { ...who, escalation }),
    applyCommand("apply", "daemon", { ...who, escalation }),
    checkCommand({ ...who, escalation }),
    checkNewCommand("", escalation),
    revertCommand("daemon", { ...who, escalation }),
    uninstallCommand({ ...who, escalation }),
  ]);
}

/** What is wrong with a table, a line each. */
export function tableProblems(rows: readonly Row[], { programs, problems }: Calls): string[] {
  const inTable = rows.flatMap((row) => row.programs);
  const wide = rows.filter(
    ({ when, packages, programs: named }) =>
      !/^(first|archives|later)$/.test(when) ||
      packages.length !== managers.length ||
      named.length === 0,
  );
  return [
    ...[...programs]
      .filter((name) => !inTable.includes(name) && !ofEveryImage.has(name))
      .map((name) => `${name} is called, and not in the table PROGRAMS`),
    ...inTable
      .filter((name) => ofEveryImage.has(name))
      .map((name) => `${name} is in the table PROGRAMS, and every image has it`),
    ...inTable
      .filter((name) => !programs.has(name))
      .map((name) => `${name} is in the table PROGRAMS, and nothing calls it`),
    ...inTable
      .filter((name, at) => inTable.indexOf(name) !== at)
      .map((name) => `${name} is twice in the table PROGRAMS`),
    ...wide.map(({ when, programs: named }) => `no row of PROGRAMS: ${when} ${named.join(" ")}`),
    ...problems,
  ];
}

const page = join(__dirname, "../docs/systems.md");
const [begin, end] = ["<!-- programs: made by scripts/programs.ts --write -->", "<!-- end -->"];

/** The page with the table of programs in it. */
export function pageWith(rows: readonly Row[], text: string): string {
  const [before, rest = ""] = text.split(begin);
  const [, after = ""] = rest.split(end);
  return `${before}${begin}\n\n${docsTable(rows)}\n\n${end}${after}`;
}

/** As prettier pads it. */
function docsTable(rows: readonly Row[]): string {
  const needed: Record<string, string> = {
    first: "always",
    archives: "static-archive",
    later: "where used",
  };
  const cells = [
    ["needed", "programs", ...managers],
    ...rows.map(({ when, packages, programs }) => [
      needed[when],
      programs
        .join(", ")
        .replaceAll("::", " with ")
        .replace(/, perl with/g, ", with"),
      ...packages.map((names) => names.replaceAll(",", ", ")),
    ]),
  ];
  const widths = cells[0].map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  const line = (row: string[]) =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
  return [
    line(cells[0]),
    line(widths.map((width) => "-".repeat(width))),
    ...cells.slice(1).map(line),
  ].join("\n");
}

/** The table of the sources. */
export function ownTable(): Row[] {
  return readTable(shellFunctions().get("PROGRAMS")?.body ?? "");
}

/** What is wrong in this checkout. */
export function programProblems(): string[] {
  const rows = ownTable();
  const calls = callsOfAgent();
  const text = readFileSync(page, "utf8");
  return [
    ...tableProblems(rows, calls),
    ...[...ofEveryImage]
      .filter((name) => !calls.programs.has(name))
      .map((name) => `${name} is in the list of what every image has, and nothing calls it`),
    ...(pageWith(rows, text) === text
      ? []
      : ["docs/systems.md has another table of programs: npx tsx scripts/programs.ts --write"]),
  ];
}

if (require.main === module) {
  if (process.argv.includes("--write"))
    writeFileSync(page, pageWith(ownTable(), readFileSync(page, "utf8")));
  const problems = programProblems();
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
