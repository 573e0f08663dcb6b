import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { builtAgent } from "../src/agent/builtAgent";
import { packageSchema } from "../src/plugin/provider";

/**
 * Builds the package into bin/, as small as it can be read: programs without comments, types with them and
 * only those that a user's program sees; the agent, joined from `src/host`, as a file that is sent to hosts
 * and as a module for the code; and the schema, since a plugin from the registry has no sources to infer
 * it from.
 */
async function build(root: string): Promise<void> {
  const bin = join(root, "bin");
  rmSync(bin, { recursive: true, force: true });
  tsc(root, "--declaration", "false", "--removeComments");
  tsc(root, "--emitDeclarationOnly");
  removeTypesOfNobody(bin);
  writeAgent(bin);
  writeFileSync(join(bin, "schema.json"), await packageSchema(root));
}

/** Puts the joined agent in the place of the module that joins it, and removes what only that module needs. */
function writeAgent(bin: string): void {
  const module = `"use strict";\nexports.builtAgent = ${JSON.stringify(builtAgent)};\n`;
  writeFileSync(join(bin, "src/agent/builtAgent.js"), module);
  for (const name of ["joinAgent.js", "sources.js"]) rmSync(join(bin, "src/agent", name));
}

function tsc(root: string, ...options: string[]): void {
  const [compiler, project] = ["node_modules/typescript/bin/tsc", "tsconfig.build.json"];
  const args = [join(root, compiler), "--project", join(root, project), ...options];
  execFileSync(process.execPath, args, { stdio: "inherit" });
}

/** The file with a module's declarations: of a folder, those of its index. */
function declarationsOf(module: string): string {
  const file = `${module}.d.ts`;
  return existsSync(file) ? file : join(module, "index.d.ts");
}

/** Removes declarations that those of index.d.ts do not lead to. */
function removeTypesOfNobody(bin: string): void {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g))
      visit(declarationsOf(join(dirname(file), path)));
  };
  visit(join(bin, "index.d.ts"));
  for (const name of readdirSync(bin, { recursive: true, encoding: "utf8" })) {
    const file = join(bin, name);
    if (name.endsWith(".d.ts") && !reached.has(file)) rmSync(file);
  }
}

void build(join(__dirname, ".."));
