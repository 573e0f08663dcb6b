import { type StepName, stepNames } from "../../src/agent/agentText";
import { readSettings } from "../../src/settings";
import { documentsOf, steps } from "../../src/steps";
import { everyStepDocument } from "../../src/steps/everyStep/document";
import { everyOption } from "./fixtures";
import { armored } from "../../testkit/arguments";
import { callsOf, shellFunctions } from "../../src/agent/shellSources";

// A step's shell reads the keys that its document can carry, and no others: one that is never there would
// be taken for an option that is not set.

const functions = shellFunctions();

/** Functions that one calls; those of a kind of resource by way of `want KIND`. */
function calls(name: string): string[] {
  const kinds = functions.get(name)?.body.matchAll(/\bwant (\w+)/g) ?? [];
  const verbs = [...kinds].flatMap(([, kind]) => [`${kind}_save`, `${kind}_restore`]);
  return [...callsOf(name), ...verbs.filter((verb) => functions.has(verb))];
}

/** Options that do not go together, or whose defaults say more. */
const variations: object[] = [
  {},
  everyOption(),
  {
    daemon: { icc: false, iptables: false, "data-root": "/srv/data", "storage-driver": undefined },
  },
  { network: { driver: "Pasta" }, sysctls: { "kernel.keys.maxbytes": "3000000" } },
  { engine: { source: "Preinstalled" } },
  { engine: { source: "DockerRepository", mirrorKey: armored("mQ==") } },
  {
    engine: {
      source: "StaticArchive",
      version: "29.8.1",
      sha256: "0".repeat(64),
      rootlessExtrasSha256: "1".repeat(64),
    },
  },
  {
    daemon: { "metrics-addr": "127.0.0.1:9323" },
    network: { detached: false },
  },
  { rootfulDocker: "Purge", privilegedPorts: "FileCapability" },
  { environment: { DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS: "--debug", TOKEN: "secret" } },
];

function keysOf(step: StepName): string[] {
  const documents = variations.map((variation) => {
    const { settings, problems } = readSettings({ connection: { host: "h" }, ...variation }, [
      "environment.TOKEN",
    ]);
    expect(problems).toEqual([]);
    // The secrets' keys are of the same kinds as the daemon's.
    const own = step === "secrets" ? {} : documentsOf(settings, "project/stack/web")[step];
    const everyStep = { ...everyStepDocument(settings), drift: "found", agent: "c0de" };
    const document = { ...everyStep, ...own };
    return Object.entries(document).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  });
  return [...new Set(documents.flat())];
}

/** Documents of another step, which a function reads as its own: nothing that it calls reads this step's. */
const readsAnother = ["follow_engine", "pass_on_to_daemon", "run_preflight_check"];

/** What a function reads by a name that it is given or composes. */
const composed: Record<string, string[]> = {
  "validate_unit docker.service/$directive": [],
  "require_equal $1": ["uid", "home", "shell"],
  "note_named $1": ["uid", "subuid-start", "subgid-start"],
  "sysctl_wanted_or_here $1": ["kernel.keys.maxkeys", "kernel.keys.maxbytes"],
  "ports_apply $start": ["net.ipv4.ip_unprivileged_port_start"],
  "compose_own_flags environment/$name": ["environment/DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS"],
  "has_machines_network environment/$name": [
    "environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS",
  ],
};

/** Functions that read whatever there is of a kind. */
const families: Record<string, RegExp> = {
  want_sysctls: /^[^/]*\.[^/]*$/,
  want_module_options: /^modprobe\.d\//,
  compose_daemon_json: /^daemon\.json\//,
  compose_environment: /^environment\//,
  compose_directives: /^docker\.service\//,
  want_registry_certificates: /^certs\.d\//,
  registries_apply: /^registryAuth\//,
};

/**
 * In every step's document, to make it run again: but for preflight, no step's shell reads them. `drift` is
 * read when a step has run.
 */
const everyStepKeys = stepNames.flatMap((step) =>
  step === "preflight" ? ["preflight recheck"] : [`${step} recheck`, `${step} take-over`],
);

/** For people who read a preview. */
const displayedOnly = [
  ...everyStepKeys,
  ...steps.flatMap(({ name, displayed }) => displayed.map((key) => `${name} ${key}`)),
];

function matches(pattern: string, key: string): boolean {
  const texts = pattern.split("*").map((text) => text.replace(/[.]/g, "\\$&"));
  return new RegExp(`^${texts.join(".+")}$`).test(key);
}

test.each(steps)("$name: its document has the keys that it declares, and no others", (step) => {
  const declared = [...step.applied, ...step.displayed];
  const carried = keysOf(step.name).filter(
    (key) => !["agent", "drift", "recheck", "take-over"].includes(key),
  );
  expect(carried.filter((key) => !declared.some((pattern) => matches(pattern, key)))).toEqual([]);
  const unused = declared.filter((pattern) => !carried.some((key) => matches(pattern, key)));
  expect(step.name === "secrets" ? [] : unused).toEqual([]);
});

/** Where the document has none, the kernel's own value counts: by then the step kernel has set it. */
const fromKernel = ["report kernel.keys.maxkeys", "report kernel.keys.maxbytes"];

function reached(step: StepName): string[] {
  const seen = new Set(["apply", `${step}_apply`]);
  for (const name of seen)
    if (!readsAnother.includes(name)) for (const called of calls(name)) seen.add(called);
  return [...seen];
}

/** Keys that one function reads. */
function keysReadBy(name: string): string[] {
  if (readsAnother.includes(name)) return [];
  const body = functions.get(name)?.body ?? "";
  // As a command, not as a word of a text.
  const words = [
    ...body.matchAll(
      /(?<=^[\t ]*|\$\(|[;{] |\bif |! |&& |\|\| )(?:doc|has) ("?)([\w$][^\s")';]*)\1(?=[\s");]|$)/gm,
    ),
  ];
  return words.flatMap(([, , key]) => {
    if (!key.includes("$")) return [key];
    if (/^sub\$(kind|\{kind\}|1)/.test(key))
      return ["uid", "gid"].map((kind) => key.replace(/\$(kind|\{kind\}|1)/, kind));
    const known = composed[`${name} ${key}`] as string[] | undefined;
    if (known === undefined) throw new Error(`${name} reads '${key}': name it in 'composed'`);
    return known;
  });
}

test.each(stepNames)("%s: reads no key that its document cannot carry", (step) => {
  const carried = keysOf(step);
  const read = reached(step).flatMap((name) => keysReadBy(name));
  const unknown = [...new Set(read)].filter((key) => !carried.includes(key));
  expect(unknown.filter((key) => !fromKernel.includes(`${step} ${key}`))).toEqual([]);
});

test("every key that a document can carry is read, or there for people alone", () => {
  const unread = stepNames.flatMap((step) => {
    const names = reached(step);
    const read = new Set(names.flatMap((name) => keysReadBy(name)));
    const kinds = names.flatMap((name) => (name in families ? [families[name]] : []));
    return keysOf(step)
      .filter((key) => !read.has(key) && !kinds.some((kind) => kind.test(key)))
      .map((key) => `${step} ${key}`);
  });
  expect(unread.sort()).toEqual([...displayedOnly].sort());
});

test("the tables above name what there is", () => {
  const named = [
    ...readsAnother,
    ...Object.keys(families),
    ...Object.keys(composed).map((one) => one.split(" ")[0]),
  ];
  expect(named.filter((name) => !functions.has(name))).toEqual([]);
});
