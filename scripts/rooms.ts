import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { preProcessFile } from "typescript";

// The rooms of src, as docs/architecture.md has them: an import goes up in that table, or stays in its room.

const root = join(__dirname, "..");

/** The text of each TypeScript file of src, by its path there. */
export type Sources = Record<string, string>;

/** What is wrong with the rooms, a line each. */
export function roomProblems(sources: Sources, rooms: readonly string[]): string[] {
  const imports = Object.entries(sources).map(
    ([path, text]) => [path, importsOf(path, text, sources)] as const,
  );
  const entries = new Set(Object.keys(sources).map(roomOf));
  return [
    ...[...entries]
      .filter((entry) => !rooms.includes(entry))
      .map((entry) => `${entry}: in no row of the rooms in docs/architecture.md`),
    ...rooms
      .filter((room) => !entries.has(room))
      .map((room) => `${room}: a row of the rooms, and nothing in src`),
    ...imports.flatMap(([path, imported]) =>
      imported
        .filter((other) => rooms.indexOf(roomOf(other)) > rooms.indexOf(roomOf(path)))
        .map((other) => `${path}: imports ${other}, which is of a room below`),
    ),
    ...circles(new Map(imports)).map((files) => `a circle of imports: ${files.join(", ")}`),
  ];
}

/** A folder of src, or a file in src itself. */
const roomOf = (path: string) => path.split("/")[0];

/** Files of src that a file imports, types alone included. */
function importsOf(path: string, text: string, sources: Sources): string[] {
  return preProcessFile(text).importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith(".")) return [];
    const target = posix.join(posix.dirname(path), fileName);
    return [`${target}.ts`, `${target}/index.ts`].filter((file) => file in sources);
  });
}

/** One circle for each file that leads back to itself and is in none that was found before. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  for (const file of imports.keys()) {
    if (found.some((files) => files.includes(file))) continue;
    const reached = reachedFrom(file, imports);
    if (!reached.has(file)) continue;
    found.push([...reached].filter((other) => reachedFrom(other, imports).has(file)).sort());
  }
  return found;
}

function reachedFrom(file: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const left = [...(imports.get(file) ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...(imports.get(next) ?? []));
  }
  return reached;
}

/** The first cells of the table in docs/architecture.md, in its order. */
export function roomsOfDocs(
  text = readFileSync(join(root, "docs/architecture.md"), "utf8"),
): string[] {
  const [, section = ""] = /^## The rooms of src\n([^]*?)^## /m.exec(text) ?? [];
  return section.split("\n").flatMap((line) => {
    const [, cell = ""] = /^\| ([^|]+) \|/.exec(line) ?? [];
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, room]) => room);
  });
}

export function sourcesOfSrc(): Sources {
  const src = join(root, "src");
  const paths = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".ts"),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(src, path), "utf8")]));
}

if (require.main === module) {
  const problems = roomProblems(sourcesOfSrc(), roomsOfDocs());
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
