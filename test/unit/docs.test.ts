import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
