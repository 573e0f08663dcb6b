import { execFileSync } from "node:child_process";

/** A node of the syntax tree that shfmt prints. */
export type Node = { Type?: string; [key: string]: unknown };

/** The statements of a shell program. */
export function parseShell(input: string): { Cmd: Node }[] {
  const json = execFileSync("shfmt", ["--to-json", "-ln", "posix"], {
    input,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return (JSON.parse(json) as { Stmts: { Cmd: Node }[] }).Stmts;
}

/** All nodes below a part of the tree that have a type. */
export function* nodesIn(node: unknown): Generator<Node> {
  if (Array.isArray(node)) for (const part of node) yield* nodesIn(part);
  if (typeof node !== "object" || node === null || Array.isArray(node)) return;
  yield node as Node;
  for (const part of Object.values(node)) yield* nodesIn(part);
}

/** A word that is one text, quoted or not. */
export function literal(word: unknown): string | undefined {
  const { Parts } = word as { Parts?: { Type: string; Value?: string }[] };
  return Parts?.length === 1 && ["Lit", "SglQuoted"].includes(Parts[0].Type)
    ? Parts[0].Value
    : undefined;
}
