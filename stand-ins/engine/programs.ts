import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { progress } from "../progress";

/** The version of the current engine that tests use. */
export const currentEngine = "29.8.1";
/** One before it, of the same source: only what it says of itself differs. */
export const earlierEngine = "29.8.0";

/**
 * A tar of an engine's programs, in the folders `docker` and `docker-rootless-extras` as in the vendor's static
 * archives. They are built if the cache does not have them: that takes some 12 minutes of a processor.
 */
export async function engineTar(version = currentEngine): Promise<Buffer> {
  const folder = await engineFolder(version);
  return execFileSync("tar", ["-c", "-C", folder, "docker", "docker-rootless-extras"], {
    maxBuffer: 1024 ** 3,
  });
}

/** RootlessKit's newest release, which is newer than the one that the current engine was released with. */
export const newestRootlesskit = "3.3.0";

/** The program rootlesskit of a version, built if the cache does not have it: less than a minute of a processor. */
export async function rootlesskit(version: string): Promise<Buffer> {
  const recipe = ["CGO_ENABLED=0", process.arch];
  const folder = await cached(cacheDir("rootlesskit", version, hashOf(recipe)), async (tmp) => {
    const module = `github.com/rootless-containers/rootlesskit/v3/cmd/rootlesskit@v${version}`;
    await progress(`building rootlesskit ${version} from its Go module`, () =>
      execOrThrow("go", ["install", module], {
        env: { CGO_ENABLED: "0", GOBIN: tmp, GOTOOLCHAIN: "local" },
      }),
    );
  });
  return readFileSync(join(folder, "rootlesskit"));
}

const buildScript = join(__dirname, "build.sh");

async function engineFolder(version: string): Promise<string> {
  const recipe = [readFileSync(buildScript, "utf8"), process.arch];
  return cached(cacheDir("engine", version, hashOf(recipe)), async (tmp) => {
    await progress(`building engine ${version} from its Go modules`, () =>
      execOrThrow("sh", [buildScript, tmp, version]),
    );
  });
}

/** Both engines' versions, each with the folder of its programs, the newest last. */
export async function engineFolders(): Promise<string[]> {
  const folders: string[] = [];
  for (const version of [earlierEngine, currentEngine])
    folders.push(version, await engineFolder(version));
  return folders;
}
