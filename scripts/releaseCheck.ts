import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Manifest, type Publisher, type Read, readCheckout, readJson } from "./readCheckout";
import { notesOf } from "./release";
import { changelogProblems, versionProblems } from "./versions";

// What can be tried of a release without a registry: `npm run release:check`. docs/releasing.md says when.

const root = join(__dirname, "..");
const workflowFile = ".github/workflows/release.yml";

/** What still has to be done before a release, and nobody but a maintainer can do; a line each. */
export function releaseTasks(read: Read): string[] {
  const { version } = readJson<Manifest>(read, "package.json");
  const notes = notesOf(read("CHANGELOG.md") ?? "", version);
  return [
    ...publisherTasks(read),
    ...(notes ? [] : [`CHANGELOG.md has nothing under '## [${version}] - DATE'`]),
    ...beforePublication
      .filter((path) => /not published|published yet|file:vendor\//.test(read(path) ?? ""))
      .map((path) => `${path} says that the package is not published, or installs it from a file`),
  ];
}

/** Addresses that are still invented, a line each. Only a publisher has the real ones. */
function publisherTasks(read: Read): string[] {
  return Object.entries(readJson<Publisher>(read, "publisher.json"))
    .filter(([, value]) => /\.example(\/|$)/.test(value as string))
    .map(([key, value]) => `publisher.json: ${key} is ${value}, which does not exist`);
}

/** Pages that tell readers to build the package from a clone, as long as no registry has it. */
const beforePublication = [
  ...["README.md", "docs/tutorial.md", "docs/compare.md"],
  ...["docs/how-to/languages.md", "docs/how-to/ci.md"],
  ...["docs/_index.md", "docs/installation-configuration.md"],
  ...["examples/github-actions/preview.yml", "examples/github-actions/drift.yml"],
  ...["examples/gitlab-ci/preview.yml", "examples/docker-provider/package.json"],
];

interface Step {
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
}
interface Job {
  needs?: string | string[];
  permissions?: Record<string, string>;
  steps?: Step[];
}
interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

/** What is wrong in the workflow that publishes, a line each. */
export function workflowProblems(text: string): string[] {
  const { permissions = {}, jobs } = parse(text) as Workflow;
  const job = Object.values(jobs).find(({ steps = [] }) => commandAt(steps, "npm publish") >= 0);
  if (!job) return [`${workflowFile}: no job publishes`];
  const { steps = [], needs = [] } = job;
  const at = (command: string) => commandAt(steps, command);
  const publish = steps[at("npm publish")]?.run ?? "";
  const before = (command: string) => at(command) >= 0 && at(command) < at("npm publish");
  const rules: [right: boolean, problem: string][] = [
    [/ --provenance\b/.test(publish), "npm publish lacks --provenance"],
    [job.permissions?.["id-token"] === "write", "the job that publishes lacks id-token: write"],
    [job.permissions?.attestations === "write", "the job that publishes lacks attestations: write"],
    [
      steps.slice(at("npx tsx scripts/pluginArchives.ts"), at("npm publish")).some(attestsPlugin),
      "it publishes before it attests the plugin's archives",
    ],
    [permissions["id-token"] === undefined, "every job may sign: id-token belongs to one of them"],
    [["test", "all"].every((one) => needs.includes(one)), "it publishes without all tests"],
    [before("npm run release:check -- --strict"), "it publishes without release:check --strict"],
    [
      before("npx tsx scripts/pluginArchives.ts"),
      "it publishes before the plugin's archives exist",
    ],
    [at("gh release create") > at("npm publish"), "no release follows npm publish"],
  ];
  const assets = steps[at("gh release create")]?.run ?? "";
  const lost = ["/*.tgz", "/*.spdx.json", "/plugin/*.tar.gz", "/sdk/*.tar.gz"].filter(
    (files) => !assets.includes(files),
  );
  return [
    ...rules.filter(([right]) => !right).map(([, problem]) => problem),
    ...lost.map((files) => `the release lacks ${files}`),
  ].map((problem) => `${workflowFile}: ${problem}`);
}

/** Programs of other languages run these archives, and npm's provenance is not theirs. */
const attestsPlugin = ({ uses, with: inputs }: Step) =>
  uses?.startsWith("actions/attest@") &&
  inputs?.["subject-path"] === "${{ runner.temp }}/plugin/*.tar.gz";

const commandAt = (steps: Step[], command: string) =>
  steps.findIndex(({ run }) => run?.startsWith(command));

/** What is wrong with the list of files that npm would publish, a line each. */
export function packProblems(files: string[]): string[] {
  const needed = [
    ...["package.json", "README.md", "LICENSE", "CHANGELOG.md", "PulumiPlugin.yaml", "plugin.js"],
    ...["bin/index.js", "bin/index.d.ts", "bin/schema.json"],
    "bin/src/plugin/provider.js",
  ];
  const extra = /(?<!\.d)\.ts$|^(test|stand-ins|scripts|bench|examples|src|docs|node_modules)\//;
  return [
    ...needed
      .filter((file) => !files.includes(file))
      .map((file) => `npm would not publish ${file}`),
    ...files.filter((file) => extra.test(file)).map((file) => `npm would publish ${file}`),
  ];
}

/** An SPDX document, as far as it is checked. */
interface Sbom {
  name: string;
  spdxVersion: string;
  packages: { name: string; versionInfo: string; licenseDeclared?: string }[];
}

/** What the list of parts lacks, a line each. */
export function sbomProblems(
  { name, packages }: Sbom,
  manifest: Manifest & { dependencies: Record<string, string> },
): string[] {
  const parts = packages.map((part) => part.name);
  const whole = `${manifest.name}@${manifest.version}`;
  return [
    ...(name === whole ? [] : [`the SBOM is of ${name}, not of ${whole}`]),
    ...[manifest.name, ...Object.keys(manifest.dependencies)]
      .filter((part) => !parts.includes(part))
      .map((part) => `the SBOM lacks ${part}`),
  ];
}

/** Runs npm, and returns what it prints for programs. */
function npm(...args: string[]): string {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  return execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: [...stdio] });
}

/** The files that npm would publish, of a package that was just built. */
function packedFiles(): { path: string; size: number }[] {
  npm("run", "build");
  interface Packed {
    files: { path: string; size: number }[];
  }
  const [packed] = JSON.parse(npm("pack", "--dry-run", "--json", "--ignore-scripts")) as Packed[];
  return packed.files;
}

function print(heading: string, lines: string[]): void {
  if (lines.length === 0) return;
  console.log(`${heading}:`);
  for (const line of lines) console.log(`  ${line}`);
}

/** `tsx scripts/releaseCheck.ts [--strict] [--sbom FILE]`: fails if a release would be wrong. */
function main(args: string[]): void {
  const files = packedFiles();
  const paths = files.map(({ path }) => path);
  const sbomText = npm("sbom", "--sbom-format=spdx", "--omit=dev");
  const sbom = JSON.parse(sbomText) as Sbom;
  const file = args.includes("--sbom") ? args[args.indexOf("--sbom") + 1] : undefined;
  if (file) writeFileSync(file, sbomText);

  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const compiled = paths.filter((path) => path.startsWith("bin/src/"));
  print(`npm would publish ${files.length} files, ${Math.round(bytes / 1000)} kB`, [
    ...paths.filter((path) => !compiled.includes(path)),
    `bin/src/: ${compiled.length} files`,
  ]);
  print(
    `${sbom.spdxVersion} lists ${sbom.packages.length} packages`,
    sbom.packages.map(({ name, versionInfo, licenseDeclared }) =>
      [name, versionInfo, licenseDeclared].join(" "),
    ),
  );

  const tasks = releaseTasks(readCheckout);
  const problems = [
    ...versionProblems(readCheckout),
    ...changelogProblems(readCheckout),
    ...workflowProblems(readCheckout(workflowFile) ?? ""),
    ...packProblems(paths),
    ...sbomProblems(sbom, readJson(readCheckout, "package.json")),
    ...(args.includes("--strict") ? tasks : []),
  ];
  if (!args.includes("--strict")) print("To do before the tag", tasks);
  print("Problems", problems);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

if (require.main === module) main(process.argv.slice(2));
