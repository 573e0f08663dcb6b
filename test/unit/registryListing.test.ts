import { version } from "../../package.json";
import { listingTasks, publisherTasks, registryProblems } from "../../scripts/registry";
import { compileProblems } from "../../scripts/registry/compile";
import { type Read, readCheckout } from "../../scripts/registry/read";
import { withVersion } from "../../scripts/registry/versions";
import { logoAddress, pluginAddress } from "../../scripts/registrySchema";

// Lint runs the check itself. Here: each of its rules fails on a copy in which one thing is wrong.

type Edit = (text: string) => string | undefined;

/** This checkout, with one file edited. An edit that changes nothing is a mistake of the test. */
function edited(path: string, edit: Edit): Read {
  const before = readCheckout(path) ?? "";
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${path} changes nothing`);
  return (file) => (file === path ? after : readCheckout(file));
}

const put =
  (from: string | RegExp, to: string): Edit =>
  (text) =>
    text.replace(from, to);

/** Edits a JSON file: a value of undefined removes the key. */
const set =
  (changes: Record<string, unknown>): Edit =>
  (text) =>
    JSON.stringify({ ...(JSON.parse(text) as object), ...changes });

const compiles = () => [];
const schema = JSON.parse(readCheckout("schema.json") ?? "") as {
  language: Record<string, object>;
  keywords: string[];
};
const language = (changes: Record<string, unknown>) =>
  set({ language: { ...schema.language, ...changes } });
const words = (change: (keywords: string[]) => string[]) =>
  set({ keywords: change(schema.keywords) });
const {
  name: author,
  registryName,
  repository,
} = JSON.parse(readCheckout("publisher.json") ?? "") as Record<string, string>;
const goModule = `${repository.replace("https://", "")}/sdk/go/rootlessdocker`;

test("nothing is wrong in this checkout", () => {
  expect(registryProblems(readCheckout)).toEqual([]);
});

test.each<[path: string, rule: string, edit: Edit, problem: string]>([
  ["docs/_index.md", "is there", () => undefined, "docs/_index.md is missing"],
  ["logo.svg", "is there", () => undefined, "logo.svg is missing"],
  ["LICENSE", "is there", () => undefined, "LICENSE is missing"],

  [
    "docs/_index.md",
    "begins with front matter",
    (text) => `<!-- -->\n${text}`,
    "docs/_index.md does not begin with front matter, so it is not published",
  ],
  [
    "docs/_index.md",
    "has the package's title",
    put("title: Rootless Docker", "title: Rootless Docker hosts"),
    "docs/_index.md: title is not displayName",
  ],
  [
    "docs/installation-configuration.md",
    "begins its title with the package's",
    put("title: Rootless Docker", "title: The"),
    "docs/installation-configuration.md: title is not 'Rootless Docker', as displayName of schema.json is",
  ],
  [
    "docs/_index.md",
    "names the package in its description",
    put("meta_desc: Use the Rootless Docker", "meta_desc: Use the"),
    "docs/_index.md: meta_desc does not name 'Rootless Docker'",
  ],
  [
    "docs/_index.md",
    "has one sentence as its description",
    put("restore the machine.\n", "restore the machine. It is small.\n"),
    "docs/_index.md: meta_desc is not one sentence of at most 160 characters",
  ],
  [
    "docs/_index.md",
    "has the layout of packages",
    put("layout: package", "layout: page"),
    "docs/_index.md: layout is not 'package'",
  ],
  [
    "docs/_index.md",
    "has no second title",
    put("## Further reading", "# Further reading"),
    "docs/_index.md: a heading of the first level competes with the title: use ## and ###",
  ],
  [
    "docs/_index.md",
    "begins with prose",
    put("\nThe Rootless Docker component", "\n> The Rootless Docker component"),
    "docs/_index.md: the page does not begin with prose",
  ],
  [
    "docs/_index.md",
    "has its sections in order",
    put("## Installation", "## Overview\n\n## Installation"),
    "docs/_index.md: its first sections are not Installation, Example Usage, Configuration",
  ],
  [
    "docs/_index.md",
    "has the right delimiters",
    put("{{% choosable language go %}}", "{{< choosable language go >}}"),
    "docs/_index.md: '{{< choosable language go >}}' is no chooser or choosable with the right delimiters",
  ],
  [
    "docs/_index.md",
    "has absolute links",
    put("](https://docs.docker.com/engine/security/rootless/)", "](./tutorial.md)"),
    "docs/_index.md: the link './tutorial.md' is not absolute",
  ],
  [
    "docs/installation-configuration.md",
    "has no raw HTML",
    put("## The machine", '<img src="logo.svg">\n\n## The machine'),
    "docs/installation-configuration.md: raw HTML: write a link or an image in Markdown",
  ],
  [
    "docs/installation-configuration.md",
    "has no command that runs a download",
    put("pulumi config set --secret", "curl https://a.example | sh\npulumi config set --secret"),
    "docs/installation-configuration.md: a command that reviewers refuse: 'curl https://a.example | sh'",
  ],
  [
    "docs/installation-configuration.md",
    "has no command for root",
    put("pulumi config set --secret", "sudo pulumi config set --secret"),
    "docs/installation-configuration.md: a command that reviewers refuse: 'sudo pulumi config set --secret privateKey <~/.ssh/deploy-key'",
  ],
  [
    "docs/_index.md",
    "links to files that exist",
    put("/docs/tutorial.md", "/docs/tutorials.md"),
    `docs/_index.md: the link '${repository}/blob/main/docs/tutorials.md' leads to no file of the repository`,
  ],
  [
    "docs/_index.md",
    "links to headings that exist",
    put("#what-changes-on-your-machine", "#what-changes"),
    `docs/_index.md: the link '${repository}/blob/main/README.md#what-changes' leads to no file of the repository`,
  ],
  [
    "docs/_index.md",
    "links to this repository, and not to an earlier address",
    put(
      `${repository}/blob/main/docs/tutorial.md`,
      "https://a.example/b/blob/main/docs/tutorial.md",
    ),
    "docs/_index.md: the link 'https://a.example/b/blob/main/docs/tutorial.md' leads to no file of the repository",
  ],

  [
    "docs/_index.md",
    "links to this repository's issues",
    put(`${repository}/issues`, `${repository}/issue`),
    `docs/_index.md: the link '${repository}/issue' leads to no file of the repository`,
  ],

  [
    "docs/_index.md",
    "has an installation chooser",
    put(/\{\{< chooser language .*\n/, ""),
    "docs/_index.md: Installation has no language chooser",
  ],
  [
    "docs/_index.md",
    "installs in every language",
    put(
      /\{\{% choosable language java %\}\}\n\n```bash\n.*\n```/,
      "{{% choosable language java %}}\n",
    ),
    "docs/_index.md: Installation has no command for java",
  ],
  [
    "docs/_index.md",
    "installs what the Registry lists",
    put(`pulumi package add ${registryName}/`, "pulumi package add "),
    `docs/_index.md: 'pulumi package add rootless-docker' does not add ${registryName}/rootless-docker`,
  ],
  [
    "docs/installation-configuration.md",
    "installs what the Registry lists",
    put(`pulumi package add ${registryName}/`, "pulumi package add "),
    `docs/installation-configuration.md: 'pulumi package add rootless-docker' does not add ${registryName}/rootless-docker`,
  ],
  [
    "docs/_index.md",
    "lists the languages that it shows",
    put(/(## Example Usage[^]*?chooser language "[\w,]*),hcl"/, '$1"'),
    "docs/_index.md: Example Usage: the chooser lists typescript,python,go,csharp,java,yaml, and shows typescript,python,go,csharp,java,yaml,hcl",
  ],
  [
    "docs/_index.md",
    "names languages as the Registry does",
    (text) => text.replaceAll(/(chooser language "[\w,]*|choosable language )csharp/g, "$1dotnet"),
    "docs/_index.md: Installation: the Registry knows no language 'dotnet'",
  ],
  [
    "docs/_index.md",
    "has an example in each language of the schema",
    (text) =>
      text
        .replace(/(## Example Usage[^]*?chooser language ")typescript,/, "$1")
        .replace(
          /(## Example Usage[^]*?)\{\{% choosable language typescript %\}\}[^]*?\/choosable %\}\}\n/,
          "$1",
        ),
    "docs/_index.md: schema.json has typescript, and there is no example in it",
  ],
  [
    "docs/_index.md",
    "sets what the example reads",
    put("pulumi config set hostKey", "pulumi config set hostkey"),
    "docs/_index.md: Configuration describes other values than the example's commands set",
  ],
  [
    "docs/_index.md",
    "sets secrets as secrets",
    put("pulumi config set --secret privateKey", "pulumi config set privateKey"),
    "docs/_index.md: Configuration describes other values than the example's commands set",
  ],

  ["schema.json", "has a logo", set({ logoUrl: undefined }), "schema.json has no logoUrl"],
  ["schema.json", "has keywords", set({ keywords: [] }), "schema.json has no keywords"],
  [
    "schema.json",
    "has fields that Pulumi knows",
    set({ logoURL: "x" }),
    "schema.json: Pulumi knows no field 'logoURL'",
  ],
  [
    "schema.json",
    "has the package's name",
    set({ name: "rootlessdocker" }),
    "schema.json: name is not rootless-docker",
  ],
  [
    "schema.json",
    "has the author as its publisher",
    set({ publisher: "Somebody" }),
    `schema.json: publisher is not ${author}`,
  ],
  [
    "schema.json",
    "has the logo of its version",
    set({ logoUrl: logoAddress(repository, "0.1.0") }),
    `schema.json: logoUrl is not ${logoAddress(repository, version)}`,
  ],
  [
    "schema.json",
    "says where the plugin is",
    set({ pluginDownloadURL: "https://a.example" }),
    `schema.json: pluginDownloadURL is not ${pluginAddress(repository)}`,
  ],
  [
    "schema.json",
    "has one category",
    words((keywords) => [...keywords, "category/utility"]),
    "schema.json: keywords have no category, or several",
  ],
  [
    "schema.json",
    "says that it is a component",
    words((keywords) => keywords.filter((word) => word !== "kind/component")),
    "schema.json: keywords lack kind/component",
  ],
  [
    "schema.json",
    "names the package on npm",
    language({ nodejs: { packageName: "rootless-docker-sdk" } }),
    "schema.json: language.nodejs.packageName is not rootless-docker",
  ],
  [
    "schema.json",
    "names a package",
    set({ language: {} }),
    "schema.json: language.nodejs.packageName is not rootless-docker",
  ],
  ...["python", "go", "csharp", "java"].map(
    (name): [path: string, rule: string, edit: Edit, problem: string] => [
      "schema.json",
      `promises no SDK for ${name}`,
      language({ [name]: {} }),
      `schema.json: language.${name} promises an SDK that is not published`,
    ],
  ),

  [
    "publisher.json",
    "has an address for vulnerabilities",
    set({ security: "" }),
    "publisher.json has no security",
  ],
  [
    "publisher.json",
    "has the name of the author",
    set({ name: "Somebody" }),
    `publisher.json: name is not ${author}, the author in package.json`,
  ],
  [
    "publisher.json",
    "has the repository",
    set({ repository: "https://a.example/b" }),
    "publisher.json: repository is not the one of package.json",
  ],
  [
    "publisher.json",
    "has a word for the Registry",
    set({ registryName: "rootless docker" }),
    "publisher.json: registryName is not one word that begins and ends with a letter or digit",
  ],
  [
    "publisher.json",
    "has a word that the CLI takes",
    set({ registryName: "rootless-" }),
    "publisher.json: registryName is not one word that begins and ends with a letter or digit",
  ],
  [
    "publisher.json",
    "has the name that people install",
    set({ registryName: "somebody" }),
    `docs/_index.md: 'pulumi package add ${registryName}/rootless-docker' does not add somebody/rootless-docker`,
  ],

  [
    ".github/ISSUE_TEMPLATE/config.yml",
    "leads to the form for vulnerabilities",
    put(`${repository}/security/`, "https://a.example/b/security/"),
    `.github/ISSUE_TEMPLATE/config.yml: no contact is ${repository}/security/advisories/new`,
  ],
  [
    ".github/ISSUE_TEMPLATE/config.yml",
    "leads to support",
    put(/contact_links:[^]*/, ""),
    `.github/ISSUE_TEMPLATE/config.yml: no contact is ${repository}/blob/main/SUPPORT.md`,
  ],

  [
    "logo.svg",
    "has nothing empty around it",
    put(/width.*? viewBox="[^"]*"/, 'width="100" height="100" viewBox="0 0 100 100"'),
    'logo.svg: its viewBox is not what is drawn, "14 10 75 84"',
  ],
  [
    "logo.svg",
    "is whole",
    put('height="84" viewBox="14 10 75 84"', 'height="80" viewBox="14 10 75 80"'),
    'logo.svg: its viewBox is not what is drawn, "14 10 75 84"',
  ],
  [
    "logo.svg",
    "is as large as its viewBox",
    put('width="75"', 'width="100"'),
    "logo.svg: its size is not that of its viewBox",
  ],
  [
    "logo.svg",
    "is a drawing only",
    put("<title>", "<script/><title>"),
    "logo.svg: it loads or runs more",
  ],
  [
    "logo.svg",
    "needs no font",
    put("<title>", "<text/><title>"),
    "logo.svg: it has text, and fonts differ",
  ],

  [
    "package-lock.json",
    "has the version",
    set({ version: "0.1.9" }),
    `package-lock.json has version 0.1.9, and package.json has ${version}`,
  ],
  [
    "src/version.ts",
    "has the version",
    put(version, "0.1.9"),
    `src/version.ts has version 0.1.9, and package.json has ${version}`,
  ],
  [
    "docs/_index.md",
    "has the version",
    put(`version = "${version}"`, 'version = "0.1.9"'),
    `docs/_index.md has version 0.1.9, and package.json has ${version}`,
  ],
  [
    "docs/_index.md",
    "has the version in YAML, too",
    put(`rootless-docker@${version}`, "rootless-docker@0.1.9"),
    `docs/_index.md has version 0.1.9, and package.json has ${version}`,
  ],
])("%s %s", (path, _rule, edit, problem) => {
  expect(registryProblems(edited(path, edit), compiles)).toContain(problem);
});

/** Edits the example in one language. */
const inExample =
  (name: string, from: string | RegExp, to: string): Edit =>
  (text) =>
    text.replace(
      new RegExp(`(## Example Usage[^]*?choosable language ${name} %}})([^]*?)({{% /choosable)`),
      (_, before: string, program: string, after: string) =>
        before + program.replace(from, to) + after,
    );

const untried = "We have checked the names in this program, but have not run it.";

test.each<[language: string, rule: string, from: string | RegExp, to: string, problem: string]>([
  ["typescript", "is whole", /^import \* .*\n/m, "", "it is not a whole program"],
  ["python", "is whole", "import pulumi\n", "", "it is not a whole program"],
  ["go", "is whole", "package main\n", "", "it is not a whole program"],
  ["csharp", "is whole", "using Pulumi;\n", "", "it is not a whole program"],
  ["java", "is whole", "public static void main", "void run", "it is not a whole program"],
  ["yaml", "is whole", "runtime: yaml\n", "", "it is not a whole program"],
  ["hcl", "is whole", "required_providers {", "{", "it is not a whole program"],
  ["yaml", "is one block", "```yaml", "```", "it is not one block of that language"],

  ["python", "has names of inputs", "host_key=", "hostkey=", "SshConnectionArgs has no 'hostkey'"],
  ["go", "has names of inputs", "HostKey:", "Hostkey:", "SshConnectionArgs has no 'hostkey'"],
  ["csharp", "has names of inputs", "HostKey =", "Hostkey =", "SshConnectionArgs has no 'hostkey'"],
  ["java", "has names of inputs", ".hostKey(", ".hostkey(", "SshConnectionArgs has no 'hostkey'"],
  ["yaml", "has names of inputs", "hostKey: $", "hostkey: $", "SshConnection has no 'hostkey'"],
  ["hcl", "has names of inputs", "host_key ", "hostkey ", "SshConnection has no 'hostkey'"],
  [
    "python",
    "has names of the host's inputs",
    "daemon=",
    "demon=",
    "RootlessDockerHost has no 'demon'",
  ],
  [
    "go",
    "has names of the host's inputs",
    "Daemon:",
    "Demon:",
    "RootlessDockerHostArgs has no 'demon'",
  ],
  [
    "csharp",
    "has names of the host's inputs",
    "Daemon =",
    "Demon =",
    "RootlessDockerHostArgs has no 'demon'",
  ],
  [
    "java",
    "has names of the host's inputs",
    ".daemon(",
    ".demon(",
    "RootlessDockerHostArgs has no 'demon'",
  ],
  [
    "yaml",
    "has names of the host's inputs",
    "daemon:",
    "demon:",
    "RootlessDockerHost has no 'demon'",
  ],
  [
    "hcl",
    "has names of the host's inputs",
    "daemon =",
    "demon =",
    "RootlessDockerHost has no 'demon'",
  ],

  ["python", "has what is required", /\n *host=.*/, "", "SshConnectionArgs requires 'host'"],
  ["go", "has what is required", /\n\t*Host:.*/, "", "SshConnectionArgs requires 'host'"],
  ["csharp", "has what is required", /\n *Host = .*/, "", "SshConnectionArgs requires 'host'"],
  ["java", "has what is required", /\n *\.host\(.*/, "", "SshConnectionArgs requires 'host'"],
  ["yaml", "has what is required", /\n *host: \$.*/, "", "SshConnection requires 'host'"],
  ["hcl", "has what is required", /\n *host +=.*/, "", "SshConnection requires 'host'"],

  [
    "python",
    "has the types of inputs",
    "AccountArgs(",
    "EngineArgs(",
    "RootlessDockerHost: 'account' is Account, not EngineArgs",
  ],
  [
    "go",
    "has the types of inputs",
    "AccountArgs{",
    "EngineArgs{",
    "RootlessDockerHostArgs: 'Account' is Account, not EngineArgs",
  ],
  [
    "csharp",
    "has the types of inputs",
    "new AccountArgs",
    "new EngineArgs",
    "RootlessDockerHostArgs: 'Account' is Account, not EngineArgs",
  ],
  [
    "java",
    "has the types of inputs",
    "AccountArgs.builder",
    "EngineArgs.builder",
    "RootlessDockerHostArgs: 'account' is Account, not EngineArgs",
  ],

  [
    "python",
    "has names of the package",
    "AccountArgs(",
    "UserArgs(",
    "the package has no 'UserArgs'",
  ],
  ["go", "has names of the package", "AccountArgs{", "UserArgs{", "the package has no 'UserArgs'"],
  [
    "csharp",
    "has names of the package",
    "new AccountArgs",
    "new UserArgs",
    "the package has no 'UserArgs'",
  ],
  [
    "java",
    "has names of the package",
    "inputs.AccountArgs",
    "inputs.UserArgs",
    "the package has no 'UserArgs'",
  ],
  [
    "python",
    "has values of enums",
    "    daemon=",
    "    rootful_docker=rootless_docker.RootfulDocker.STAY,\n    daemon=",
    "the package has no 'RootfulDocker.STAY'",
  ],
  [
    "go",
    "has values of enums",
    "\t\tDaemon:",
    "\t\tRootfulDocker: rootlessdocker.RootfulDockerStay,\n\t\tDaemon:",
    "the package has no 'RootfulDockerStay'",
  ],

  ["python", "has an output", "web.docker_host", "web.docker", "the host has no output 'docker'"],
  ["go", "has an output", "web.DockerHost", "web.Docker", "the host has no output 'docker'"],
  ["csharp", "has an output", "web.DockerHost", "web.Docker", "the host has no output 'docker'"],
  ["java", "has an output", "web.dockerHost()", "web.docker()", "the host has no output 'docker'"],
  ["yaml", "has an output", "host.dockerHost}", "host.docker}", "the host has no output 'docker'"],
  ["hcl", "has an output", "web.docker_host", "web.docker", "the host has no output 'docker'"],

  [
    "python",
    "creates the host",
    "RootlessDockerHost(",
    "Host(",
    "it creates no RootlessDockerHost",
  ],
  [
    "yaml",
    "creates the host",
    "type: rootless-docker:index:",
    "type: rootless:index:",
    "it creates no rootless-docker:index:RootlessDockerHost",
  ],
  [
    "hcl",
    "creates the host",
    'resource "rootless-docker_',
    'resource "docker_',
    "it creates no resource 'rootless-docker_rootless_docker_host'",
  ],

  [
    "go",
    "imports its own address",
    goModule,
    "a.example/b/sdk/go/rootlessdocker",
    `it does not import ${goModule}`,
  ],
  [
    "python",
    "is the example that tests run",
    '"app"',
    '"web"',
    "it is not examples/python/__main__.py, which tests run",
  ],
  [
    "go",
    "is the example that tests run",
    '"app"',
    '"web"',
    "it is not examples/go/main.go, which tests run",
  ],
  [
    "python",
    "keeps no Docker of root's, as the other languages do not",
    "    daemon=",
    "    rootful_docker=rootless_docker.RootfulDocker.KEEP,\n    daemon=",
    "it is not examples/python/__main__.py, which tests run",
  ],
  [
    "go",
    "keeps no Docker of root's, as the other languages do not",
    "\t\tDaemon:",
    "\t\tRootfulDocker: rootlessdocker.RootfulDockerKeep,\n\t\tDaemon:",
    "it is not examples/go/main.go, which tests run",
  ],
  [
    "yaml",
    "is the example that tests run",
    "name: app",
    "name: web",
    "it is not examples/yaml/Pulumi.yaml, which tests run",
  ],
  [
    "yaml",
    "has the package that the command wrote",
    /packages:\n.*\n/,
    "",
    `packages does not have rootless-docker: pulumi/${registryName}/rootless-docker@${version}`,
  ],
  [
    "yaml",
    "has the package from its publisher",
    `pulumi/${registryName}/`,
    "pulumi/somebody/",
    `packages does not have rootless-docker: pulumi/${registryName}/rootless-docker@${version}`,
  ],
  ["csharp", "says that it was not tried", untried, "", `it lacks the words '${untried}'`],
  ["java", "says that it was not tried", untried, "", `it lacks the words '${untried}'`],
  ["hcl", "says that it was not tried", untried, "", `it lacks the words '${untried}'`],
  [
    "go",
    "does not say that it was not tried",
    "```go",
    `${untried}\n\n\`\`\`go`,
    "it is compiled, and says that it is not",
  ],
])("the example in %s %s", (name, _rule, from, to, problem) => {
  const read = edited("docs/_index.md", inExample(name, from, to));
  expect(registryProblems(read, compiles)).toContain(
    `docs/_index.md: the example in ${name}: ${problem}`,
  );
});

test("the example in TypeScript is compiled against the sources", () => {
  const read = edited("docs/_index.md", inExample("typescript", "hostKey:", "hostkey:"));
  expect(registryProblems(read)).toEqual([
    expect.stringMatching(
      /^docs\/_index\.md: the example in typescript: .*'hostkey' does not exist/,
    ),
  ]);
  expect(compileProblems('import { Host } from "rootless-docker";\nvoid Host;\n')).toEqual([
    expect.stringContaining("has no exported member 'Host'"),
  ]);
});

test("what only a publisher can fill is listed until it is filled", () => {
  const address = "https://git.example/a/b";
  const real = { security: "security@a.org", conduct: "conduct@a.org" };
  const invented = edited(
    "publisher.json",
    set({ ...real, repository: address, security: "x@git.example" }),
  );
  expect(publisherTasks(invented)).toEqual([
    `publisher.json: repository is ${address}, which does not exist`,
    "publisher.json: security is x@git.example, which does not exist",
  ]);
  expect(listingTasks(invented)).toEqual([
    "the Registry lists only public repositories on GitHub",
    "the Registry expects a repository that is called rootless-docker or pulumi-rootless-docker",
  ]);
  for (const name of ["rootless-docker", "pulumi-rootless-docker"]) {
    const filled = edited(
      "publisher.json",
      set({ ...real, repository: `https://github.com/somebody/${name}` }),
    );
    expect([...publisherTasks(filled), ...listingTasks(filled)]).toEqual([]);
  }
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

test("npm version writes the version into the programs in HCL and YAML, and nowhere else", () => {
  const page = readCheckout("docs/_index.md") ?? "";
  const later = withVersion(page, "9.8.7");
  expect(later.match(/version = "9\.8\.7"/g)).toHaveLength(2);
  expect(later.match(/rootless-docker@9\.8\.7$/gm)).toHaveLength(1);
  expect(later.replaceAll("9.8.7", version)).toBe(page);
});
