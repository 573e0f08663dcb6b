import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { literal, type Node, nodesIn, parseShell } from "./shellSyntax";

// Makes docs/what-root-does.md of the marks in src/host, and holds the marks against the code.
//
// A mark is a line of the comment above a function, above a statement outside of functions, or at the begin of a
// program that another shell runs (.program.sh):
//
//     # root writes: /etc/sysctl.d/NAME.conf. Its record is on the disk before.
//
// What follows the first full stop is its guard. `# root scratch: ...` says why a path lies in the run's own folder in
// /run, where the code does not show it; the page leaves these out.

const sources = join(__dirname, "../src/host");
const page = join(__dirname, "../docs/what-root-does.md");
const [begin, end] = ["<!-- marks: made by scripts/whatRootDoes.ts --write -->", "<!-- end -->"];

/** What root does to a machine, by the word of a mark, with the title of its part of the page. */
const titles = {
  writes: "Files that root writes",
  removes: "Files that root removes",
  accounts: "Accounts and groups",
  packages: "Packages",
  units: "Units and processes",
  kernel: "The kernel",
  fetches: "Downloads",
  "as account": "What runs as the account, not as root",
  scratch: "",
} as const;

type Verb = keyof typeof titles;

const verbs = Object.keys(titles) as Verb[];
const onFiles: Verb[] = ["writes", "removes"];

/** Programs, and functions whose arguments are a command, that change a machine or run for another account. */
const changing: Record<string, Verb> = {
  ...words(
    "writes",
    "chgrp chmod chown cp dd gpg install ln mkdir mv patch systemd-cat tar tee touch truncate",
  ),
  ...words("removes", "rm rmdir shred unlink"),
  ...words("accounts", "gpasswd groupadd groupdel loginctl passwd useradd userdel usermod"),
  ...words("packages", "apt-get apt-mark dnf dpkg pacman rpm run_manager setcap zypper"),
  ...words("units", "kill pkill reboot systemctl systemd-run"),
  ...words("kernel", "apparmor_parser insmod modprobe mount rmmod sysctl umount"),
  ...words("fetches", "curl wget"),
  ...words("as account", "as_account as_account_within runuser setpriv su"),
};

function words(verb: Verb, names: string): Record<string, Verb> {
  return Object.fromEntries(names.split(" ").map((name) => [name, verb]));
}

/** Questions, which change nothing. */
const asking: Record<string, RegExp> = {
  dpkg: /--print|-l|-s|-S|-L|--compare-versions|--audit|--get-selections|--verify/,
  "apt-mark": /show/,
  kill: /-0/,
  loginctl: /show|list|user-status/,
  modprobe: /-n|--dry-run|--show|-c/,
  pacman: /-Q|-T|-S[sip]/,
  passwd: /-S/,
  rpm: /-q|--eval|--query|-E/,
  systemctl:
    /\b(show|cat|is-active|is-enabled|is-failed|is-system-running|list-units|list-unit-files|status|show-environment|get-default|--version)\b/,
  tar: /-t|--list/,
};

/** A place in a shell file that changes something. */
interface Effect {
  verb: Verb;
  line: number;
  text: string;
}

/** A mark. */
export interface Mark {
  verb: Verb;
  what: string;
  /** The function below it, or "" for statements outside of functions. */
  name: string;
  path: string;
}

/** The marks of one file, and what is wrong with them. */
export function marksIn(path: string, text: string): { marks: Mark[]; problems: string[] } {
  const lines = text.split("\n");
  const marks: Mark[] = [];
  const problems: string[] = [];
  const covered = new Set<number>();
  for (const { node, from, name } of unitsOf(path, text)) {
    const effects = effectsIn(node, text);
    const own = commentAbove(lines, from).flatMap(({ at, comment }) => {
      const parts = /^# root ([a-z ]+?): (.*)$/.exec(comment);
      if (!parts) return [];
      covered.add(at);
      const [, verb, what] = parts;
      if (!verbs.includes(verb as Verb)) {
        problems.push(`${path}:${at}: '${verb}' is no word of a mark: ${verbs.join(", ")}`);
        return [];
      }
      return [{ verb: verb as Verb, what, name, path }];
    });
    marks.push(...own);
    const place = name === "" ? "a statement" : name;
    const isScratch = own.some(({ verb }) => verb === "scratch");
    // What another shell runs as the account does nothing as root.
    if (isProgram(path) && own.some(({ verb }) => verb === "as account")) continue;
    for (const { verb, line, text: code } of effects)
      if (!own.some((mark) => mark.verb === verb) && !(isScratch && onFiles.includes(verb)))
        problems.push(`${path}:${line}: ${place} has no mark '# root ${verb}: ...' for ${code}`);
    for (const { verb } of own)
      if (!effects.some((effect) => (verb === "scratch" ? onFiles : [verb]).includes(effect.verb)))
        problems.push(
          `${path}:${from}: ${place} is marked '# root ${verb}', and does nothing like it`,
        );
  }
  lines.forEach((line, at) => {
    if (/^\s*# root [a-z ]+: /.test(line) && !covered.has(at + 1))
      problems.push(`${path}:${at + 1}: a mark that is above no function or statement`);
  });
  return { marks, problems };
}

const isProgram = (path: string) => path.endsWith(".program.sh");

/** What a mark is of: each statement of a file, or a program as a whole. */
function unitsOf(path: string, text: string): { node: unknown; from: number; name: string }[] {
  const statements = parseShell(text);
  if (!isProgram(path))
    return statements.map((node) => ({ node, from: lineOf(node), name: nameOf(node.Cmd) }));
  // Its comment ends at its first line without one.
  const from = text.split("\n").findIndex((line) => !line.startsWith("#")) + 1;
  return [{ node: statements, from, name: "" }];
}

interface Position {
  Line: number;
  Offset: number;
}

const lineOf = (node: unknown) => (node as { Pos: Position }).Pos.Line;

function nameOf(command: Node): string {
  return command.Type === "FuncDecl" ? (command.Name as { Value: string }).Value : "";
}

/** The lines of the comment that ends right above a line. */
function commentAbove(lines: string[], line: number): { at: number; comment: string }[] {
  const above: { at: number; comment: string }[] = [];
  for (let at = line - 1; at > 0 && lines[at - 1].startsWith("#"); at--)
    above.unshift({ at, comment: lines[at - 1] });
  return above;
}

/** What a statement changes outside of $WORK, which is the run's own folder in /run. */
function effectsIn(statement: unknown, text: string): Effect[] {
  const bytes = Buffer.from(text);
  const sourceOf = (node: unknown) => {
    const { Pos, End } = node as { Pos: Position; End: Position };
    return bytes.subarray(Pos.Offset, End.Offset).toString();
  };
  const effects: Effect[] = [];
  for (const node of nodesIn(statement)) {
    for (const redirect of (node.Redirs ?? []) as Node[]) {
      const source = sourceOf(redirect);
      if (!/^\d*(>|<>)/.test(source) || /^\d*>&/.test(source)) continue;
      if (isPrivate(sourceOf(redirect.Word))) continue;
      effects.push({ verb: "writes", line: lineOf(redirect), text: source });
    }
    if (node.Type !== "CallExpr" || !Array.isArray(node.Args) || node.Args.length === 0) continue;
    const [first, ...rest] = withoutWrappers(node.Args);
    const name = first === undefined ? undefined : literal(first);
    if (name === undefined) continue;
    const args = rest.map(sourceOf);
    const isChanging =
      Object.hasOwn(changing, name) ||
      /^(find .* -delete|sed .*-i)\b/.test(`${name} ${args.join(" ")}`);
    if (!isChanging) continue;
    if (asking[name]?.test(args.join(" "))) continue;
    const paths = args.filter((arg) => !/^-|^[0-7]{3,4}$/.test(arg));
    const verb = changing[name] ?? (name === "find" ? "removes" : "writes");
    const files = onFiles.includes(verb);
    // Of a copy, the target alone is written.
    const written = name === "cp" || name === "ln" ? paths.slice(-1) : paths;
    if (files && written.length > 0 && written.every(isPrivate)) continue;
    const source = sourceOf(node).split("\n")[0];
    effects.push({ verb, line: lineOf(node), text: source });
  }
  return effects;
}

/** A command without those that only run it. */
function withoutWrappers(words: unknown[]): unknown[] {
  const [first, ...rest] = words;
  if (first === undefined) return words;
  switch (literal(first)) {
    case "command":
    case "exec":
    case "nice":
    case "nohup":
      return withoutWrappers(rest);
    case "env":
      return withoutWrappers(
        rest.slice(
          Math.max(
            0,
            rest.findIndex((word) => !/=/.test(literal(word) ?? "=")),
          ),
        ),
      );
    case "timeout":
      // timeout -k 5 270 PROGRAM, whose seconds may be a variable.
      return withoutWrappers(rest.slice(literal(rest[0]) === "-k" ? 3 : 1));
    default:
      return words;
  }
}

/** Whether a word names something in the run's own folder, or nothing on a disk. */
function isPrivate(word: string): boolean {
  return /^"?\$\{?WORK\b/.test(word) || /^"?\/dev\/(null|fd|std)/.test(word);
}

function shellFiles(): string[] {
  return readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sh"))
    .sort();
}

/** The marks of src/host, and what is wrong with them. */
export function ownMarks(): { marks: Mark[]; problems: string[] } {
  const all = shellFiles().map((name) =>
    marksIn(`src/host/${name}`, readFileSync(join(sources, name), "utf8")),
  );
  return {
    marks: all.flatMap(({ marks }) => marks),
    problems: all.flatMap(({ problems }) => problems),
  };
}

/** The page with the marks in it. */
export function pageWith(marks: readonly Mark[], text: string): string {
  const [before, rest = ""] = text.split(begin);
  const [, after = ""] = rest.split(end);
  const shown = verbs.filter((verb) => verb !== "scratch");
  const parts = shown.flatMap((verb) => {
    const rows = marks.filter((mark) => mark.verb === verb);
    return rows.length === 0 ? [] : [`## ${titles[verb]}\n\n${table(rows)}`];
  });
  return `${before}${begin}\n\n${parts.join("\n\n")}\n\n${end}${after}`;
}

/** As prettier pads it. */
function table(rows: readonly Mark[]): string {
  const cells = [
    ["what", "guard", "where"],
    ...rows.map(({ what, name, path }) => {
      const [first, ...guard] = what.split(/(?<=\.) (?=[A-Z])/);
      const file = relative("src/host", path);
      return [
        first.replace(/\.$/, ""),
        guard.join(" "),
        name === "" ? `\`${file}\`` : `\`${name}\` in \`${file}\``,
      ];
    }),
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

if (require.main === module) {
  const { marks, problems } = ownMarks();
  const text = readFileSync(page, "utf8");
  const wanted = pageWith(marks, text);
  if (process.argv.includes("--write")) writeFileSync(page, wanted);
  else if (wanted !== text)
    problems.push("docs/what-root-does.md is old: npx tsx scripts/whatRootDoes.ts --write");
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
