import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version as command } from "@pulumi/command/package.json";
import { version as random } from "@pulumi/random/package.json";

/** The versions of the plugins: those of the SDKs that the package is built on. */
export const pluginVersions = { command, random };

/** The version of a Go module that the `go.mod` in a folder names. */
export function goModuleVersion(folder: string, module: string): string {
  const text = readFileSync(join(folder, "go.mod"), "utf8");
  const version = text
    .split("\n")
    .map((line) => line.trim().split(" "))
    .find((words) => words.includes(module) && /^v\d/.test(words[words.indexOf(module) + 1] ?? ""));
  if (!version) {
    throw new Error(`${folder}/go.mod does not name a version of ${module}`);
  }
  return (version[version.indexOf(module) + 1] ?? "").slice(1);
}
