import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { distributionFolder, type Distribution } from "../engine/distributions";
import { progress } from "../progress";
import { basePackagesOf } from "../systems/standIns";
import {
  includedPackages,
  isSystem,
  systemFile,
  systems,
  tableOf,
  type System,
} from "../systems/systems";
import { basePackages, bootstrap, quote } from "./bootstrap";
import { scriptPath } from "./place";
import { sidSources } from "./sid";
import { aptOptions, aptSources } from "./sources";

/** What hosts will likely install: kept beside the image, so that it is downloaded once. */
export const archivedPackages = [
  ...["docker.io", "docker-cli", "rootlesskit", "uidmap", "slirp4netns", "fuse-overlayfs"],
  ...["passt", "dbus-user-session", "libcap2-bin", "acl", "apparmor"],
];

/** What this package installs itself, to be there before. */
const enginePackages = [
  ...["docker.io", "docker-cli", "rootlesskit", "slirp4netns", "uidmap", "dbus-user-session"],
];

/** As somebody leaves it who wants the programs, and no daemon of root's. */
const maskEngine =
  'systemctl --quiet --root="$1" mask docker.service docker.socket containerd.service';

/** What stands for another distribution has from Debian: programs that the distribution's packages would bring. */
const distributionPackages = [
  ...[
    "curl",
    "uidmap",
    "slirp4netns",
    "dbus-user-session",
    "libcap2-bin",
    "util-linux",
    "xz-utils",
  ],
];

/** And its package manager. */
const packageManagers: Record<Distribution, string[]> = {
  fedora: ["dnf", "rpm"],
  opensuse: ["zypper", "rpm", "fuse-overlayfs", "catatonit"],
  arch: ["pacman-package-manager", "gnupg", "zstd"],
};

/** What else an image has than a minimal Debian. */
export type Extra = "engine" | Distribution | System;

/** Bump when the way images are built changes and no script or list does. */
const recipeVersion = 1;

/**
 * The folder of a suite's image, built if it is not in the cache: `tree.tar`, the root filesystem, and
 * `archives/`, packages that apt on a host will find downloaded already. A system has no archives, but `versions`, those
 * of Debian's packages, and `programs/`, what was taken out for the packages of its repository.
 *
 * @param packages more packages for the image. Defaults to none.
 * @param extra "engine": the engine's packages too, with root's daemon masked. A distribution: its package manager
 * in place of apt, and its os-release. A system: as its vendor's image is, from the suite that is the system's. Defaults
 * to none of them.
 */
export async function imageOf(
  suite: string,
  packages: readonly string[] = [],
  extra?: Extra,
): Promise<string> {
  if (isSystem(extra)) return systemImage(extra, packages);
  const { include: more, customize } = await furnishings(extra);
  const include = [...basePackages, ...more, ...[...packages].sort()];
  const sources = await aptSources(suite);
  const options = await aptOptions();
  const scripts = ["image.sh", "archives.sh"].map((name) => readFileSync(scriptPath(name), "utf8"));
  const recipe = [
    recipeVersion,
    include,
    archivedPackages,
    sources,
    options,
    scripts,
    ...customize,
  ];

  return cached(cacheDir("image", suite, hashOf(recipe)), (tmp) =>
    progress(`building the ${suite} image`, async () => {
      mkdirSync(join(tmp, "archives"));
      const archives = isDistribution(extra) ? [] : [archivesHook(join(tmp, "archives"))];
      await bootstrap(suite, {
        format: "tar",
        target: join(tmp, "tree.tar"),
        include,
        customize: [`${hook("image.sh")} "$1"`, ...archives, ...customize],
        sources,
        options,
      });
    }),
  );
}

/** The image of a system. */
async function systemImage(system: System, packages: readonly string[]): Promise<string> {
  const { suite } = systems[system];
  const sources = suite === "sid" ? await sidSources() : await aptSources(suite);
  const options = await aptOptions();
  const base = await basePackagesOf(system);
  const include = [...basePackages, ...includedPackages(system), ...[...packages].sort()];
  const table = tableOf(system);
  const scripts = [scriptPath("image.sh"), systemFile("system.sh"), systemFile("table.sh"), table];
  const texts = scripts.map((path) => readFileSync(path, "utf8"));
  const recipe = [recipeVersion, include, sources, options, base, texts];
  return cached(cacheDir("image", system, hashOf(recipe)), (tmp) =>
    progress(`building the image of ${system}`, async () => {
      mkdirSync(join(tmp, "programs"));
      const make = [systemFile("system.sh"), system, table, base, tmp].map(quote).join(" ");
      await bootstrap(suite, {
        format: "tar",
        target: join(tmp, "tree.tar"),
        include,
        customize: [`${hook("image.sh")} "$1"`, `sh ${make} "$1"`],
        sources,
        options,
      });
    }),
  );
}

async function furnishings(extra: Exclude<Extra, System> | undefined) {
  if (extra === "engine") return { include: enginePackages, customize: [maskEngine] };
  if (!isDistribution(extra)) return { include: [], customize: [] };
  const script = readFileSync(scriptPath("distribution.sh"), "utf8");
  const folder = await distributionFolder(extra);
  // The script's text, so that another one is another image.
  return {
    include: [...distributionPackages, ...packageManagers[extra]],
    customize: [`sh -c ${quote(script)} distribution.sh ${extra} ${quote(folder)} "$1"`],
  };
}

function isDistribution(extra: Exclude<Extra, System> | undefined): extra is Distribution {
  return extra !== undefined && extra !== "engine";
}

export const hook = (script: string) => `sh ${quote(scriptPath(script))}`;

/** Downloads into a folder what hosts will likely install. */
export const archivesHook = (folder: string) =>
  `${hook("archives.sh")} ${quote(folder)} ${archivedPackages.join(" ")}`;
