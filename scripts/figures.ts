import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");

/** The texts of the files below a folder whose paths match; none if there is no such folder. */
function textsOf(folder: string, pattern: RegExp): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .map((name) => readFileSync(join(path, name), "utf8"));
}

function countMatches(texts: string[], pattern: RegExp): number {
  return texts.reduce((sum, text) => sum + (text.match(pattern)?.length ?? 0), 0);
}

function printFigures(what: string, texts: string[]): void {
  const lines = countMatches(texts, /\n/g);
  const words = countMatches(texts, /\S+/g);
  console.log(`${what}: ${texts.length} files, ${lines} lines, ${words} words`);
}

const shell = textsOf("src/host", /\.sh$/);
printFigures("shell of src/host", shell);
console.log(`functions of src/host: ${countMatches(shell, /^\w+\(\)/gm)}`);
printFigures("programs of perl and awk in src/host", textsOf("src/host", /\.(pl|awk)$/));
printFigures("TypeScript of src", textsOf("src", /\.ts$/));
for (const folder of ["test", "stand-ins"]) {
  printFigures(`TypeScript of ${folder}`, textsOf(folder, /\.ts$/));
}
printFigures("pages of docs", textsOf("docs", /\.md$/));
