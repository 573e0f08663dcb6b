import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "../../index";
import { componentInWords } from "../../src/changes/component";
import { Creation } from "../../src/changes/creation";
import { filled, refusedChanges } from "../../src/changes/guard";
import { textOf } from "../../src/changes/hooks";
import { Inputs } from "../../src/inputs";
import { hookOutput, knownValue } from "../../src/sdkInternals";
import { Restarts } from "../../src/steps/operations";
import { readSettings } from "../../src/steps/settings";
import { pending } from "../../src/validation/reader";
import { usual } from "./component/create";
import { unknown } from "./mocks";

// What is made of the values that a hook gets, a function each. Which values an engine gives is in
// test/scenario/conformance/hooks.test.ts; what the hooks then do, in test/scenario/previews.test.ts and restarts.test.ts.

/** A value that is a secret of a resource, as the SDK gives it to a hook. */
const marked = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

test.each([
  ["plain", { host: "a" }, false],
  ["one mark", pulumi.secret({ host: "a" }), true],
  ["two marks", pulumi.secret(marked({ host: "a" })), true],
  ["three marks", pulumi.secret(marked(marked({ host: marked("a") }))), true],
  ["a mark inside", { host: marked("a") }, true],
])("%s: the value without marks, and whether it is a secret", async (_name, given, isSecret) => {
  const output = hookOutput(given);
  expect(await knownValue(output)).toEqual({ host: "a" });
  expect(await pulumi.isSecret(output)).toBe(isSecret);
});

test.each([
  ["plain", "uid: 1\n", { text: "uid: 1\n", isSecret: false }],
  ["two marks", pulumi.secret(marked("uid: 1\n")), { text: "uid: 1\n", isSecret: true }],
  ["not known yet", unknown<string>(), undefined],
  ["nothing", undefined, undefined],
])("a document, %s", async (_name, given, wanted) => {
  expect(await textOf(given)).toEqual(wanted);
});

describe("a preview's words about the component", () => {
  const words = (given: RootlessDockerHostArgs, args: Partial<pulumi.ResourceHookArgs>) => {
    const inputs = new Inputs(given);
    return componentInWords(inputs, new Creation(inputs), {
      name: "web",
      ...args,
    } as pulumi.ResourceHookArgs);
  };
  const here = "ssh://app@machine.example";

  test("another machine, where onDestroy or dockerHost is a secret", async () => {
    const oldInputs = { onDestroy: pulumi.secret(marked({ data: "delete" })) };
    const oldOutputs = { dockerHost: pulumi.secret(marked("ssh://app@elsewhere")) };
    expect(await words(usual, { oldInputs, oldOutputs })).toMatch(/volumes are DELETED/);
  });

  test("another account that is not known yet: the same machine's daemon stops", async () => {
    const given = { ...usual, account: { name: unknown<string>() } };
    const said = await words(given, { oldInputs: {}, oldOutputs: { dockerHost: here } });
    expect(said).toMatch(/the one at ssh:\/\/app@machine.example stops/);
    expect(said).not.toMatch(/nothing stops/);
  });

  test("another way to the same machine", async () => {
    const connection = (key: string) => pulumi.secret(marked({ host: "a", privateKey: key }));
    expect(
      await words(usual, {
        oldInputs: { connection: connection("a") },
        newInputs: { connection: connection("b") },
        oldOutputs: { dockerHost: here },
      }),
    ).toMatch(/^the connection changes \(privateKey\)/);
  });
});

describe("restarts that are refused", () => {
  const refused = (before: object, after: object) => {
    const [old, present] = [before, after].map(
      (more) =>
        readSettings({ ...usual, operations: { restarts: Restarts.Refuse }, ...more }).settings,
    );
    return refusedChanges(old, present).map(([what]) => what);
  };

  test.each<[string, object, object, string[]]>([
    ["nothing", { environment: { A: "1" } }, { environment: { A: "1" } }, []],
    ["a key", { environment: { A: "1" } }, { environment: { A: "2" } }, ["environment/A"]],
    ["another host", {}, { connection: { host: "b.example" } }, ["connection.host"]],
    ["another account", {}, { account: { name: "ci" } }, ["account.name"]],
    [
      "allowed",
      { environment: { A: "1" } },
      { environment: { A: "2" }, operations: { restarts: Restarts.Allow } },
      [],
    ],
  ])("%s", (_name, before, after, wanted) => {
    expect(refused(before, after)).toEqual(wanted);
  });

  test("what is not known yet counts as unchanged, and the rest as it is", () => {
    const before = { environment: { A: "1", B: "1" }, list: ["a", "b"] };
    expect(filled({ environment: { A: pending, B: "2" }, list: [pending, "c"] }, before)).toEqual({
      environment: { A: "1", B: "2" },
      list: ["a", "c"],
    });
    expect(filled({ environment: pending }, before)).toEqual({ environment: before.environment });
    expect(filled({ environment: { A: pending } }, {})).toEqual({ environment: { A: undefined } });
  });
});
