import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";
import { requireRpmTools } from "../requirements";
import { engineFolders } from "./programs";

/** What a host can stand for: a distribution with another package manager than Debian's. */
export type Distribution = "fedora" | "opensuse" | "arch";

/** What rpms are built with, and keys made; and packages of openSUSE's engine. */
export const rpmScript = join(__dirname, "rpmbuild.sh");
export const rpmScripts = [rpmScript, join(__dirname, "suseEngine.sh")];

/**
 * The folder with stand-ins for packages of a distribution's: `base`, which it has from the beginning, and the
 * repository `os`, with its key `os-key`. openSUSE's has an engine, too.
 */
export async function distributionFolder(name: Distribution): Promise<string> {
  const engines = name === "opensuse" ? await engineFolders() : [];
  const script = join(__dirname, `${name}.sh`);
  const texts = [script, ...rpmScripts].map((path) => readFileSync(path, "utf8"));
  return cached(cacheDir("distribution", name, hashOf([texts, engines])), async (tmp) => {
    await requireRpmTools();
    await progress(`packing stand-ins for the packages of ${name}`, () =>
      execOrThrow("sh", [script, tmp, ...engines]),
    );
  });
}
