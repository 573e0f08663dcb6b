import { parse } from "yaml";
import { webAddress } from "../src/plugin/correctSchema";
import { compileProblems } from "./registry/compile";
import { logoProblems } from "./registry/logo";
import { nameProblems } from "./registry/programNames";
import {
  chooserOf,
  fencesOf,
  type Language,
  type Page,
  pageProblems,
  parsePage,
  proseOf,
  registryLanguages,
  sectionOf,
} from "./registry/page";
import {
  type Manifest,
  type Publisher,
  type Read,
  readCheckout,
  readJson,
  type Schema,
} from "./registry/read";
import { versionProblems } from "./registry/versions";
import { logoAddress, pluginAddress } from "./registrySchema";

// Checks what Pulumi's Registry takes from this repository, as the Registry's own checks and its reviewers do:
// docs/adding-a-new-package.md and docs/overview-page.md of pulumi/registry have their rules.

const overview = "docs/_index.md";
const installation = "docs/installation-configuration.md";

/** What a compiler says of a TypeScript program. */
type Compile = (program: string) => string[];

/** What would stop or spoil a listing, a line each. */
export function registryProblems(read: Read, compile: Compile = compileProblems): string[] {
  const missing = [overview, installation, "schema.json", "publisher.json", "logo.svg", "LICENSE"]
    .filter((path) => read(path) === undefined)
    .map((path) => `${path} is missing`);
  if (missing.length > 0) return missing;
  const schema = readJson<Schema>(read, "schema.json");
  return [
    ...schemaProblems(schema, readJson(read, "package.json")),
    ...publisherProblems(readJson(read, "publisher.json"), readJson(read, "package.json")),
    ...logoProblems(read("logo.svg") ?? ""),
    ...contactProblems(schema.repository, read),
    ...versionProblems(read),
    ...[overview, installation].flatMap((path) =>
      publishedPageProblems(path, schema, { read, compile }),
    ),
  ];
}

// As Pulumi's metaschema of packages has them.
const fields = [
  ...["name", "displayName", "version", "description", "keywords", "homepage", "license"],
  ...["attribution", "repository", "logoUrl", "pluginDownloadURL", "publisher", "namespace"],
  ...["meta", "config", "types", "dependencies", "provider", "resources", "functions", "language"],
  ...["parameterization", "allowedPackageNames"],
];
const requiredFields: (keyof Schema)[] = [
  ...(["name", "displayName", "version", "description", "logoUrl", "pluginDownloadURL"] as const),
  ...(["publisher", "license", "homepage", "repository", "keywords"] as const),
];
const categories = ["cloud", "infrastructure", "network", "database", "monitoring", "utility"];

function schemaProblems(schema: Schema, manifest: Manifest): string[] {
  const { repository, version, keywords = [] } = schema;
  const lost = requiredFields.filter((field) => !schema[field]?.length);
  if (lost.length > 0) return lost.map((field) => `schema.json has no ${field}`);
  const expected: [field: keyof Schema, value: string][] = [
    ["name", manifest.name],
    ["publisher", manifest.author],
    ["repository", webAddress(manifest.repository)],
    ["logoUrl", logoAddress(repository, version ?? "")],
    ["pluginDownloadURL", pluginAddress(repository)],
  ];
  const listed = keywords.filter((word) => categories.some((one) => word === `category/${one}`));
  return [
    ...Object.keys(schema)
      .filter((field) => !fields.includes(field))
      .map((field) => `schema.json: Pulumi knows no field '${field}'`),
    ...expected
      .filter(([field, value]) => schema[field] !== value)
      .map(([field, value]) => `schema.json: ${field} is not ${value}`),
    ...(listed.length === 1 ? [] : ["schema.json: keywords have no category, or several"]),
    ...(keywords.includes("kind/component") ? [] : ["schema.json: keywords lack kind/component"]),
    ...promiseProblems(schema.language, manifest),
  ];
}

/** The Registry tries to install what these name, and the pages of the API tell readers to. */
function promiseProblems(language: Schema["language"], { name }: Manifest): string[] {
  return [
    ...(language.nodejs?.packageName === name
      ? []
      : [`schema.json: language.nodejs.packageName is not ${name}`]),
    ...Object.keys(language)
      .filter((section) => section !== "nodejs")
      .map((section) => `schema.json: language.${section} promises an SDK that is not published`),
  ];
}

function publisherProblems(publisher: Publisher, manifest: Manifest): string[] {
  const keys = ["name", "registryName", "repository", "security", "conduct"] as const;
  return [
    ...keys.filter((key) => !publisher[key]).map((key) => `publisher.json has no ${key}`),
    ...(publisher.name === manifest.author
      ? []
      : [`publisher.json: name is not ${manifest.author}, the author in package.json`]),
    ...(publisher.repository === webAddress(manifest.repository)
      ? []
      : ["publisher.json: repository is not the one of package.json"]),
    ...(/^[a-zA-Z0-9][\w-]*[a-zA-Z0-9]$/.test(publisher.registryName)
      ? []
      : [
          "publisher.json: registryName is not one word that begins and ends with a letter or digit",
        ]),
  ];
}

const contacts = ".github/ISSUE_TEMPLATE/config.yml";

/** What stands beside the forms of issues, which GitHub wants with whole addresses. */
function contactProblems(repository: string, read: Read): string[] {
  const { contact_links: links = [] } = (parse(read(contacts) ?? "") ?? {}) as {
    contact_links?: { url: string }[];
  };
  const given = links.map(({ url }) => url);
  return ["/security/advisories/new", "/blob/main/SUPPORT.md"]
    .map((path) => repository + path)
    .filter((url) => !given.includes(url))
    .map((url) => `${contacts}: no contact is ${url}`);
}

/** What the rules of pages work with. */
interface Tools {
  read: Read;
  compile: Compile;
}

function publishedPageProblems(path: string, schema: Schema, tools: Tools): string[] {
  const { read } = tools;
  const page = parsePage(path, read(path) ?? "");
  if (!page) return [`${path} does not begin with front matter, so it is not published`];
  return [
    ...pageProblems(page, schema.displayName ?? ""),
    ...repositoryLinkProblems(page, schema.repository, read),
    ...packageNameProblems(page, registryNameOf(read, schema)),
    ...(path === overview ? overviewProblems(page, schema, tools) : []),
  ];
}

/** What people install: the CLI finds a name without publisher only if Pulumi itself published the package. */
const registryNameOf = (read: Read, { name }: Schema) =>
  `${readJson<Publisher>(read, "publisher.json").registryName}/${name}`;

/** A command that adds the package under another name finds nothing. */
function packageNameProblems({ path, body }: Page, name: string): string[] {
  return [...body.matchAll(/pulumi package add ([^\s`]+)/g)]
    .filter(([, added]) => added !== name)
    .map(([command]) => `${path}: '${command}' does not add ${name}`);
}

/** Links to files of the repository, which another check would take for those of another site. */
function repositoryLinkProblems({ path, body }: Page, repository: string, read: Read): string[] {
  const links = [...proseOf(body).matchAll(/\]\((https:[^)]*)\)/g)].map(([, link = ""]) => link);
  const prefix = `${repository}/blob/main/`;
  return links
    .filter((link) => link.includes("/blob/") || link.startsWith(repository))
    .filter((link) => link !== `${repository}/issues`)
    .filter((link) => !leadsSomewhere(link, prefix, read))
    .map((link) => `${path}: the link '${link}' leads to no file of the repository`);
}

function leadsSomewhere(link: string, prefix: string, read: Read): boolean {
  if (!link.startsWith(prefix)) return false;
  const [file = "", anchor] = link.slice(prefix.length).split("#");
  const text = read(file);
  return text !== undefined && (anchor === undefined || anchorsOf(text).includes(anchor));
}

const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );

const sections = ["Installation", "Example Usage", "Configuration"];

function overviewProblems({ frontMatter, body }: Page, schema: Schema, tools: Tools): string[] {
  const headings = [...proseOf(body).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const begins = body.trimStart().slice(0, 1);
  const said = [
    ...(frontMatter.title === schema.displayName ? [] : ["title is not displayName"]),
    ...(/[A-Z]/.test(begins) ? [] : ["the page does not begin with prose"]),
    ...(headings.slice(0, sections.length).join() === sections.join()
      ? []
      : [`its first sections are not ${sections.join(", ")}`]),
    ...installationProblems(sectionOf(body, "Installation")),
    ...configurationProblems(body),
    ...exampleProblems(sectionOf(body, "Example Usage"), schema, tools),
  ];
  return said.map((problem) => `${overview}: ${problem}`);
}

/** Every language has a tab: a reader who finds an empty one is told nothing. */
function installationProblems(section: string): string[] {
  const chooser = chooserOf(section);
  if (!chooser) return ["Installation has no language chooser"];
  return [
    ...chooserProblems("Installation", chooser),
    ...registryLanguages
      .filter((language) => fencesOf(chooser.shown.get(language) ?? "").length === 0)
      .map((language) => `Installation has no command for ${language}`),
  ];
}

function chooserProblems(
  section: string,
  { listed, shown }: { listed: string[]; shown: Map<string, string> },
): string[] {
  const unknown = listed.filter((language) => !registryLanguages.some((one) => one === language));
  return [
    ...unknown.map((language) => `${section}: the Registry knows no language '${language}'`),
    ...(listed.join() === [...shown.keys()].join()
      ? []
      : [`${section}: the chooser lists ${listed.join()}, and shows ${[...shown.keys()].join()}`]),
  ];
}

/** What the example reads is set by a command, and described. */
function configurationProblems(body: string): string[] {
  const described = [...sectionOf(body, "Configuration").matchAll(/^- `(\w+)` \((.*?)\)/gm)];
  const example = sectionOf(body, "Example Usage");
  const set = [...example.matchAll(/^pulumi config set (--secret )?(\w+)/gm)];
  const asked = described.map(([, name, how = ""]) => `${name}${how.includes("Secret")}`);
  const given = set.map(([, secret, name]) => `${name}${secret !== undefined}`);
  const same = asked.length > 0 && asked.sort().join() === given.sort().join();
  return same ? [] : ["Configuration describes other values than the example's commands set"];
}

/** Languages whose programs something else compiles or runs: lint itself, or the tests of these examples. */
const examples: Partial<Record<Language, string>> = {
  python: "examples/python/__main__.py",
  go: "examples/go/main.go",
  yaml: "examples/yaml/Pulumi.yaml",
};
const untried = "We have checked the names in this program, but have not run it.";

function exampleProblems(section: string, schema: Schema, tools: Tools): string[] {
  const chooser = chooserOf(section);
  if (!chooser) return ["Example Usage has no language chooser"];
  const promised = Object.keys(schema.language)
    .map((language) => (language === "nodejs" ? "typescript" : language))
    .filter((language) => !chooser.listed.includes(language));
  return [
    ...chooserProblems("Example Usage", chooser),
    ...promised.map((language) => `schema.json has ${language}, and there is no example in it`),
    ...[...chooser.shown]
      .filter(([language]) => language in whole)
      .flatMap(([language, text]) =>
        programProblems(language as Language, text, schema, tools).map(
          (problem) => `the example in ${language}: ${problem}`,
        ),
      ),
  ];
}

/** What a program needs around the host to run. */
const whole: Record<Language, RegExp> = {
  typescript: /^import .*"@pulumi\/pulumi";$[^]*^import .*"rootless-docker";$[^]*^export const /m,
  python: /^import pulumi$[^]*^import pulumi_rootless_docker [^]*^pulumi\.export\(/m,
  go: /^package main$[^]*^import \([^]*^func main\(\)[^]*\.Export\(/m,
  csharp: /^using Pulumi;$[^]*^return await Deployment\.RunAsync\(/m,
  java: /^import com\.pulumi\.Pulumi;$[^]*public static void main\([^]*\.export\(/m,
  yaml: /^name: [^]*^runtime: yaml$[^]*^resources:$[^]*^outputs:$/m,
  hcl: /^terraform \{$[^]*^ +required_providers \{$[^]*^resource [^]*^output /m,
};

function programProblems(
  language: Language,
  text: string,
  schema: Schema,
  { read, compile }: Tools,
): string[] {
  const fences = fencesOf(text).filter((fence) => fence.language === language);
  const [program] = fences;
  if (!program || fences.length > 1) return ["it is not one block of that language"];
  const file = examples[language];
  const checked = file !== undefined || language === "typescript";
  return [
    ...(whole[language].test(program.text) ? [] : ["it is not a whole program"]),
    ...nameProblems(language, program.text, schema),
    ...(language === "typescript" ? compile(program.text) : []),
    ...(language === "go" && !program.text.includes(`"${goModule(schema)}"`)
      ? [`it does not import ${goModule(schema)}`]
      : []),
    ...(language === "yaml"
      ? packagesProblems(program.text, registryNameOf(read, schema), schema.version ?? "")
      : []),
    ...(file === undefined || sameProgram(language, program.text, read(file) ?? "")
      ? []
      : [`it is not ${file}, which tests run`]),
    ...(checked === text.includes(untried)
      ? [checked ? "it is compiled, and says that it is not" : `it lacks the words '${untried}'`]
      : []),
  ];
}

/**
 * A YAML program is the file that the command for installation writes the package into: whoever replaces the
 * file by the program needs the package in it.
 */
function packagesProblems(program: string, name: string, version: string): string[] {
  const { packages } = (parse(program) ?? {}) as { packages?: Record<string, string> };
  const [, short = ""] = name.split("/");
  const wanted = `pulumi/${name}@${version}`;
  return packages?.[short] === wanted ? [] : [`packages does not have ${short}: ${wanted}`];
}

/** Where generated code for Go imports the package from, as src/plugin/correctSchema.ts has it. */
const goModule = ({ repository }: Schema) =>
  `${repository.replace(/^https:\/\//, "")}/sdk/go/rootlessdocker`;

/** The enum that the repository's own examples set, so that tests use one. On the page it would need a reason. */
const enumOfExample = /^\s*(rootful_docker=|RootfulDocker: ).*\n/m;

/** The same but for comments, for that enum, and for where a YAML program has the package from. */
function sameProgram(language: Language, shown: string, example: string): boolean {
  if (language === "yaml") {
    const withoutPackages = (program: string) =>
      JSON.stringify({ ...(parse(program) as object), packages: undefined });
    return withoutPackages(shown) === withoutPackages(example);
  }
  return withoutComments(shown) === withoutComments(example.replace(enumOfExample, ""));
}

function withoutComments(program: string): string {
  const code = program.replace(/^"""[^]*?"""$/m, "");
  return code
    .split("\n")
    .filter((line) => !/^\s*(#|\/\/|$)/.test(line))
    .join("\n");
}

/** Addresses that are still invented, a line each. Only a publisher has the real ones. */
export function publisherTasks(read: Read): string[] {
  return Object.entries(readJson<Publisher>(read, "publisher.json"))
    .filter(([, value]) => /\.example(\/|$)/.test(value as string))
    .map(([key, value]) => `publisher.json: ${key} is ${value}, which does not exist`);
}

/** What a listing needs beside a release, a line each. */
export function listingTasks(read: Read): string[] {
  const { repository: address } = readJson<Publisher>(read, "publisher.json");
  const { host, pathname } = new URL(address);
  const [, , repository = ""] = pathname.split("/");
  const { name } = readJson<Manifest>(read, "package.json");
  return [
    ...(host === "github.com" ? [] : ["the Registry lists only public repositories on GitHub"]),
    ...(repository.replace(/^pulumi-/, "") === name
      ? []
      : [`the Registry expects a repository that is called ${name} or pulumi-${name}`]),
  ];
}

if (require.main === module) {
  const problems = registryProblems(readCheckout);
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
