import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const sources = join(__dirname, "../../src");

/** Functions of the agent by name: the step whose folder they are in, or their file, and their code. */
export type Functions = Map<string, { file: string; body: string }>;

export function functionsByName(): Functions {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" });
  const functions: Functions = new Map();
  for (const path of files.filter((file) => file.endsWith(".sh"))) {
    const text = readFileSync(join(sources, path), "utf8").replace(/^\t*#.*$/gm, "");
    const file = /^steps\/(\w+)\//.exec(path)?.[1] ?? path;
    for (const [, name, line, body] of text.matchAll(
      /^(\w+)\(\) ?(?:\{ (.*) \}$|\{\n([^]*?)\n\}$)/gm,
    )) {
      functions.set(name, { file, body: line ?? body });
    }
  }
  return functions;
}

/** Functions that one function calls; those of a kind of thing are called by way of `want KIND`. */
export function calls(name: string, functions: Functions): string[] {
  const body = functions.get(name)?.body ?? "";
  const words = new Set(body.match(/[\w-]+/g));
  for (const [, kind] of body.matchAll(/\bwant (\w+)/g))
    words.add(`${kind}_save`).add(`${kind}_restore`);
  return [...words].filter((word) => functions.has(word));
}
