import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stepNames } from "../src/agent/agentText";
import { callsOf, layers, shellFiles } from "../src/agent/sources";
import { literal, type Node, parseShell } from "./shellSyntax";

const sources = join(__dirname, "../src");

/** Functions whose arguments are a command: what stands there is called. */
const runners = ["as_account", "run_apart", "run_beside", "run_manager", "with_lists"];

/** A function of a shell file, and what it calls by the shell's own syntax. */
interface Caller {
  name: string;
  path: string;
  calls: string[];
}

/** What is wrong with the agent's layers, a line each. */
export function layerProblems(): string[] {
  const callers = shellFiles().flatMap(({ path }) => callersIn(path));
  const fileOf = new Map(callers.map(({ name, path }) => [name, path]));
  const known = callers.map((caller) => ({
    ...caller,
    calls: [...new Set(caller.calls)].filter((name) => fileOf.has(name) && name !== caller.name),
  }));
  return [
    ...known.flatMap(({ name, path, calls }) =>
      calls
        .filter((called) => rank(fileOf.get(called) ?? "") > rank(path))
        .map(
          (called) => `${path}: ${name} calls ${called} of ${fileOf.get(called)}, a layer above`,
        ),
    ),
    ...loops(known, fileOf).map((files) => `a loop of calls between files: ${files.join(", ")}`),
    ...known.flatMap(({ name, path, calls }) =>
      calls
        .filter((called) => !callsOf(name).includes(called))
        .map((called) => `${path}: the hash of a step does not see that ${name} calls ${called}`),
    ),
    ...shellFiles().flatMap(({ path, text }) => stepsNamedIn(path, text)),
  ];
}

/** The place of a file's layer, from the ground up. */
function rank(path: string): number {
  const at = layers.findIndex((layer) => path.startsWith(`host/${layer}/`));
  return at < 0 ? layers.length : at;
}

function callersIn(path: string): Caller[] {
  const statements = parseShell(readFileSync(join(sources, path), "utf8"));
  return statements
    .filter(({ Cmd }) => Cmd.Type === "FuncDecl")
    .map(({ Cmd }) => ({
      name: (Cmd.Name as { Value: string }).Value,
      path,
      calls: [...callsIn(Cmd.Body)],
    }));
}

function* callsIn(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const part of node) yield* callsIn(part);
  if (typeof node !== "object" || node === null) return;
  const { Type, Args } = node as Node;
  if (Type === "CallExpr" && Array.isArray(Args)) {
    const words = Args.map(literal);
    if (words[0] === "trap") yield* (words[1] ?? "").split(/\W+/);
    yield* runners.includes(words[0] ?? "")
      ? words.filter(isText)
      : words.slice(0, 1).filter(isText);
  }
  for (const part of Object.values(node)) yield* callsIn(part);
}

const isText = (word: string | undefined): word is string => word !== undefined;

/** Groups of files of which each calls another one of the group: Tarjan's algorithm. */
function loops(callers: Caller[], fileOf: Map<string, string>): string[][] {
  const edges = new Map<string, Set<string>>();
  for (const { path, calls } of callers)
    for (const called of calls)
      edges.set(path, (edges.get(path) ?? new Set()).add(fileOf.get(called) ?? path));
  const found: string[][] = [];
  const stack: string[] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) ?? 0);
    stack.push(file);
    for (const next of edges.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of edges.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** Below the steps nobody asks which step runs, or works for one by its name. */
function stepsNamedIn(path: string, text: string): string[] {
  if (rank(path) >= layers.indexOf("steps")) return [];
  const name = new RegExp(
    `\\$STEP" !?= (${stepNames.join("|")})|\\.(${stepNames.join("|")})"|^\\s*(${stepNames.join("|")})(-\\*)?\\)`,
    "g",
  );
  return text
    .split("\n")
    .filter((line) => name.test(line))
    .map((line) => `${path}: names a step: ${line.trim()}`);
}

if (require.main === module) {
  const problems = layerProblems();
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
