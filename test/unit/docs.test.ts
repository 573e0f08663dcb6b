import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { version } from "../../package.json";

const root = join(__dirname, "../..");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "examples/README.md",
  "examples/quickstart/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const read = (name: string) => readFileSync(join(root, name), "utf8");

test("README is read in one sitting, and installs this version", () => {
  expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
  expect(read("README.md")).toContain(`rootless-docker-${version}.tgz`);
  expect(read("README.md")).toContain(`@v${version}`);
});

test.each(documents)("%s: links lead somewhere", (name) => {
  const links = [...read(name).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path);
  expect(links.filter((path) => !existsSync(join(root, dirname(name), path)))).toEqual([]);
});

// As its action.yml names them.
const inputsOfAction =
  /^(command|stack-name|work-dir|comment-on-pr|edit-pr-comment|diff|expect-no-changes)$/;

test.each([
  // Of a pull request, what a change does in words; of a fault at night, every key.
  ["preview.yml", undefined],
  ["drift.yml", true],
])("the example %s runs a preview", (name, diff) => {
  const workflow = parse(read(`examples/github-actions/${name}`)) as {
    jobs: Record<string, { steps: { uses?: string; with?: Record<string, unknown> }[] }>;
  };
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const [step] = steps.filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
  expect(step.with).toMatchObject({ command: "preview" });
  expect(step.with?.diff).toBe(diff);
  expect(Object.keys(step.with ?? {}).filter((key) => !inputsOfAction.test(key))).toEqual([]);
});

test("GitLab's example makes a comment of a preview", () => {
  const { preview } = parse(read("examples/gitlab-ci/preview.yml")) as {
    preview: { script: string[] };
  };
  const folder = mkdtempSync(join(tmpdir(), "gitlab-"));
  writeFileSync(join(folder, "preview.txt"), `web: "a" => '$b'\n`);
  execFileSync("sh", ["-ec", preview.script[2]], { cwd: folder });
  expect(JSON.parse(readFileSync(join(folder, "comment.json"), "utf8"))).toEqual({
    body: "```\nweb: \"a\" => '$b'\n\n```",
  });
});

/** As docs/support.md calls what /etc/os-release calls so. */
const systemNames: Record<string, string> = {
  debian: "Debian",
  ubuntu: "Ubuntu",
  fedora: "Fedora",
  rhel: "RHEL",
  centos: "CentOS Stream",
  "opensuse-leap": "openSUSE Leap",
  "opensuse-tumbleweed": "Tumbleweed",
  sles: "SLES",
  arch: "Arch Linux",
};

test("the support matrix says what the agent knows of each system", () => {
  const shell = read("src/host/platform/systems.sh");
  const [, lines = ""] = /SYSTEMS'\n([^]*?)\nSYSTEMS/.exec(shell) ?? [];
  const known = lines.split("\n").map((line) => line.split(" "));
  const table = /\| system [^]*?\n\n/.exec(read("docs/support.md"))?.[0] ?? "";
  const rows = table
    .trim()
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").map((cell) => cell.trim()));
  const said = known.map(([id, version]) => {
    const row = rows.find(
      ([, system]) =>
        system.includes(systemNames[id]) &&
        (version === "rolling" || new RegExp(`\\b${version}\\b`).test(system)),
    );
    return [id, version, row?.[2], !row?.[3].startsWith("none"), row?.[4].startsWith("yes")];
  });
  expect(said).toEqual(
    known.map(([id, version, manager, folder, , rootless]) => {
      const packages = manager === "apt-get" ? "apt" : manager;
      return [id, version, packages, rootless === "yes", folder !== "-"];
    }),
  );
});
