import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";

/** What an example exports is its outputs, or returns them. */
function isProgram(exported: object): exported is () => object {
  return typeof exported === "function";
}

/**
 * The program of an example in TypeScript, which runs anew each time, as the engine runs it.
 *
 * @param edit what a test changes of its text. Defaults to nothing.
 */
export function programOf(
  example: string,
  edit: (source: string) => string = (source) => source,
): () => Promise<Record<string, unknown>> {
  const path = join(__dirname, "../../examples", example, "index.ts");
  const source = edit(readFileSync(path, "utf8"));
  const { code } = transformSync(source, { loader: "ts", format: "cjs" });
  // A module that is loaded is not loaded again, and an engine's every run begins with one.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function("require", "module", "exports", "__dirname", code) as (
    load: NodeJS.Require,
    module: { exports: object },
    exports: object,
    folder: string,
  ) => void;
  return async () => {
    const module = { exports: {} };
    run(createRequire(path), module, module.exports, dirname(path));
    return { ...(isProgram(module.exports) ? module.exports() : module.exports) };
  };
}
