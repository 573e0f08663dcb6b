import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodesIn, parseShell, type Node } from "../shellSyntax";
import type { Mutant } from "./mutant";
import { roomOf } from "./rooms";

// Mutants that a seed picks: a condition of src/host that is negated, or a statement that is left out.

const checkout = join(__dirname, "../..");

/** A change of one place, in bytes. */
interface Edit {
  what: string;
  at: number;
  end: number;
  put: string;
}

/**
 * So many mutants of a seed. The same seed picks the same ones for as long as their statements are there, whatever is
 * written around them.
 *
 * @param files below the checkout.
 */
export function seededMutants(count: number, seed: number, files = shellFiles()): Mutant[] {
  const ranked = files.flatMap((file) => {
    const text = readFileSync(join(checkout, file));
    const times = new Map<string, number>();
    return editsOf(text).map((edit) => {
      const time = times.get(edit.what) ?? 0;
      times.set(edit.what, time + 1);
      const name = [file, edit.what, time].join("\n");
      return {
        file,
        text,
        edit,
        id: `seeded-${digest(name, 8)}`,
        rank: digest(`${seed}\n${name}`),
      };
    });
  });
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const picked: Mutant[] = [];
  for (const { file, text, edit, id } of ranked) {
    if (picked.length === count) break;
    if (!parses(changed(text, edit))) continue;
    picked.push({
      id,
      promise: 0,
      what: edit.what,
      file,
      apply: (now) => changed(Buffer.from(now), edit),
      room: roomOf(file),
    });
  }
  return picked;
}

function shellFiles(): string[] {
  return readdirSync(join(checkout, "src/host"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sh"))
    .map((path) => `src/host/${path}`)
    .sort();
}

/** All that can be changed in a shell file. */
function editsOf(text: Buffer): Edit[] {
  const edits: Edit[] = [];
  for (const node of nodesIn(parseShell(text.toString("utf8")))) {
    if (node.Type === "IfClause" || node.Type === "WhileClause")
      edits.push(negated(text, (node.Cond as Node[])[0]));
    // && and ||, whose numbers are shfmt's.
    if (node.Type === "BinaryCmd" && [andOp, orOp].includes(node.Op as number))
      edits.push(negated(text, node.X as Node));
    // What stands in $() is a part of a statement.
    const lists = node.Type === "CmdSubst" ? [] : [node.Stmts, node.Then, node.Do];
    for (const list of lists)
      if (Array.isArray(list)) edits.push(...(list as Node[]).flatMap((one) => leftOut(text, one)));
  }
  return edits;
}

/** The numbers that shfmt's syntax tree has for the two operators: asked, since they change with its versions. */
const [andOp, orOp] = ["a && b", "a || b"].map(
  (program) => [...nodesIn(parseShell(program))].find(({ Op }) => Op !== undefined)?.Op as number,
);

/** The condition the other way round. */
function negated(text: Buffer, statement: Node): Edit {
  const [at, end] = placeOf(text, statement);
  const words = text.subarray(at, end).toString("utf8");
  const what = `negated: ${shortened(words)}`;
  if (statement.Negated === true) return { what, at, end, put: words.replace(/^!\s*/, "") };
  const { Type } = statement.Cmd as Node;
  return { what, at, end, put: Type === "BinaryCmd" ? `! { ${words}; }` : `! ${words}` };
}

/** Without one command. Assignments and declarations of variables are left: without them nothing runs. */
function leftOut(text: Buffer, statement: Node): Edit[] {
  const command = statement.Cmd as Node | undefined;
  const kinds = ["CallExpr", "BinaryCmd"];
  if (command === undefined || !kinds.includes(command.Type ?? "")) return [];
  if (command.Type === "CallExpr" && !Array.isArray(command.Args)) return [];
  const [at, end] = placeOf(text, statement);
  const words = text.subarray(at, end).toString("utf8");
  if (/<<-?\s*\S/.test(words) || /^(local|:|return|set|shift)\b/.test(words)) return [];
  return [{ what: `left out: ${shortened(words)}`, at, end, put: ":" }];
}

/** Where a statement begins and ends, without the sign that ends it. */
function placeOf(text: Buffer, node: Node): [number, number] {
  const { Pos, End } = node as unknown as { Pos: { Offset: number }; End: { Offset: number } };
  const isEnded = text.subarray(End.Offset - 1, End.Offset).toString("utf8") === ";";
  return [Pos.Offset, isEnded ? End.Offset - 1 : End.Offset];
}

const shortened = (words: string) => words.replace(/\s+/g, " ").slice(0, 100).trim();

function changed(text: Buffer, { at, end, put }: Edit): string {
  return Buffer.concat([text.subarray(0, at), Buffer.from(put), text.subarray(end)]).toString(
    "utf8",
  );
}

/** Whether a shell takes it. */
function parses(input: string): boolean {
  try {
    execFileSync("sh", ["-n"], { input, stdio: ["pipe", "ignore", "ignore"] });
    return true;
  } catch {
    return false;
  }
}

const digest = (text: string, length = 64) =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
