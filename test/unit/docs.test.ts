import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { recordedOfSource } from "../../bench/recorded";
import { engines, peerDependencies, version } from "../../package.json";
import { repository } from "../../publisher.json";

const root = join(__dirname, "../..");
const documents = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "SUPPORT.md"],
  "CODE_OF_CONDUCT.md",
  ...["docs", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
      .map((name) => join(folder, name)),
  ),
];
const read = (name: string) => readFileSync(join(root, name), "utf8");

test("README's index has every how-to page", () => {
  const pages = readdirSync(join(root, "docs/how-to"));
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.filter((page) => !read("README.md").includes(`(docs/how-to/${page})`))).toEqual([]);
});

test("the comparison has the ratios that are recorded, and README its seconds", () => {
  const { firstTimesScript, destroyTimesScript } = recordedOfSource.distribution;
  const rowOf = (phase: string) =>
    new RegExp(`^\\| ${phase}.*\\| ([\\d.]+) s +\\| ([\\d.]+) s +\\| ([\\d.]+) +\\|$`, "m")
      .exec(read("docs/compare.md"))
      ?.slice(1)
      .map(Number) ?? [];
  const [first, script, firstTimes] = rowOf("first `up`");
  const [destroy, , destroyTimes] = rowOf("destroy");
  expect([firstTimes, destroyTimes]).toEqual([firstTimesScript, destroyTimesScript]);
  const words = read("README.md").replaceAll("\n", " ");
  expect(words).toContain(
    `the first \`up\` took ${first.toFixed()} seconds (a shell script that does the same work took ${script.toFixed()})`,
  );
  expect(words).toContain(`\`destroy\` ${destroy.toFixed()} seconds`);
});

test("README and the page about CI install the package", () => {
  for (const page of ["README.md", "docs/how-to/ci.md"]) {
    const text = read(page);
    const isPublished = !/not published/.test(text);
    expect(text).toContain(
      isPublished ? "npm install rootless-docker" : `./vendor/rootless-docker-${version}.tgz`,
    );
  }
});

test.each([
  ...["README.md", "docs/tutorial.md", "docs/how-to/ci.md"],
  ...["examples/github-actions/preview.yml", "examples/github-actions/drift.yml"],
  ...["examples/gitlab-ci/preview.yml", "examples/docker-provider/package.json"],
])("%s names the package's file, if at all, with this version", (page) => {
  const names = read(page).match(/rootless-docker-\d\S*?\.tgz/g) ?? [];
  expect(names).toEqual(names.map(() => `rootless-docker-${version}.tgz`));
});

/** The anchors of a page's headings. */
const anchorsOf = (page: string) =>
  [...readFileSync(page, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );

test.each(documents)("%s: links lead somewhere", (name) => {
  // The Registry's pages have whole addresses.
  const toRoot = `./${relative(dirname(name), ".")}/`;
  const text = read(name).replaceAll(`${repository}/blob/main/`, toRoot);
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)];
  const lost = links.filter(([, path, anchor]) => {
    const page = path === "" ? join(root, name) : join(root, dirname(name), path);
    return !existsSync(page) || (anchor !== "" && !anchorsOf(page).includes(anchor));
  });
  expect(lost.map(([link]) => link)).toEqual([]);
});

interface Workflow {
  jobs: Record<string, { steps?: { uses?: string; with?: Record<string, unknown> }[] }>;
}
const workflow = (name: string) => parse(read(name)) as Workflow;
const stepsOf = (name: string) =>
  Object.values(workflow(name).jobs).flatMap((job) => job.steps ?? []);

/** Every `uses` line of this repository's own workflows and actions, with its comment. */
const uses = readdirSync(join(root, ".github"), { recursive: true, encoding: "utf8" })
  .filter((name) => /^(workflows|actions)\/.*\.yml$/.test(name))
  .flatMap((name) => read(join(".github", name)).split("\n"))
  .flatMap((line) => /^\s*(?:- )?uses: (.*)$/.exec(line)?.[1] ?? []);

test("workflows use actions at a commit, and say its version for people and for Dependabot", () => {
  expect(uses.length).toBeGreaterThan(10);
  const pinned = /^(\.\/\.github\/.*|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
  expect(uses.filter((line) => !pinned.test(line))).toEqual([]);
});

// As its action.yml names them.
const inputsOfAction =
  /^(command|stack-name|work-dir|comment-on-pr|edit-pr-comment|always-include-summary|config-map|diff|expect-no-changes)$/;

test.each<[string, Record<string, unknown>]>([
  // Of a pull request, what a change does in words, which are at the end; of a fault at night, every key.
  ["preview.yml", { "edit-pr-comment": true, "always-include-summary": true }],
  ["drift.yml", { diff: true, "config-map": "{driftDetection: {value: required, secret: false}}" }],
])("the example %s runs a preview", (name, inputs) => {
  const steps = stepsOf(`examples/github-actions/${name}`);
  const [step] = steps.filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
  expect(step.with).toMatchObject({ command: "preview", ...inputs });
  expect(step.with?.diff).toBe(inputs.diff);
  expect(Object.keys(step.with ?? {}).filter((key) => !inputsOfAction.test(key))).toEqual([]);
});

test("GitLab's job for drift fails where a host could not be checked", () => {
  const { drift } = parse(read("examples/gitlab-ci/drift.yml")) as { drift: { script: string[] } };
  expect(drift.script[1]).toMatch(/ --expect-no-changes .*--config driftDetection=required$/);
});

// What goes wrong where a version is another one in one place only.
test.each([
  ["README.md", `Node.js ${engines.node.replace(">=", "")}`],
  [
    "README.md",
    `[Pulumi CLI](https://www.pulumi.com/docs/iac/download-install/) ${peerDependencies["@pulumi/pulumi"].replace(/^\^(\d+\.\d+)\.0$/, "$1")} or later`,
  ],
])("%s has the version of package.json: %s", (name, words) => {
  expect(read(name).replaceAll("\n", " ")).toContain(words);
});

test.each([
  ...["yaml/Pulumi.yaml", "go/main.go", "python/__main__.py", "with-docker-cli/index.ts"],
  ...["fleet/index.ts", "docker-provider/index.ts", "quickstart/index.ts"],
])("the example %s has a key that lets in by its dockerHost", (name) => {
  expect(read(join("examples", name))).toMatch(/authorized_?keys\W/i);
});

describe("GitLab's comment", () => {
  const { preview } = parse(read("examples/gitlab-ci/preview.yml")) as {
    preview: { script: string[] };
  };
  const notes: { id: number; body: string }[] = [];
  const calls: string[] = [];
  const server = createServer((request, response) => {
    let sent = "";
    request.on("data", (data: Buffer) => (sent += data.toString()));
    request.on("end", () => {
      const { method, url = "" } = request;
      if (method !== "GET") calls.push(`${method} ${url}`);
      const { body } = JSON.parse(sent || "{}") as { body: string };
      if (method === "POST") notes.push({ id: notes.length + 1, body });
      if (method === "PUT")
        Object.assign(notes.find(({ id }) => url.endsWith(`/${id}`)) ?? {}, { body });
      // One note a page.
      const page = Number(new URL(url, "http://a").searchParams.get("page"));
      const next = page < notes.length ? String(page + 1) : "";
      response.setHeader("x-next-page", next);
      response.end(JSON.stringify(notes.slice(page - 1, page)));
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  /** Runs the job's script, with a `pulumi` that says this and ends so. */
  async function job(says: string, status: number): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "gitlab-"));
    mkdirSync(join(folder, "ci"));
    cpSync(join(root, "examples/gitlab-ci/comment.mjs"), join(folder, "ci/comment.mjs"));
    writeFileSync(join(folder, "said"), says);
    const tools = `npm() { :; }; pulumi() { cat said; return ${status}; }`;
    const port = (server.address() as AddressInfo).port;
    const env = {
      ...{ ...process.env, GITLAB_TOKEN: "t", CI_API_V4_URL: `http://127.0.0.1:${port}` },
      ...{ CI_PROJECT_ID: "7", CI_MERGE_REQUEST_IID: "8" },
    };
    const script = [tools, ...preview.script].join("\n");
    await promisify(execFile)("bash", ["-eo", "pipefail", "-c", script], { cwd: folder, env });
  }

  test("one for a merge request, which later previews edit, also one that fails", async () => {
    notes.push({ id: 1, body: "somebody's" });
    await job(`web: "a" => '$b'\n`, 0);
    await expect(job(`error: ${"x".repeat(1_000_000)} the end`, 7)).rejects.toMatchObject({
      code: 7,
    });
    const path = "/projects/7/merge_requests/8/notes";
    expect(calls).toEqual([`POST ${path}`, `PUT ${path}/2`]);
    const [others, own] = notes.map(({ body }) => body);
    expect(others).toBe("somebody's");
    expect(own.length).toBeLessThan(1_000_000);
    expect(own).toMatch(/^<!-- pulumi preview -->\n```\nx+ the end\n```$/);
  });
});

/** As docs/systems.md calls what /etc/os-release calls so. */
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
  const [, lines = ""] = /SYSTEMS='\n([^]*?)\n'/.exec(shell) ?? [];
  const known = lines.split("\n").map((line) => line.split(" "));
  const table = /\| system [^]*?\n\n/.exec(read("docs/systems.md"))?.[0] ?? "";
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
    return [id, version, row?.[2], !row?.[3].startsWith("no:"), !row?.[4].startsWith("no:")];
  });
  expect(said).toEqual(
    known.map(([id, version, manager, folder, , rootless]) => {
      const packages = manager === "apt-get" ? "apt" : manager;
      return [id, version, packages, rootless === "yes", folder !== "-"];
    }),
  );
});

test("each test file has a name of its own, so that npx jest /NAME.test runs one", () => {
  const names = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => basename(name));
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
