import { existsSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { cached, cacheDir } from "../cache";
import { contentHash } from "./contentHash";

/** What plugins and language hosts of the named folder are called in words. */
export const officialOrigin = "official, of ROOTLESS_DOCKER_OFFICIAL";

/** The folder of official plugins and language hosts that the environment names, by their usual file names. */
function officialFolder(): string | undefined {
  const { ROOTLESS_DOCKER_OFFICIAL: folder } = process.env;
  if (folder && !existsSync(folder))
    throw new Error(`ROOTLESS_DOCKER_OFFICIAL names '${folder}', and there is no such folder`);
  return folder ? resolve(folder) : undefined;
}

/** The path of an official executable, if the folder is named and has it. */
export function officialPart(name: string): string | undefined {
  const folder = officialFolder();
  const path = folder && join(folder, name);
  return path && existsSync(path) ? path : undefined;
}

/**
 * The names of the official language hosts, and a folder for PATH with nothing else: the engine warns of each
 * plugin that it finds on PATH.
 */
export async function officialLanguages(): Promise<{ names: string[]; dir: string } | undefined> {
  const folder = officialFolder();
  const prefix = "pulumi-language-";
  const files = folder ? readdirSync(folder).filter((name) => name.startsWith(prefix)) : [];
  if (!folder || files.length === 0) return undefined;
  const paths = files.map((name) => join(folder, name));
  const stamps = paths.map((path) => `${path} ${statSync(path).mtimeMs}`);
  const dir = await cached(cacheDir("official-languages", contentHash([], stamps)), async (tmp) => {
    for (const name of files) symlinkSync(join(folder, name), join(tmp, name));
  });
  const names = files
    .map((name) => name.slice(prefix.length))
    .filter((name) => !name.includes("-"));
  return { names, dir };
}
