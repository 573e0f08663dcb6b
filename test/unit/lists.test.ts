import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shellFunctions } from "../../src/agent/sources";
import { limitationsOf } from "../../src/limitations/rows";
import { type HostFacts, measuredBy } from "../../src/limitations/measured";
import { stepNames, steps } from "../../src/steps";
import { type FactTypes, readFacts } from "../../src/steps/facts";
import { valueAt } from "../../src/steps/inputPaths";
import { secretInputs } from "../../src/steps/secretInputs";
import { readSettings } from "../../src/steps/settings";
import { inputPaths } from "../support/inputPaths";
import { everyOption, secretPart } from "./fixtures";
import { usualFacts } from "./mocks";

// Lists of which "Adding" in docs/architecture.md says that something new stands in them: a test for each that nothing
// else fails for.

const root = join(__dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** First cells of the tables below a heading of a page. */
function cellsBelow(page: string, heading: string): string[] {
  const [, section = ""] =
    new RegExp(`^## ${heading}\\n([^]*?)(?=^## |$(?![^]))`, "m").exec(read(page)) ?? [];
  return [...section.matchAll(/^\| (?:- )?`?([^|`]+?)`? *\|/gm)].map(([, cell]) => cell);
}

describe("an option", () => {
  // Each goes only with an engine.source of its own.
  const ofOtherSources = ["mirror", "mirrorKey", "sha256", "rootlessExtrasSha256"].map(
    (name) => `engine.${name}`,
  );

  test("stands in everyOption", () => {
    const args = { ...everyOption(), registryAuth: everyOption().registryAuth[0] };
    const missing = inputPaths().filter((path) => valueAt(args, path) === undefined);
    expect(missing).toEqual(ofOtherSources);
  });

  // Read by the component itself: they are in no step's document, or in all.
  const ofComponent = [
    ...["connection", "sudoPassword", "acceptedAdvisories", "agentTransfer", "operations"],
  ];

  test("is an input of a step, or of the component itself", () => {
    const ofSteps = steps.flatMap(({ inputs }) => inputs).map((path) => path.split(".")[0]);
    const { settings } = readSettings(everyOption());
    const used = [...ofSteps, ...ofComponent];
    expect(Object.keys(settings).filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe("an option with a secret value", () => {
  const withPassword = `http://user:${secretPart}@proxy.example`;
  const args = {
    ...everyOption(),
    daemon: { proxies: { "http-proxy": withPassword } },
    environment: { HTTPS_PROXY: withPassword },
  };
  const { settings, problems } = readSettings(args);

  test.each(Object.entries(secretInputs))("%s: its secret is in %s alone", (input, setting) => {
    expect(problems).toEqual([]);
    expect(JSON.stringify(valueAt(args, input))).toContain(secretPart);
    expect(JSON.stringify(valueAt(settings, input))).not.toContain(secretPart);
    expect(JSON.stringify(settings[setting])).toContain(secretPart);
  });

  test("every option with a secret value is in secretInputs", () => {
    const found = Object.entries(args)
      .filter(([, value]) => JSON.stringify(value).includes(secretPart))
      .map(([name]) => name);
    const known = Object.keys(secretInputs).map((path) => path.split(".")[0]);
    expect(found.sort()).toEqual([...new Set(known)].sort());
  });
});

test("a row of limitations stands in docs/limits.md", () => {
  const measured = Object.entries(measuredBy).map(([step, types]) =>
    readFacts(`web-${step}`, types as FactTypes, usualFacts[step]),
  );
  const rows = limitationsOf(Object.assign({}, ...measured) as HostFacts);
  const documented = [...read("docs/limits.md").matchAll(/^\| `(\w+)` +\|/gm)].map(
    ([, row]) => row,
  );
  expect(rows.map(({ name }) => name).filter((name) => !documented.includes(name))).toEqual([]);
});

describe("a step", () => {
  test.each(stepNames)("%s: the agent has its work, and the page its row", (step) => {
    expect([...shellFunctions().keys()]).toContain(`${step}_apply`);
    expect(cellsBelow("docs/architecture.md", "The steps")).toContain(step);
  });

  test("the last one is the daemon, whose answer all outputs wait for", () => {
    expect(stepNames.at(-1)).toBe("daemon");
  });
});

describe("a package manager", () => {
  const shared = ["manager.sh", "names.sh", "rpm.sh"];
  const managers = readdirSync(join(root, "src/host/platform/packages"))
    .filter((file) => /^[^.]+\.sh$/.test(file) && !shared.includes(file))
    .map((file) => file.replace(".sh", ""));
  const [comment] = read("src/host/platform/packages/manager.sh").split("\n\n");
  const wanted = [...comment.matchAll(/^# {3}(\w+) .* {2,}/gm)].map(([, name]) => name);

  test("manager.sh says what each has", () => {
    expect(wanted).toEqual(expect.arrayContaining(["installed", "plan", "run", "errors"]));
    expect(managers).toEqual(expect.arrayContaining(["apt", "dnf", "pacman", "zypper"]));
  });

  test.each(managers)("%s has all of it", (manager) => {
    const missing = wanted.filter((name) => !shellFunctions().has(`${manager}_${name}`));
    expect(missing).toEqual([]);
  });

  test.each(managers)("%s is one that a system has", (manager) => {
    expect(read("src/host/platform/systems.sh")).toMatch(new RegExp(`\\b${manager}\\b`));
  });
});
