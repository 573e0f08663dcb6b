import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { progress } from "../progress";
import { execOrThrow } from "./exec";
import { scriptPath } from "./place";
import { aptOptions, aptSources } from "./sources";

/** What makes a minimal Debian a machine that one can log in to. Nothing of Docker. */
const basePackages = [
  ...["systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "iproute2"],
  ...["iptables", "procps", "kmod", "ca-certificates"],
];

/** What hosts will likely install: kept beside the image, so that it is downloaded once. */
const archivedPackages = [
  ...["docker.io", "docker-cli", "rootlesskit", "uidmap", "slirp4netns", "fuse-overlayfs"],
  ...["passt", "dbus-user-session", "libcap2-bin", "acl", "apparmor"],
];

/** Bump when the way images are built changes and no script or list does. */
const recipeVersion = 1;

/**
 * The folder of a suite's image, built if it is not in the cache: `tree.tar`, the root filesystem, and
 * `archives/`, packages that apt on a host will find downloaded already.
 *
 * @param packages more packages for the image. Defaults to none.
 */
export async function imageOf(suite: string, packages: readonly string[] = []): Promise<string> {
  const include = [...basePackages, ...[...packages].sort()];
  const sources = await aptSources(suite);
  const options = await aptOptions();
  const scripts = ["image.sh", "archives.sh"].map((name) => readFileSync(scriptPath(name), "utf8"));
  const recipe = [recipeVersion, include, archivedPackages, sources, options, scripts];

  return cached(cacheDir("image", suite, hashOf(recipe)), (tmp) =>
    progress(`building the ${suite} image`, async () => {
      mkdirSync(join(tmp, "archives"));
      await execOrThrow("mmdebstrap", [
        ...["--mode=root", "--variant=minbase", "--format=tar", "--quiet"],
        ...options.map((option) => `--aptopt=${option.replace(/;$/, "")}`),
        `--include=${include.join(",")}`,
        `--customize-hook=${hook("image.sh")} "$1"`,
        `--customize-hook=${hook("archives.sh")} ${quote(join(tmp, "archives"))} ${archivedPackages.join(" ")}`,
        suite,
        join(tmp, "tree.tar"),
        ...sources,
      ]);
    }),
  );
}

const hook = (script: string) => `sh ${quote(scriptPath(script))}`;

/** One word for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
