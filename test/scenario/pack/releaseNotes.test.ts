import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Read } from "../../../scripts/readCheckout";
import { versionProblems, versionsIn } from "../../../scripts/versions";
import { copyCheckout, npm, pack, temporaryFolder } from "../../support/checkout";

// The steps of docs/releasing.md that need no registry.
const folder = temporaryFolder();

test("npm version: every file that has it, one commit, one tag", () => {
  const checkout = join(folder, "version");
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: checkout, encoding: "utf8", stdio: "pipe" }).trim();
  copyCheckout(checkout);
  git("init", "--quiet");
  git("config", "user.name", "test");
  git("config", "user.email", "test@a.example");
  git("add", "--all");
  git("commit", "--quiet", "--message", "before");
  npm(checkout, "version", "98.7.6");
  const versionIn = (file: string) =>
    (JSON.parse(readFileSync(join(checkout, file), "utf8")) as { version: string }).version;
  expect(versionIn("package.json")).toBe("98.7.6");
  const read: Read = (file) => readFileSync(join(checkout, file), "utf8");
  expect(versionsIn(read).length).toBeGreaterThan(4);
  expect(versionProblems(read)).toEqual([]);
  expect(git("tag", "--points-at", "HEAD")).toBe("v98.7.6");
  expect(git("status", "--porcelain")).toBe("");
});

test("npm publish: what would be published is what npm pack packs", () => {
  const { files } = pack(folder);
  // Nobody listens there: a dry run asks whether the version is new, and goes on without an answer.
  const nowhere = ["--registry", "http://127.0.0.1:9", "--fetch-retries", "0"];
  const said = npm(
    join(folder, "checkout"),
    "publish",
    "--dry-run",
    "--json",
    "--ignore-scripts",
    ...nowhere,
  );
  interface Published {
    name: string;
    files: { path: string }[];
  }
  // From npm 11 on by the package's name.
  const answer = JSON.parse(said) as Published & { "rootless-docker"?: Published };
  const published = answer["rootless-docker"] ?? answer;
  expect(published.name).toBe("rootless-docker");
  expect(published.files.map(({ path }) => path).sort()).toEqual(
    files.filter((path) => !path.endsWith("/")).sort(),
  );
});
