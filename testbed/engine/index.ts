import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";

/** The version of the current engine that tests use. */
export const currentEngine = "29.8.1";

/**
 * A tar of a current engine's programs, in the folders `docker` and `docker-rootless-extras` as in the vendor's static
 * archives. They are built if the cache does not have them: that takes some 12 minutes of a processor.
 */
export async function engineTar(): Promise<Buffer> {
  const script = join(__dirname, "build.sh");
  const recipe = [readFileSync(script, "utf8"), process.arch];
  const folder = await cached(cacheDir("engine", currentEngine, hashOf(recipe)), async (tmp) => {
    await progress(`building engine ${currentEngine} from its Go modules`, () =>
      execOrThrow("sh", [script, tmp, currentEngine]),
    );
  });
  return execFileSync("tar", ["-c", "-C", folder, "docker", "docker-rootless-extras"], {
    maxBuffer: 1024 ** 3,
  });
}
