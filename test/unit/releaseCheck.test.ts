import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { writePluginArchives } from "../../scripts/pluginArchives";
import { type Read, readCheckout } from "../../scripts/readCheckout";
import { changelogProblems } from "../../scripts/versions";
import {
  packProblems,
  releaseTasks,
  sbomProblems,
  workflowProblems,
} from "../../scripts/releaseCheck";

const workflowFile = ".github/workflows/release.yml";
const workflow = readCheckout(workflowFile) ?? "";

test("nothing is wrong in the workflow that publishes", () => {
  expect(workflowProblems(workflow)).toEqual([]);
});

test.each<[rule: string, from: string | RegExp, to: string, problem: string]>([
  ["publishes", "npm publish", "npm pack", "no job publishes"],
  ["says where it was built", " --provenance", "", "npm publish lacks --provenance"],
  ["may sign", "id-token: write", "id-token: none", "the job that publishes lacks id-token: write"],
  [
    "may attest",
    "attestations: write",
    "attestations: read",
    "the job that publishes lacks attestations: write",
  ],
  [
    "attests the plugin",
    "actions/attest@",
    "actions/cache@",
    "it publishes before it attests the plugin's archives",
  ],
  [
    "attests the plugin's archives, and no other file",
    "/plugin/*.tar.gz\n",
    "/sdk/*.tar.gz\n",
    "it publishes before it attests the plugin's archives",
  ],
  [
    "attests first",
    /( +- uses: actions\/attest@[^]*?)( +- run: npm publish .*\n)/,
    "$2$1",
    "it publishes before it attests the plugin's archives",
  ],
  [
    "lets one job sign",
    "permissions:\n  contents: read",
    "permissions:\n  contents: read\n  id-token: write",
    "every job may sign: id-token belongs to one of them",
  ],
  ["waits for all tests", "[test, all]", "[test]", "it publishes without all tests"],
  [
    "checks first",
    "release:check -- --strict",
    "release:check --",
    "it publishes without release:check --strict",
  ],
  [
    "makes archives first",
    "npx tsx scripts/pluginArchives.ts",
    "true",
    "it publishes before the plugin's archives exist",
  ],
  ["makes a release", "gh release create", "true", "no release follows npm publish"],
  ["adds the SBOM", ' "$RUNNER_TEMP"/*.spdx.json', "", "the release lacks /*.spdx.json"],
  ["adds the plugin", ' "$RUNNER_TEMP"/plugin/*.tar.gz', "", "the release lacks /plugin/*.tar.gz"],
])("the workflow %s", (_rule, from, to, problem) => {
  const edited = workflow.replace(from, to);
  expect(edited).not.toBe(workflow);
  expect(workflowProblems(edited)).toContain(`${workflowFile}: ${problem}`);
});

const packed = [
  ...["package.json", "README.md", "LICENSE", "CHANGELOG.md", "PulumiPlugin.yaml", "plugin.js"],
  ...["bin/index.js", "bin/index.d.ts", "bin/schema.json"],
  "bin/src/plugin/provider.js",
];

test("npm publishes the built package, and nothing of the checkout", () => {
  expect(packProblems(packed)).toEqual([]);
  expect(packProblems(packed.filter((file) => file !== "plugin.js"))).toEqual([
    "npm would not publish plugin.js",
  ]);
  expect(packProblems([...packed, "src/args.ts", "test/x.json"])).toEqual([
    "npm would publish src/args.ts",
    "npm would publish test/x.json",
  ]);
});

test("the SBOM is of this version, and has every dependency", () => {
  const manifest = {
    ...{ name: "a", version: "1.0.0", author: "", repository: { url: "" } },
    dependencies: { ssh2: "^1.0.0" },
  };
  const part = (name: string) => ({ name, versionInfo: "1.0.0" });
  const sbom = { name: "a@1.0.0", spdxVersion: "SPDX-2.3", packages: [part("a"), part("ssh2")] };
  expect(sbomProblems(sbom, manifest)).toEqual([]);
  expect(sbomProblems({ ...sbom, name: "a@0.9.0" }, manifest)).toEqual([
    "the SBOM is of a@0.9.0, not of a@1.0.0",
  ]);
  expect(sbomProblems({ ...sbom, packages: [part("a")] }, manifest)).toEqual([
    "the SBOM lacks ssh2",
  ]);
});

const withChangelog =
  (changelog: string): Read =>
  (file) =>
    file === "CHANGELOG.md" ? changelog : readCheckout(file);

test("the changelog is of this version, and gets a date", () => {
  expect(changelogProblems(readCheckout)).toEqual([]);
  const planned = "## [Unreleased]\n\nThis will be 9.8.7, the next.\n";
  expect(changelogProblems(withChangelog(planned))).toEqual([
    `CHANGELOG.md has version 9.8.7, and package.json has ${version}`,
  ]);
  expect(changelogProblems(withChangelog("## [0.0.1] - 2026-01-31\n"))).toHaveLength(1);
  expect(changelogProblems(withChangelog("## [Unreleased]\n\n- more\n"))).toEqual([]);
  const undated = `CHANGELOG.md has nothing under '## [${version}] - DATE'`;
  expect(releaseTasks(withChangelog(`## [${version}]\n\n- more\n`))).toContain(undated);
  expect(releaseTasks(withChangelog(`## [${version}] - 2026-12-31\n\n- more\n`))).not.toContain(
    undated,
  );
});

test("an address that a publisher has not filled in is still to do", () => {
  const tasksWith = (security: string) =>
    releaseTasks((file) =>
      file === "publisher.json" ? JSON.stringify({ security }) : readCheckout(file),
    );
  const task = "publisher.json: security is x@git.example, which does not exist";
  expect(tasksWith("x@git.example")).toContain(task);
  expect(tasksWith("security@a.org").filter((one) => one.includes("publisher"))).toEqual([]);
});

test.each([
  ...["README.md", "docs/tutorial.md", "docs/compare.md"],
  ...["docs/how-to/languages.md", "docs/how-to/ci.md"],
  ...["examples/github-actions/preview.yml", "examples/docker-provider/package.json"],
])("%s has to know that the package is published", (path) => {
  const task = `${path} says that the package is not published, or installs it from a file`;
  const tasksWith = (text: string) =>
    releaseTasks((file) => (file === path ? text : readCheckout(file)));
  expect(tasksWith("It is not published yet.")).toContain(task);
  expect(tasksWith("The package is not published, so copy it.")).toContain(task);
  expect(tasksWith('"rootless-docker": "file:vendor/rootless-docker-0.2.0.tgz"')).toContain(task);
  expect(tasksWith("npm install rootless-docker")).not.toContain(task);
});

describe("the plugin's archives", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "rootless-docker-archives-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test("one for each system, flat, and without the tools of a checkout", () => {
    const manifest = { name: "rootless-docker", version: "1.2.3", dependencies: { ssh2: "1" } };
    const tools = { devDependencies: { jest: "1" }, scripts: { prepack: "x" } };
    mkdirSync(join(folder, "package/bin"), { recursive: true });
    writeFileSync(join(folder, "package/package.json"), JSON.stringify({ ...manifest, ...tools }));
    writeFileSync(join(folder, "package/PulumiPlugin.yaml"), "runtime: nodejs\n");
    writeFileSync(join(folder, "package/bin/index.js"), "");
    const schema = { name: "rootless-docker", repository: "https://github.com/a/b" };
    writeFileSync(join(folder, "package/bin/schema.json"), JSON.stringify(schema));
    execFileSync("tar", ["-czf", join(folder, "a.tgz"), "-C", folder, "package"]);

    const out = join(folder, "out");
    const archives = writePluginArchives(join(folder, "a.tgz"), out);
    expect(archives).toEqual(
      ["linux", "darwin", "windows"].flatMap((system) =>
        ["amd64", "arm64"].map(
          (machine) => `pulumi-resource-rootless-docker-v1.2.3-${system}-${machine}.tar.gz`,
        ),
      ),
    );
    const unpacked = join(folder, "unpacked");
    mkdirSync(unpacked);
    for (const archive of archives)
      execFileSync("tar", ["-xzf", join(out, archive), "-C", unpacked]);
    expect(JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"))).toEqual(manifest);
    expect(readFileSync(join(unpacked, "PulumiPlugin.yaml"), "utf8")).toBe("runtime: nodejs\n");
    expect(readFileSync(join(unpacked, "bin/index.js"), "utf8")).toBe("");
    // What programs of other languages get their SDKs from. The package on npm has no address in it.
    expect(JSON.parse(readFileSync(join(unpacked, "bin/schema.json"), "utf8"))).toEqual({
      ...schema,
      pluginDownloadURL: "github://api.github.com/a/b",
    });
    execFileSync("tar", ["-xzf", join(folder, "a.tgz"), "-C", folder]);
    expect(JSON.parse(readFileSync(join(folder, "package/bin/schema.json"), "utf8"))).toEqual(
      schema,
    );
  });
});
