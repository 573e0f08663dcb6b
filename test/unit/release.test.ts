import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { version as known } from "../../src/version";
import { notesOf, type Release, releaseProblems } from "../../scripts/release";

const changelog = `# Changelog

## [Unreleased]

- later

## [1.2.0] - 2026-01-31

### Added

- something

## [1.1.0]

- no date
`;
const right: Release = {
  tag: "v1.2.0",
  manifest: { version: "1.2.0", repository: { url: "git+https://a.example/b/c.git" } },
  changelog,
  repository: "https://a.example/b/c",
};

test("notes are the section of the version, if it has a date", () => {
  expect(notesOf(changelog, "1.2.0")).toBe("### Added\n\n- something");
  expect(notesOf(changelog, "1.1.0")).toBe("");
  expect(notesOf(changelog, "1.3.0")).toBe("");
});

test.each<[string, Partial<Release>, string[]]>([
  ["all is right", {}, []],
  ["another tag", { tag: "v1.2.1" }, ["tag v1.2.1 is not v1.2.0, as package.json has it"]],
  [
    "another repository",
    { repository: "https://a.example/fork/c" },
    [
      "repository in package.json is https://a.example/b/c, but this is https://a.example/fork/c: " +
        "npm refuses that",
    ],
  ],
  [
    "no notes",
    { changelog: "## [1.2.0]\n" },
    ["CHANGELOG.md has nothing under '## [1.2.0] - DATE'"],
  ],
])("%s", (_name, change, problems) => {
  expect(releaseProblems({ ...right, ...change })).toEqual(problems);
});

test("the changelog begins with what is not released", () => {
  const own = readFileSync(join(__dirname, "../../CHANGELOG.md"), "utf8");
  const headings = [...own.matchAll(/^## \[(.*?)\]/gm)].map(([, name]) => name);
  expect(headings[0]).toBe("Unreleased");
});

test("the program knows its version", () => {
  expect(known).toBe(version);
});
