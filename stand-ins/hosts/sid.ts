import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { cacheDir, hashOf } from "../cache";
import { progress } from "../progress";
import { packagesOfSuite } from "../systems/systems";
import { execOrThrow } from "./exec";
import { basePackages, bootstrap, quote } from "./bootstrap";
import { withLock } from "./lock";
import { scriptPath } from "./place";
import { aptOptions, aptSources } from "./sources";

/**
 * Debian sid moves every day, and tests must not. So the packages of one day are kept, in a folder that is named for their
 * versions, and images are made from it. It has the file `versions`. `refreshSid` takes those of today.
 */
export async function keptSid(): Promise<string> {
  const current = currentLink();
  return existsSync(current) ? followed(current) : refreshSid({ onlyIfMissing: true });
}

/** Takes today's packages, and has later images made from them. Returns their folder. */
export async function refreshSid({ onlyIfMissing = false } = {}): Promise<string> {
  const current = currentLink();
  mkdirSync(dirname(current), { recursive: true });
  await withLock(`${current}.lock`, async () => {
    if (onlyIfMissing && existsSync(current)) return;
    const folder = await progress("taking the packages of Debian sid of today", download);
    const link = `${current}.new`;
    rmSync(link, { force: true });
    symlinkSync(basename(folder), link);
    renameSync(link, current);
  });
  return followed(current);
}

/** The sources.list line that makes images from the kept packages. */
export async function sidSources(): Promise<string[]> {
  return [`deb [trusted=yes] copy:${await keptSid()} ./`];
}

/** What leads to the folder. Other packages for the systems are another one. */
function currentLink(): string {
  return cacheDir("sid", "current", hashOf([basePackages, packagesOfSuite("sid")]));
}

const followed = (link: string) => join(dirname(link), readlinkSync(link));

async function download(): Promise<string> {
  const parent = dirname(currentLink());
  const tmp = mkdtempSync(join(parent, ".sid.building-"));
  try {
    const debs = join(tmp, "debs");
    mkdirSync(debs);
    await bootstrap("sid", {
      format: "null",
      target: "-",
      include: [...basePackages, ...packagesOfSuite("sid")],
      skip: ["download/empty", "essential/unlink"],
      customize: [`cp "$1"/var/cache/apt/archives/*.deb ${quote(debs)}`],
      sources: await aptSources("sid"),
      options: await aptOptions(),
    });
    await execOrThrow("sh", [scriptPath("pool.sh"), tmp, "sid"]);
    const folder = cacheDir("sid", hashOf(readFileSync(join(tmp, "versions"), "utf8")));
    if (!existsSync(folder)) renameSync(tmp, folder);
    return folder;
  } finally {
    rmSync(tmp, { recursive: true, force: true });
  }
}
