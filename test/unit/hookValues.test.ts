import * as pulumi from "@pulumi/pulumi";
import { withAnnouncements } from "../../src/changes/component";
import { Creation } from "../../src/changes/creation";
import { sayChanges } from "../../src/changes/hooks";
import { hookOutput } from "../../src/hookValue";
import { knownValue } from "../../src/knownValue";
import { Inputs } from "../../src/inputs";
import { greeting } from "../../src/remote/ssh";
import { waitForMachine } from "../../src/remote/waitForMachine";
import { usual } from "./component/create";

// What hooks make of their values, without an engine that calls them. What an engine gives them is in
// test/scenario/conformance/hooks.test.ts.
jest.mock("@pulumi/pulumi", () => ({
  __esModule: true,
  ...jest.requireActual<object>("@pulumi/pulumi"),
  ResourceHook: class {
    constructor(
      readonly name: string,
      readonly callback: unknown,
    ) {}
  },
}));
jest.mock("../../src/engineHooks", () => ({
  hooksWork: () => true,
  hookName: (name: string) => name,
  previewHook: (name: string, _component: unknown, callback: unknown) => ({ name, callback }),
}));
jest.mock("../../src/remote/ssh", () => ({ greeting: jest.fn().mockResolvedValue(undefined) }));

type Callback = (args: Partial<pulumi.ResourceHookArgs>) => Promise<unknown>;

const marked = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const inputs = new Inputs(usual);
const component = {} as never;

function callbackOf(binding: pulumi.ResourceHookBinding | undefined, name: string): Callback {
  const hooks = [...(binding?.beforeCreate ?? []), ...(binding?.beforeUpdate ?? [])];
  const found = hooks.find((hook) => (hook as pulumi.ResourceHook).name === name);
  return (found as pulumi.ResourceHook).callback as Callback;
}

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
  ["two marks", pulumi.secret(marked({ host: "a", privateKey: "key" })), 1],
  ["plain", { host: "a", privateKey: "key" }, 1],
  ["no host", pulumi.secret(marked({ privateKey: "key" })), 0],
  ["an empty host", { host: "" }, 0],
  ["nothing", undefined, 0],
])("a new machine, %s: greeted at its host alone", async (_name, connection, times) => {
  jest.mocked(greeting).mockClear();
  const wait = callbackOf(waitForMachine("web", inputs, [], component), "web-wait");
  await wait({ name: "web-copy", newInputs: { connection } });
  expect(greeting).toHaveBeenCalledTimes(times);
  if (times > 0) expect(greeting).toHaveBeenCalledWith({ host: "a", privateKey: "key" });
});

describe("a preview's words about", () => {
  const creation = new Creation(inputs);

  test("a step's document and drift with two marks", async () => {
    const words = callbackOf(sayChanges("web", component, creation), "web-changes");
    const environment = (note: string) => pulumi.secret(marked({ kernel: note }));
    const note = JSON.stringify({ sysctl: { "a.b": "found 1, wanted 2" } });
    expect(
      await words({
        name: "web-drift",
        oldInputs: { environment: environment("{}") },
        newInputs: { environment: environment(note) },
      }),
    ).toMatch(/^changed on the host: a\.b \(found 1, wanted 2\)/);
    const stdin = (value: string) => pulumi.secret(marked(`pingGroups: ${value}\n`));
    const change = { oldInputs: { stdin: stdin("0 1") }, newInputs: { stdin: stdin("0 2") } };
    expect(await words({ name: "web-kernel", ...change })).toMatch(/secret/);
  });

  const { hooks } = withAnnouncements("web", inputs, creation, () => component, undefined) ?? {};

  test("another machine, where onDestroy or dockerHost is a secret", async () => {
    const words = callbackOf(hooks, "web-replacement");
    const oldInputs = { onDestroy: pulumi.secret(marked({ data: "Delete" })) };
    const oldOutputs = { dockerHost: pulumi.secret(marked("ssh://app@elsewhere")) };
    expect(await words({ oldInputs, oldOutputs })).toMatch(/volumes are DELETED/);
  });

  test("another way to the same machine", async () => {
    const words = callbackOf(hooks, "web-way");
    const connection = (key: string) => pulumi.secret(marked({ host: "a", privateKey: key }));
    const args = {
      oldInputs: { connection: connection("a") },
      newInputs: { connection: connection("b") },
    };
    const dockerHost = "ssh://app@machine.example";
    expect(await words({ ...args, oldOutputs: { dockerHost } })).toMatch(
      /^the connection changes \(privateKey\)/,
    );
  });
});
