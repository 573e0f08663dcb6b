import { readFileSync } from "node:fs";
import { cacheDir, cached, hashOf } from "../cache";
import { engineFolders } from "../engine/programs";
import { rpmScripts } from "../engine/distributions";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";
import { requireRpmTools } from "../requirements";
import { systemFile, systems, tableOf, type System } from "./systems";

/** Makes the packages of a system, with one key for both folders. */
function scriptOf(system: System): string {
  return systemFile(systems[system].manager === "pacman" ? "pacman.sh" : "rpms.sh");
}

/** What decides what the packages are. */
function recipeOf(system: System): string[] {
  const files = [scriptOf(system), systemFile("table.sh"), tableOf(system), ...rpmScripts];
  return files.map((file) => readFileSync(file, "utf8"));
}

/** The folder with a system's key, and in `base` the packages that its image has: names alone, for the manager's record. */
export function basePackagesOf(system: System): Promise<string> {
  return cached(cacheDir("system-base", system, hashOf(recipeOf(system))), async (tmp) => {
    await requireRpmTools();
    await progress(`packing what an image of ${system} has`, () =>
      execOrThrow("sh", [scriptOf(system), "base", system, tableOf(system), tmp]),
    );
  });
}

/** The folder with a system's repository, `os`, whose packages have the files that were taken out of its image. */
export async function repositoryOf(system: System, image: string): Promise<string> {
  const engines = systems[system].manager === "zypper" ? await engineFolders() : [];
  const base = await basePackagesOf(system);
  const recipe = [recipeOf(system), base, image, engines];
  return cached(cacheDir("system-repository", system, hashOf(recipe)), async (tmp) => {
    await requireRpmTools();
    await progress(`packing the repository of ${system}`, () => {
      const script = [scriptOf(system), "repository", system, tableOf(system), tmp];
      return execOrThrow("sh", [...script, base, image, ...engines]);
    });
  });
}
