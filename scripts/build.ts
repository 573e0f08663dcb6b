import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dockerKeys } from "../src/agent/agentText";
import { shellFiles } from "../src/agent/shellSources";
import { packageSchema } from "../src/plugin/provider";

/**
 * Builds the package into bin/, as small as it can be read: programs without comments, types with them and
 * only those that a user's program sees; the agent's shell files, as they are joined, in the same places
 * beside the code that reads them; and the schema, since a plugin from the registry has no sources to infer
 * it from.
 */
async function build(root: string): Promise<void> {
  const bin = join(root, "bin");
  rmSync(bin, { recursive: true, force: true });
  tsc(root, "--declaration", "false", "--removeComments");
  tsc(root, "--emitDeclarationOnly");
  removeTypesOfNobody(bin);
  for (const { path, text } of [...shellFiles(), ...dockerKeys()]) {
    const file = join(bin, "src", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  writeFileSync(join(bin, "schema.json"), await packageSchema(root));
}

function tsc(root: string, ...options: string[]): void {
  const [compiler, project] = ["node_modules/typescript/bin/tsc", "tsconfig.build.json"];
  const args = [join(root, compiler), "--project", join(root, project), ...options];
  execFileSync(process.execPath, args, { stdio: "inherit" });
}

/** Removes declarations that those of index.d.ts do not lead to. */
function removeTypesOfNobody(bin: string): void {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g))
      visit(join(dirname(file), `${path}.d.ts`));
  };
  visit(join(bin, "index.d.ts"));
  for (const name of readdirSync(bin, { recursive: true, encoding: "utf8" })) {
    const file = join(bin, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}

void build(join(__dirname, ".."));
