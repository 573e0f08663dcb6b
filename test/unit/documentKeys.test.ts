import { type StepName, stepNames } from "../../src/agent/agentText";
import { readSettings } from "../../src/steps/settings";
import { steps } from "../../src/steps";
import { everyStepDocument } from "../../src/steps/operations";
import { armored } from "../support/arguments";
import { documentsOfSettings } from "../support/documents";
import { everyOption } from "./fixtures";
import { shellFiles } from "../../src/agent/sources";

// A step's shell reads the keys that its document can carry, and no others: one that is never there would
// be taken for an option that is not set.

/** Options that do not go together, or whose defaults say more. */
const variations: object[] = [
  {},
  everyOption(),
  { daemon: { "data-root": "/srv/data", "storage-driver": undefined } },
  { network: { driver: "pasta" } },
  { unitOverrides: { Service: { TimeoutStopSec: "10s" } } },
  { engine: { source: "preinstalled" } },
  { engine: { source: "docker-repository", mirrorKey: armored("mQ==") } },
  {
    engine: {
      source: "static-archive",
      version: "29.8.1",
      sha256: "0".repeat(64),
      rootlessExtrasSha256: "1".repeat(64),
    },
  },
  {
    daemon: { "metrics-addr": "127.0.0.1:9323", "userland-proxy": false },
    environment: { DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS: "false" },
  },
  { rootfulDocker: "purge", privilegedPorts: "file-capability" },
  { environment: { DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS: "--debug", TOKEN: "secret" } },
];

function keysOf(step: StepName): string[] {
  const documents = variations.map((variation) => {
    const { settings, problems } = readSettings({ connection: { host: "h" }, ...variation }, [
      "environment.TOKEN",
    ]);
    expect(problems).toEqual([]);
    // The secrets' keys are of the same kinds as the daemon's.
    const own = step === "secrets" ? {} : documentsOfSettings(settings, "project/stack/web")[step];
    const everyStep = { ...everyStepDocument(settings), drift: "found", agent: "c0de" };
    const document = { ...everyStep, ...own };
    return Object.entries(document).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  });
  return [...new Set(documents.flat())];
}

function matches(pattern: string, key: string): boolean {
  const texts = pattern.split("*").map((text) => text.replace(/[.]/g, "\\$&"));
  return new RegExp(`^${texts.join(".*")}$`).test(key);
}

test.each(steps.filter(({ name }) => name !== "secrets"))(
  "$name: its document has the keys whose effects it names",
  ({ name, effects }) => {
    const keys = keysOf(name);
    const patterns = Object.keys(effects);
    expect(patterns.filter((pattern) => !keys.some((key) => matches(pattern, key)))).toEqual([]);
  },
);

/** Keys that the shell reads as a command, not as a word of a text; `$kind` and the like stand for any text. */
const read = shellFiles().flatMap(({ text }) =>
  [
    ...text.matchAll(
      /(?<=^[\t ]*|\$\(|[;{] |\bif |! |&& |\|\| |yes_if )(?:doc|has) ("?)([\w$][^\s")';]*)\1(?=[\s");]|$)/gm,
    ),
  ].map(([, , key]) => key.replace(/\$(\{[^}]+\}|\w+)/g, "*")),
);

const carried = [...new Set(stepNames.flatMap(keysOf))];

test("the shell reads no key that no document can carry", () => {
  const unknown = read.filter((key) => !carried.some((one) => matches(key, one)));
  expect([...new Set(unknown)]).toEqual([]);
});

test("every key that is no member of a folder is read, or there for people alone", () => {
  const everyStep = ["agent", "drift", "recheck"];
  const forPeople = [...everyStep, "privileged-ports", "rootful-docker.purge.data"];
  const unread = carried.filter(
    (key) => !key.includes("/") && !read.some((one) => one !== "*" && matches(one, key)),
  );
  expect(unread.filter((key) => !forPeople.includes(key))).toEqual([]);
});
