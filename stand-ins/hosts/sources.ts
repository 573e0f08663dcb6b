import { readFileSync } from "node:fs";
import { execOrThrow } from "./exec";

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * The sources.list lines for a Debian suite, at the archives that this machine itself uses, so that
 * its mirrors and proxies serve the hosts too. Empty when this machine is not Debian: mmdebstrap then
 * takes its own defaults. sid has no updates and no security archive beside it.
 */
export async function aptSources(suite: string): Promise<string[]> {
  const osRelease = readFileSync("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(osRelease)?.[1];
  if (!/^ID=debian$/m.test(osRelease) || codename === undefined) return [];
  // Understands both formats of sources, and downloads nothing.
  const uris = await execOrThrow("apt-get", ["update", "--print-uris"]);
  const lines = [...uris.matchAll(/^'(.+)\/dists\/(\S+)\/InRelease'/gm)]
    .filter(([, , name]) =>
      (suite === "sid"
        ? [codename]
        : [codename, `${codename}-updates`, `${codename}-security`]
      ).includes(name),
    )
    .map(
      ([, archive, name]) =>
        `deb [signed-by=${keyring}] ${archive} ${name.replace(codename, suite)} main`,
    );
  return [...new Set(lines)];
}

/** The machine's apt settings that decide whether it reaches its archives: proxies, validity dates. */
export async function aptOptions(): Promise<string[]> {
  const settings = await execOrThrow("apt-config", ["dump"]);
  return settings
    .split("\n")
    .filter((line) =>
      /^Acquire::(Check-|https?::|Retries).* "[^"]+";$|^Acquire::https?::Proxy/.test(line),
    )
    .filter((line) => !line.startsWith("Acquire::https::User-Agent"));
}
