import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";
import { requireRpmTools } from "../requirements";

const script = join(__dirname, "fedora.sh");

/** What rpms are built with. */
export const rpmScript = join(__dirname, "rpmbuild.sh");

/**
 * The folder with stand-ins for packages of Fedora's: `base`, which a Fedora has from the beginning, and the
 * repository `os`, with its key `os-key`.
 */
export async function fedoraFolder(): Promise<string> {
  const recipe = [script, rpmScript].map((path) => readFileSync(path, "utf8"));
  return cached(cacheDir("fedora", "44", hashOf(recipe)), async (tmp) => {
    await requireRpmTools();
    await progress("packing stand-ins for Fedora's packages", () =>
      execOrThrow("sh", [script, tmp]),
    );
  });
}
