import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { aptSources } from "../hosts/sources";
import { progress } from "../progress";

/** The folder with the programs of the CLI's plugins, docker-buildx and docker-compose, as Debian 13 has them. */
export async function pluginsFolder(): Promise<string> {
  const script = join(__dirname, "plugins.sh");
  const recipe = [readFileSync(script, "utf8"), process.arch];
  return cached(cacheDir("cli-plugins", "trixie", hashOf(recipe)), async (tmp) => {
    const sources = await aptSources("trixie");
    await progress("taking the CLI's plugins from Debian's packages", () =>
      execOrThrow("sh", [script, tmp, ...sources]),
    );
  });
}
