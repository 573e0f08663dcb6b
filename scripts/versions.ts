import { type Manifest, type Read, readJson } from "./readCheckout";

/** Every file that has the package's version, and what it has. */
export function versionsIn(read: Read): [file: string, version: string | undefined][] {
  const json = (path: string) => readJson<{ version?: string }>(read, path).version;
  return [
    ["package-lock.json", json("package-lock.json")],
    ["schema.json", json("schema.json")],
    ["src/version.ts", /^export const version = "(.*)";$/m.exec(read("src/version.ts") ?? "")?.[1]],
    ...pages.flatMap((path) =>
      [...(read(path) ?? "").matchAll(pinned)].map(([, , version]): [string, string] => [
        path,
        version ?? "",
      ]),
    ),
  ];
}

/** Pages in which a program in HCL or YAML names the package with an exact version. */
export const pages = ["docs/_index.md"];
const pinned =
  /(source += "pulumi\/rootless-docker"\n +version = "|^ +rootless-docker: \S+@)([^"\n]*)/gm;

/** A page with this version in these programs. */
export function withVersion(page: string, version: string): string {
  return page.replace(pinned, `$1${version}`);
}

/** Files whose version is not that of package.json. */
export function versionProblems(read: Read): string[] {
  const { version } = readJson<Manifest>(read, "package.json");
  return versionsIn(read)
    .filter(([, other]) => other !== version)
    .map(([file, other]) => `${file} has version ${other}, and package.json has ${version}`);
}

/** The newest section of the changelog is of another version, or says that it will be. */
export function changelogProblems(read: Read): string[] {
  const { version } = readJson<Manifest>(read, "package.json");
  const [, newest = ""] = (read("CHANGELOG.md") ?? "").split(/^## /m);
  const [, dated, planned] =
    /^\[(\d[^\]]*)\]|^\[Unreleased\][^]*?^This will be (\d+\.\d+\.\d+)/m.exec(newest) ?? [];
  const named = dated ?? planned;
  return named === undefined || named === version
    ? []
    : [`CHANGELOG.md has version ${named}, and package.json has ${version}`];
}
