import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached } from "./cache";
import { execOrThrow } from "./hosts/exec";
import { progress } from "./progress";
import { requirePip } from "./requirements";

/** The last version of docker-py whose source distribution has the tests. */
const version = "6.1.3";
const sha256 = "aa6d17830045ba5ef0168d5eaa34d37beeb113948c413affe1d5991fc11f9a20";

/** docker-py's source distribution from PyPI, a .tar.gz: its integration tests are in `docker-VERSION/tests`. */
export async function dockerPySource(): Promise<Buffer> {
  const dir = await cached(cacheDir("docker-py", version, sha256.slice(0, 12)), async (tmp) => {
    await requirePip();
    const wanted = ["--no-deps", "--no-binary", "docker", `docker==${version}`];
    await progress("fetching docker-py's tests", () =>
      execOrThrow("python3", ["-m", "pip", "download", "-q", "-d", tmp, ...wanted]),
    );
    const [file] = readdirSync(tmp);
    const found = createHash("sha256")
      .update(readFileSync(join(tmp, file)))
      .digest("hex");
    if (found !== sha256) throw new Error(`${file} has the SHA-256 ${found}, not ${sha256}`);
    renameSync(join(tmp, file), join(tmp, "source.tar.gz"));
  });
  return readFileSync(join(dir, "source.tar.gz"));
}
