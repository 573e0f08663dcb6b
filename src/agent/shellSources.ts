import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

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

/** A shell file without its comments: they are no reason to run a step again. */
export interface ShellFile {
  /** Below `src`, such as `host/core/lock.sh`. */
  path: string;
  text: string;
}

let read: ShellFile[] | undefined;

/**
 * Every shell file in the order in which they are joined: what starts the program, the layers, and what
 * calls it all. They lie beside the compiled and the uncompiled code alike, and are read once a process.
 */
export function shellFiles(): readonly ShellFile[] {
  return (read ??= paths().map((path) => ({
    path: `host/${path}`,
    text: withoutComments(readFileSync(join(host, path), "utf8")),
  })));
}

function paths(): string[] {
  const start = "core/frame.sh";
  const ofLayers = layers.flatMap((layer) =>
    readdirSync(join(host, layer), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".sh"))
      .map((file) => `${layer}/${file.split(sep).join("/")}`)
      .sort(),
  );
  return [start, ...ofLayers.filter((path) => path !== start), "main.sh"];
}

function withoutComments(text: string): string {
  return text.replace(/^\t*#(?!!).*\n/gm, "").replace(/^\n/gm, "");
}

/** A function of the agent, or a constant. */
export interface ShellFunction {
  /** The file that it is in, as `ShellFile` has it. */
  path: string;
  body: string;
}

let known: Map<string, ShellFunction> | undefined;

/** Every function and constant by its name, read once a process. */
export function shellFunctions(): ReadonlyMap<string, ShellFunction> {
  return (known ??= new Map(shellFiles().flatMap(functionsOf)));
}

// The sources are formatted: a function begins and ends at the start of a line.
function functionsOf({ path, text }: ShellFile): [string, ShellFunction][] {
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
  const kinds = [...body.matchAll(/\bwant (\w+)/g)].map(([, kind]) => kind);
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
