import { execFileSync } from "node:child_process";
import { cpSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Compiles the package into bin/, with the agent's shell files in the same places beside the code
 * that reads them.
 */
const root = join(__dirname, "..");
const bin = join(root, "bin");

rmSync(bin, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "--project", join(root, "tsconfig.build.json")],
  { stdio: "inherit" },
);
cpSync(join(root, "src"), join(bin, "src"), {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || path.endsWith(".sh"),
});
