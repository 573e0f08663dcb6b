import { readFileSync } from "node:fs";
import { join } from "node:path";
import { webAddress } from "../src/plugin/correctSchema";

/** What a release needs to know of package.json. */
export interface ReleaseManifest {
  version: string;
  repository: { url: string };
}

/** What a release starts from. */
export interface Release {
  /** Such as `v0.2.0`. */
  tag: string;
  manifest: ReleaseManifest;
  changelog: string;
  /** Where the tag is: the address of a web page. */
  repository: string;
}

/** What stands in the way of a release, a line each. Pure. */
export function releaseProblems({ tag, manifest, changelog, repository }: Release): string[] {
  const { version } = manifest;
  const notes = notesOf(changelog, version);
  const address = webAddress(manifest.repository);
  return [
    ...(tag === `v${version}` ? [] : [`tag ${tag} is not v${version}, as package.json has it`]),
    ...(address === repository
      ? []
      : [`repository in package.json is ${address}, but this is ${repository}: npm refuses that`]),
    ...(notes ? [] : [`CHANGELOG.md has nothing under '## [${version}] - DATE'`]),
  ];
}

/** The section of a version that has a date, without its heading. */
export function notesOf(changelog: string, version: string): string {
  const heading = new RegExp(
    `^## \\[${version.replaceAll(".", "\\.")}\\] - \\d{4}-\\d\\d-\\d\\d$`,
    "m",
  );
  const [, after = ""] = changelog.split(heading);
  return (after.split(/^## /m)[0] ?? "").trim();
}

/** `tsx scripts/release.ts TAG REPOSITORY`: prints the notes, or what stands in the way. */
function main([tag = "", repository = ""]: string[]): void {
  const read = (name: string) => readFileSync(join(__dirname, "..", name), "utf8");
  const manifest = JSON.parse(read("package.json")) as ReleaseManifest;
  const changelog = read("CHANGELOG.md");
  const problems = releaseProblems({ tag, manifest, changelog, repository });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  console.log(notesOf(changelog, manifest.version));
}

if (require.main === module) main(process.argv.slice(2));
