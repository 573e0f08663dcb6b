import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { author, name, version } from "../../package.json";
import publisher from "../../publisher.json";
import schema from "../../schema.json";
import { logoAddress, pluginAddress } from "../../scripts/registrySchema";
import { versionProblems } from "../../scripts/versions";
import { readCheckout } from "../../scripts/readCheckout";

// What Pulumi's Registry reads of a release. `pulumi schema check` says whether schema.json is a schema.

const root = join(__dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const overview = read("docs/_index.md");
const languages = ["typescript", "python", "go", "csharp", "java", "yaml", "hcl"];

describe.each(["docs/_index.md", "docs/installation-configuration.md"])("%s", (path) => {
  const text = read(path);

  test("has the front matter by which the Registry publishes it", () => {
    const [, head = ""] = /^---\n([^]*?)\n---\n/.exec(text) ?? [];
    const { title, meta_desc: description, layout } = parse(head) as Record<string, string>;
    expect(title).toMatch(new RegExp(`^${schema.displayName}`));
    expect(description).toContain(schema.displayName);
    expect(description.length).toBeLessThanOrEqual(160);
    expect(layout).toBe("package");
  });

  // Where those of this repository lead is asked by docs.test.ts.
  test("has whole addresses as links, of this repository and no other one", () => {
    const links = [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link);
    expect(links.filter((link) => !link.startsWith("https://"))).toEqual([]);
    const files = links.filter((link) => link.includes("/blob/"));
    expect(files.filter((link) => !link.startsWith(`${schema.repository}/blob/main/`))).toEqual([]);
  });

  // The CLI finds a name without publisher only if Pulumi itself published the package.
  test("installs the package by the name that the Registry lists", () => {
    const added = [...text.matchAll(/pulumi package add ([^\s`]+)/g)].map(([, added]) => added);
    const wanted = `${publisher.registryName}/${name}`;
    expect(added).toContain(wanted);
    expect(added.filter((one) => one.includes("/") && one !== wanted)).toEqual([]);
  });
});

test("the overview has both choosers whole, with every language", () => {
  const choosers = [
    ...overview.matchAll(/^\{\{< chooser language "(.*)" >\}\}$([^]*?)^\{\{< \//gm),
  ];
  expect(choosers).toHaveLength(2);
  for (const [, listed, inside] of choosers) {
    const shown = inside.matchAll(
      /^\{\{% choosable language (\w+) %\}\}$[^{]*?^```[^]*?^\{\{% \/choosable %\}\}$/gm,
    );
    expect(listed.split(",")).toEqual(languages);
    expect([...shown].map(([, language]) => language)).toEqual(languages);
  }
});

const examples = overview.slice(overview.indexOf("## Example Usage"));
const example = (language: string) =>
  new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "m").exec(examples)?.[1] ?? "";

// Those files have an enum beside, so that tests use one. On the page it would need a reason.
test.each([
  ["python", "python/__main__.py"],
  ["go", "go/main.go"],
])("the program in %s is examples/%s, which tests run", (language, file) => {
  const code = (program: string) =>
    program
      .replace(/^"""[^]*?"""$/m, "")
      .split("\n")
      .filter((line) => !/^\s*(#|\/\/|$|rootful_docker=|RootfulDocker: )/.test(line));
  expect(code(example(language))).toEqual(code(read(`examples/${file}`)));
});

test("the program in YAML is the example that tests run, with the package that its command writes", () => {
  expect(parse(example("yaml"))).toEqual({
    ...(parse(read("examples/yaml/Pulumi.yaml")) as object),
    packages: { [name]: `pulumi/${publisher.registryName}/${name}@${version}` },
  });
});

const pascal = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const snake = (word: string) => word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

// No test compiles these. Their names are those of the program in YAML, which is tried.
test.each<[language: string, spelled: (word: string) => string, assigned: string]>([
  ["csharp", pascal, " ="],
  ["java", (word) => `.${word}`, "("],
  ["hcl", snake, " ="],
])("the program in %s has the inputs of the one in YAML", (language, spelled, assigned) => {
  const { resources } = parse(example("yaml")) as {
    resources: { host: { properties: Record<string, object> } };
  };
  const { daemon, ...objects } = resources.host.properties;
  const inputs = Object.values(objects).flatMap((value) => Object.keys(value));
  const program = example(language).replace(/ +=/g, " =");
  expect(daemon).toBeDefined();
  for (const input of [...Object.keys(objects), "daemon", ...inputs])
    expect(program).toContain(spelled(input) + assigned);
});

test("the overview's commands set what the programs read, and secrets as secrets", () => {
  const described = [...overview.matchAll(/^- `(\w+)` \((.*?)\)/gm)].map(
    ([, key, how]) => `${how.includes("Secret") ? "--secret " : ""}${key}`,
  );
  const set = [...overview.matchAll(/^pulumi config set ((?:--secret )?\w+)/gm)];
  expect(described.length).toBeGreaterThan(3);
  expect(set.map(([, key]) => key).sort()).toEqual(described.sort());
});

test("publisher, category and contacts are those of the package", () => {
  const { keywords, repository } = schema;
  expect(publisher).toMatchObject({ name: author, repository });
  expect(keywords).toContain("kind/component");
  expect(keywords.filter((word) => word.startsWith("category/"))).toHaveLength(1);
  const contacts = read(".github/ISSUE_TEMPLATE/config.yml");
  expect(contacts).toContain(`${repository}/security/advisories/new\n`);
  expect(contacts).toContain(`${repository}/blob/main/SUPPORT.md\n`);
});

test("every file that has the version has this one", () => {
  expect(versionProblems(readCheckout)).toEqual([]);
});

test("the plugin is an archive of a GitHub release, or the sources at any other address", () => {
  expect(pluginAddress("https://github.com/somebody/pulumi-rootless-docker")).toBe(
    "github://api.github.com/somebody/pulumi-rootless-docker",
  );
  expect(pluginAddress("https://git.example/a/b")).toBe("git://git.example/a/b");
});

test("the logo is a file of the tag, at GitHub's own address of files", () => {
  expect(logoAddress("https://github.com/somebody/b", "1.2.3")).toBe(
    "https://raw.githubusercontent.com/somebody/b/v1.2.3/logo.svg",
  );
  expect(logoAddress("https://git.example/a/b", "1.2.3")).toBe(
    "https://git.example/a/b/raw/v1.2.3/logo.svg",
  );
});
