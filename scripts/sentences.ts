import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
const mostWords = 30;
type Place = [path: string, files: RegExp];
const markdown = (path: string): Place => [path, /\.md$/];
export const docs = "README.md CONTRIBUTING.md CHANGELOG.md docs examples".split(" ").map(markdown);

/** Where `npm run lint` holds the rule. */
const held: Place[] = [...docs, ["src", /\.(ts|sh)$/]];

/** Beginnings that leave a reader without a subject. A question may begin with What. */
const withoutNoun = /^(Of|One that|Nor does|What(?!.*\?$))\s/;

export const wordsOf = (text: string): number =>
  text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;

export function complaintsOf(places: Place[]): string[] {
  return places.flatMap(filesOf).flatMap((file) =>
    sentencesOf(file).flatMap((sentence) => {
      const words = wordsOf(sentence);
      if (words > mostWords) return `${file}: ${words} words: ${sentence}`;
      return withoutNoun.test(sentence) ? `${file}: begins without a noun: ${sentence}` : [];
    }),
  );
}

/** Every sentence of a file: of its prose, or of a program's comments. A span of code is one word. */
function sentencesOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const prose = file.endsWith(".md") ? proseOf(text) : commentsOf(text, file.endsWith(".sh"));
  return prose
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )/)
    .map((block) =>
      block
        .replace(/^\s*(?:[-*]|\d+\.) /, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .map((block) => block.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1"))
    .map((block) => block.replace(/`[^`]*`/g, (code) => code.replace(/[^\w`]+/g, "_")))
    .flatMap((block) => block.split(/(?<=[.!?][)"'*`]*)\s+/));
}

/** Without headings and blocks of code. A cell of a table is a text of its own. */
function proseOf(text: string): string {
  return text
    .replace(/^ *```[^]*?^ *```$/gm, "")
    .replace(/^( {4}|#).*$/gm, "")
    .replace(/^\|.*$/gm, (row) => row.replace(/(?<!\\)\|/g, "\n\n"));
}

/**
 * A line of code ends a comment, as an empty line does; a tag of a docstring begins a text. A line of a shell's comment
 * that is set in by three blanks is a row of a table.
 */
function commentsOf(program: string, shell: boolean): string {
  const line = shell ? /^\s*#(?!!| shellcheck| {3}) ?(.*)/ : /^\s*(?:\/\*\*?|\*\/?|\/\/) ?(.*)/;
  const lines = program.split("\n").map((each) => line.exec(each)?.[1] ?? "");
  return lines.map((each) => each.replace(/\*\/$/, "").replace(/^@/, "\n@")).join("\n");
}

function filesOf([path, files]: Place): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  const names = readdirSync(join(root, path), { recursive: true, encoding: "utf8" });
  return names.filter((name) => files.test(name)).map((name) => join(path, name));
}

/** `npx tsx scripts/sentences.ts src` tries the rule where lint does not hold it. */
if (require.main === module) {
  const asked = process.argv.slice(2).map((path): Place => [path, /\.(md|ts|sh)$/]);
  const complaints = complaintsOf(asked.length ? asked : held);
  for (const complaint of complaints) console.log(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
