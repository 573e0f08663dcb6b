import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { machine } from "node:os";
import { join, normalize } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { gateway } from "../hosts/place";
import { progress } from "../progress";
import { requireRepositoryTools } from "../requirements";

/** The version of the current engine that tests use. */
export const currentEngine = "29.8.1";
/** One before it, of the same source: only what it says of itself differs. */
export const earlierEngine = "29.8.0";

/**
 * A tar of a current engine's programs, in the folders `docker` and `docker-rootless-extras` as in the vendor's static
 * archives. They are built if the cache does not have them: that takes some 12 minutes of a processor.
 */
export async function engineTar(): Promise<Buffer> {
  const folder = await engineFolder(currentEngine);
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

/** One in the archives alone, whose daemon does not start. */
export const brokenEngine = "0.0.1";

/** A repository as Docker's own is, for hosts. */
export interface Repository {
  /** The folder that has `debian/dists`, `ubuntu/dists` and `static/stable`. */
  url: string;
  /** The fingerprint of the key that signs it. */
  key: string;
  /** The SHA-256 of an archive. */
  sha256: (name: "docker" | "docker-rootless-extras", version: string) => string;
  close: () => Promise<void>;
}

/** Serves packages of both engines to the hosts, signed with a key of its own. A host is there already, and so its network. */
export async function serveRepository(): Promise<Repository> {
  const folder = await repositoryFolder();
  const server = createServer(({ url = "/" }, response) => {
    const path = join(folder, normalize(decodeURIComponent(url)));
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile()) createReadStream(path).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done, failed) => {
    server.on("error", failed).listen(0, gateway, done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${gateway}:${port}`,
    key: readFileSync(join(folder, "fingerprint"), "utf8").trim(),
    sha256: (name, version) =>
      createHash("sha256")
        .update(readFileSync(join(folder, `static/stable/${machine()}/${name}-${version}.tgz`)))
        .digest("hex"),
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

async function repositoryFolder(): Promise<string> {
  await requireRepositoryTools();
  const versions = [earlierEngine, currentEngine];
  const folders: string[] = [];
  for (const version of versions) folders.push(version, await engineFolder(version));
  const script = join(__dirname, "repository.sh");
  const recipe = [readFileSync(script, "utf8"), folders];
  return cached(cacheDir("repository", currentEngine, hashOf(recipe)), async (tmp) => {
    await progress("packing the engines into a repository", () =>
      execOrThrow("sh", [script, tmp, ...folders]),
    );
  });
}
