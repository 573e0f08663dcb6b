import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join, sep } from "node:path";

/**
 * Layers of the agent's shell from the ground up, each a folder of `src/host`. A function calls functions of its own
 * layer or of an earlier one, and no others. `npm run lint` sees to that.
 */
export const layers = [
  "core",
  "ledger",
  "platform",
  "daemon",
  "resources",
  "health",
  "steps",
] as const;

const host = join(__dirname, "../host");

/** The program begins with this file, which no other one can precede. */
const start = "core/frame.sh";

/** A file of the agent without its comments: they are no reason to run a step again. */
export interface SourceFile {
  /** Below `src`, such as `host/core/lock.sh`. */
  path: string;
  text: string;
}

let shellOnce: SourceFile[] | undefined;

/**
 * Every file of the agent's own shell in the order in which they are joined: what starts the program, the layers, and
 * what calls it all. They are read once a process.
 */
export function shellFiles(): readonly SourceFile[] {
  return (shellOnce ??= shellPaths().map((path) => ({
    path: `host/${path}`,
    text: withoutComments(read(path)),
  })));
}

function shellPaths(): string[] {
  const parts = paths().filter((path) => path.endsWith(".sh") && !isEmbedded(path));
  return [start, ...parts.filter((path) => path !== start), "main.sh"];
}

/** A file whose text is a variable of the agent's shell. */
export interface EmbeddedFile extends SourceFile {
  /** The variable, such as `ACCOUNT_RUNNER_PL` for `accountRunner.pl`. */
  name: string;
}

let embeddedOnce: EmbeddedFile[] | undefined;

/**
 * Every file that the agent has as a text: programs of perl and awk, programs of sh that it does not run in its own
 * shell, and keys. They are read once a process.
 */
export function embeddedFiles(): readonly EmbeddedFile[] {
  return (embeddedOnce ??= paths()
    .filter(isEmbedded)
    .map((path) => ({ path: `host/${path}`, name: variableOf(path), text: textOf(path) })));
}

function isEmbedded(path: string): boolean {
  return /\.(pl|awk|asc|program\.sh)$/.test(path);
}

/** `listNewPackages.program.sh` is `LIST_NEW_PACKAGES_SH`. */
function variableOf(path: string): string {
  return basename(path)
    .replace(".program.", ".")
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .replace(/[^A-Za-z0-9]/g, "_")
    .toUpperCase();
}

/** What the variable holds. A program's errors have the numbers of the file's lines, and perl's have its name, too. */
function textOf(path: string): string {
  const text = read(path);
  const kind = extname(path);
  if (kind === ".asc") return text;
  const code = text.replace(/^[\t ]*#(?!!).*$/gm, "");
  return kind === ".pl" ? `# line 1 "${path}"\n${code}` : code;
}

/** All files of the layers, in the order of their names. */
function paths(): string[] {
  return layers.flatMap((layer) =>
    readdirSync(join(host, layer), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(host.length + 1))
      .map((file) => file.split(sep).join("/"))
      .sort(),
  );
}

function read(path: string): string {
  return readFileSync(join(host, path), "utf8");
}

function withoutComments(text: string): string {
  return text.replace(/^\t*#(?!!).*\n/gm, "").replace(/^\n/gm, "");
}

/** A function of the agent, or a constant. */
export interface ShellFunction {
  /** The file that it is in, as `SourceFile` has it. */
  path: string;
  body: string;
}

let known: Map<string, ShellFunction> | undefined;

/** Every function and constant by its name, and every text, read once a process. */
export function shellFunctions(): ReadonlyMap<string, ShellFunction> {
  return (known ??= new Map([
    // Comments have left empty lines in a program.
    ...embeddedFiles().map(({ name, path, text }): [string, ShellFunction] => [
      name,
      { path, body: text.replace(/^\n/gm, "") },
    ]),
    ...shellFiles().flatMap(functionsOf),
  ]));
}

// The sources are formatted: a function begins and ends at the start of a line.
function functionsOf({ path, text }: SourceFile): [string, ShellFunction][] {
  const functions = text.matchAll(/^(\w+)\(\) ?(?:\{ (.*) \}$|\{\n([^]*?)\n\}$)/gm);
  const constants = text.matchAll(/^([A-Z_]+)=('[^']*'|.*)$/gm);
  return [...constants, ...functions].map(([, name, line, lines]) => [
    name,
    { path, body: (line as string | undefined) ?? lines },
  ]);
}

/** Verbs by which the ledger calls a kind of resource that a step wants. */
const verbsOfKinds = ["state", "look", "same", "set", "bytes", "settled", "was_written", "label"];

/**
 * Functions that one function may call: every word of it that is one's name, and those of a kind by way of `want KIND`.
 * A name in a text counts as well, which makes a hash change too often, and never too rarely.
 */
export function callsOf(name: string): string[] {
  const body = shellFunctions().get(name)?.body ?? "";
  const kinds = [...body.matchAll(/\bwant(?:_late)? (\w+)/g)].map(([, kind]) => kind);
  const verbs = kinds.flatMap((kind) => verbsOfKinds.map((verb) => `${kind}_${verb}`));
  const words = new Set([...(body.match(/\w+/g) ?? []), ...verbs]);
  words.delete(name);
  // Nobody calls it but the last line, and it calls all steps.
  words.delete("main");
  return [...words].filter((word) => shellFunctions().has(word));
}

/** All functions that some functions lead to, with themselves, in the order in which they are joined. */
export function reachedFrom(names: readonly string[]): string[] {
  const reached = new Set(names.filter((name) => shellFunctions().has(name)));
  for (const name of reached) for (const called of callsOf(name)) reached.add(called);
  return [...shellFunctions().keys()].filter((name) => reached.has(name));
}
