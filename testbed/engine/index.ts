import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";

/** The version of the current engine that tests use. */
export const currentEngine = "29.8.1";

/**
 * The folder of a current engine's programs, built if the cache does not have them: `docker` and
 * `docker-rootless-extras`, as in the vendor's static archives. A cold build takes some 12 minutes of a processor.
 */
export async function engineDir(): Promise<string> {
  const script = join(__dirname, "build.sh");
  const hash = createHash("sha256").update(readFileSync(script)).digest("hex").slice(0, 12);
  return cached(cacheDir("engine", currentEngine, hash), (tmp) =>
    progress(`building engine ${currentEngine} from its Go modules`, () =>
      execOrThrow("sh", [script, tmp, currentEngine]),
    ).then(() => undefined),
  );
}
