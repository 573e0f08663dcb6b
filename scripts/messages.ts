import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { literal, type Node, nodesIn, parseShell } from "./shellSyntax";

// `npm run messages` prints every text that users meet, so that somebody can read them from top to bottom: errors,
// warnings and lines of the log of src/host, then those of src. What a run fills in stands in <>.

/** A text, and where it is. */
export interface Message {
  place: string;
  kind: string;
  text: string;
}

/** Functions of the agent that say something, and how their arguments become a text. */
const sayers: Record<string, (args: string[]) => string> = {
  problem: ([what, happened, expected, fix]) =>
    `${what}: ${expected ? `found ${happened}, expected ${expected}` : happened}. To fix: ${fix}`,
  fail: (args) => sayers.problem(args),
  say: (args) => args.join(" "),
  changed: (args) => args.join(" "),
  difference: ([what, found, expected]) => `${what}: found ${found}, expected ${expected}`,
};

/** The texts of a shell file. */
export function messagesOfShell(path: string, text: string): Message[] {
  const bytes = Buffer.from(text);
  const messages: Message[] = [];
  for (const node of nodesIn(parseShell(text))) {
    if (node.Type !== "CallExpr" || !Array.isArray(node.Args)) continue;
    const [first, ...rest] = node.Args as unknown[];
    const name = first === undefined ? undefined : literal(first);
    if (name === undefined || !Object.hasOwn(sayers, name) || rest.length === 0) continue;
    const args = rest.map((word) => shownWord(word as Node, bytes));
    // Whoever passes on what it was given has no text of its own.
    if (args.length === 1 && args[0] === "<@>") continue;
    const { Line } = node.Pos as { Line: number };
    messages.push({ place: `${path}:${Line}`, kind: name, text: sayers[name](args) });
  }
  return messages;
}

/** A word of a command as a text, with what a run fills in between < and >. */
function shownWord(word: Node, bytes: Buffer): string {
  return ((word.Parts ?? []) as Node[])
    .map((part) => {
      if (part.Type === "DblQuoted") return shownWord(part, bytes);
      const { Pos, End } = part as unknown as Record<"Pos" | "End", { Offset: number }>;
      const source = bytes.subarray(Pos.Offset, End.Offset).toString();
      if (part.Type === "Lit") return source.replace(/\\(\n|$)/g, "").replace(/\\(["$`\\])/g, "$1");
      if (part.Type === "SglQuoted") return source.slice(1, -1);
      return `<${source.replace(/^\$[({]?|[)}]$/g, "").replace(/\s+/g, " ")}>`;
    })
    .join("");
}

/** Texts of a TypeScript file that have words in them: what a user may be shown. */
export function messagesOfSource(path: string, text: string): Message[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const messages: Message[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    const said = textOf(node);
    if (said !== undefined && isForPeople(said)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      messages.push({ place: `${path}:${line + 1}`, kind: "text", text: said });
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return messages;
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(
    ({ expression, literal: after }) =>
      `<${expression.getText().replace(/\s+/g, " ")}>${after.text}`,
  );
  return node.head.text + spans.join("");
}

/** At least three words in a row, and no program for a shell. */
function isForPeople(text: string): boolean {
  return /[a-z]{2,} [a-z]+ [a-z]{2,}/.test(text) && !/\$\{?[a-z]|\bexec\b|\|\|/.test(text);
}

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(__dirname, "..", folder), { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** All texts of this checkout, in the order of their files. */
export function allMessages(): Message[] {
  const read = (path: string) => readFileSync(join(__dirname, "..", path), "utf8");
  return [
    ...filesBelow("src/host", /(?<!\.program)\.sh$/).flatMap((path) =>
      messagesOfShell(path, read(path)),
    ),
    ...filesBelow("src", /\.ts$/).flatMap((path) => messagesOfSource(path, read(path))),
  ];
}

if (require.main === module)
  for (const { place, kind, text } of allMessages())
    console.log(`${place}\t${kind}\n    ${text.replace(/\n/g, "\n    ")}`);
