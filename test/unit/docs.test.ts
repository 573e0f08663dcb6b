import { existsSync, readdirSync, readFileSync } from "node:fs";
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

test.each(["preview.yml", "drift.yml"])("the example %s runs a preview", (name) => {
  const workflow = parse(read(`examples/github-actions/${name}`)) as {
    jobs: Record<string, { steps: { uses?: string; with?: Record<string, unknown> }[] }>;
  };
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const [step] = steps.filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
  expect(step.with).toMatchObject({ command: "preview", diff: true });
  expect(Object.keys(step.with ?? {}).filter((key) => !inputsOfAction.test(key))).toEqual([]);
});
