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
import { requireRepositoryTools, requireRpmTools } from "../requirements";
import { fedoraFolder, rpmScript } from "./fedora";

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
  return serve([await repositoryFolder()]);
}

/** The same of rpms, in `fedora`, `rhel` and `centos`; Fedora's own packages are in `os`. */
export async function serveRpms(): Promise<Repository> {
  return serve([await rpmFolder(), await fedoraFolder(), await repositoryFolder()]);
}

/** @param folders what is served; the first one's key signs the packages, the last one has the archives. */
async function serve(folders: string[]): Promise<Repository> {
  const server = createServer(({ url = "/" }, response) => {
    const path = normalize(decodeURIComponent(url));
    const found = folders
      .map((folder) => join(folder, path))
      .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
    if (found !== undefined) createReadStream(found).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done, failed) => {
    server.on("error", failed).listen(0, gateway, done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${gateway}:${port}`,
    key: readFileSync(join(folders[0], "fingerprint"), "utf8").trim(),
    sha256: (name, version) =>
      createHash("sha256")
        .update(
          readFileSync(
            join(folders[folders.length - 1], `static/stable/${machine()}/${name}-${version}.tgz`),
          ),
        )
        .digest("hex"),
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** Both engines' versions, each with the folder of its programs, the newest last. */
async function engineFolders(): Promise<string[]> {
  const folders: string[] = [];
  for (const version of [earlierEngine, currentEngine])
    folders.push(version, await engineFolder(version));
  return folders;
}

async function rpmFolder(): Promise<string> {
  const folders = await engineFolders();
  const script = join(__dirname, "rpms.sh");
  const texts = [script, rpmScript].map((path) => readFileSync(path, "utf8"));
  return cached(cacheDir("rpms", currentEngine, hashOf([texts, folders])), async (tmp) => {
    await requireRpmTools();
    await progress("packing the engines into rpms", () =>
      execOrThrow("sh", [script, tmp, ...folders]),
    );
  });
}

async function repositoryFolder(): Promise<string> {
  await requireRepositoryTools();
  const folders = await engineFolders();
  const script = join(__dirname, "repository.sh");
  const recipe = [readFileSync(script, "utf8"), folders];
  return cached(cacheDir("repository", currentEngine, hashOf(recipe)), async (tmp) => {
    await progress("packing the engines into a repository", () =>
      execOrThrow("sh", [script, tmp, ...folders]),
    );
  });
}
