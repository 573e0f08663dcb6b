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
