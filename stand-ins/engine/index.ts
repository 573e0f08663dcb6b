import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { machine } from "node:os";
import { join, normalize } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { execOrThrow } from "../hosts/exec";
import { gateway } from "../hosts/place";
import { progress } from "../progress";
import { requireRepositoryTools, requireRpmTools } from "../requirements";
import { imageOf } from "../hosts/image";
import { repositoryOf } from "../systems/standIns";
import { isSystem, type System, systems } from "../systems/systems";
import { distributionFolder, type Distribution, rpmScript } from "./distributions";
import { pluginsFolder } from "./plugins";
import { currentEngine, engineFolders } from "./programs";

export {
  currentEngine,
  earlierEngine,
  engineTar,
  newestRootlesskit,
  rootlesskit,
} from "./programs";
export type { Distribution } from "./distributions";
export type { System } from "../systems/systems";

/** One in the archives alone, whose daemon does not start. */
export const brokenEngine = "0.0.1";

/** A repository as Docker's own is, for hosts. */
export interface Repository {
  /** The folder that has `debian/dists`, `ubuntu/dists` and `static/stable`. */
  url: string;
  /** The public key that signs it. */
  key: string;
  /** The SHA-256 of an archive. */
  sha256: (name: "docker" | "docker-rootless-extras", version: string) => string;
  close: () => Promise<void>;
}

/** Serves packages of both engines to the hosts, signed with a key of its own. A host is there already, and so its network. */
export async function serveRepository(): Promise<Repository> {
  return serve([await repositoryFolder()]);
}

/**
 * The same for hosts that stand for another distribution, whose own packages are in `os`. For Fedora the engines' packages
 * are rpms, in `fedora`, `rhel` and `centos`; there are none for others.
 */
export async function serveFor(stand: Distribution | System): Promise<Repository> {
  const folder = isSystem(stand)
    ? await repositoryOf(stand, await imageOf(systems[stand].suite, [], stand))
    : await distributionFolder(stand);
  const vendors = managerOf(stand) === "dnf" ? [await rpmFolder()] : [];
  return serve([...vendors, folder, await repositoryFolder()]);
}

/** The package manager of a system, or of what stands for a distribution. */
export function managerOf(stand: Distribution | System): "dnf" | "zypper" | "pacman" {
  if (isSystem(stand)) return systems[stand].manager;
  return ({ fedora: "dnf", opensuse: "zypper", arch: "pacman" } as const)[stand];
}

/** @param folders what is served; the first one that has a fingerprint signs the packages, the last one has the archives. */
export async function serve(folders: string[]): Promise<Repository> {
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
  const [key] = folders
    .flatMap((folder) => ["debian", "fedora"].map((name) => join(folder, name, "gpg")))
    .filter(existsSync);
  return {
    url: `http://${gateway}:${port}`,
    key: key === undefined ? "" : readFileSync(key, "utf8"),
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

async function rpmFolder(): Promise<string> {
  const folders = [await pluginsFolder(), ...(await engineFolders())];
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
  const folders = [await pluginsFolder(), ...(await engineFolders())];
  const script = join(__dirname, "repository.sh");
  const recipe = [readFileSync(script, "utf8"), folders];
  return cached(cacheDir("repository", currentEngine, hashOf(recipe)), async (tmp) => {
    await progress("packing the engines into a repository", () =>
      execOrThrow("sh", [script, tmp, ...folders]),
    );
  });
}
