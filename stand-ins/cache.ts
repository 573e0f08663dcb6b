import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { withLock } from "./hosts/lock";

/**
 * The folder for one cached thing: `<name>-<version>` (and `-<contentHash>`) under
 * `$XDG_CACHE_HOME/rootless-docker`; XDG_CACHE_HOME defaults to `~/.cache`. Creates nothing.
 */
export function cacheDir(name: string, version: string, contentHash?: string): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const parts = contentHash === undefined ? [name, version] : [name, version, contentHash];
  return join(base, "rootless-docker", parts.join("-"));
}

/** Twelve hexadecimal digits that stand for a value that JSON can hold: a `contentHash`. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}

/**
 * Makes sure that `dir` exists, and returns it. When it doesn't, `build` fills a temporary folder
 * beside it, which is then renamed: `dir` is there complete or not at all. Two processes at once
 * build it once. What `build` throws is thrown on, and nothing stays behind.
 */
export async function cached(dir: string, build: (tmp: string) => Promise<void>): Promise<string> {
  if (existsSync(dir)) return dir;
  const parent = dirname(dir);
  mkdirSync(parent, { recursive: true });
  await withLock(join(parent, `.${basename(dir)}.lock`), async () => {
    if (existsSync(dir)) return;
    const prefix = `.${basename(dir)}.building-`;
    // We hold the lock, so these belong to builders that died.
    for (const entry of readdirSync(parent).filter((name) => name.startsWith(prefix)))
      rmSync(join(parent, entry), { recursive: true, force: true });
    const tmp = mkdtempSync(join(parent, prefix));
    try {
      await build(tmp);
      renameSync(tmp, dir);
    } finally {
      rmSync(tmp, { recursive: true, force: true });
    }
  });
  return dir;
}
