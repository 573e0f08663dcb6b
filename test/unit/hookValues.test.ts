import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "../../index";
import { Creation } from "../../src/changes/creation";
import { guardRestarts } from "../../src/changes/guard";
import { sayChanges } from "../../src/changes/hooks";
import { hookOutput, knownValue } from "../../src/sdkInternals";
import { Inputs } from "../../src/inputs";
import { Restarts } from "../../src/steps/everyStep";
import { greeting } from "../../src/ssh/ssh";
import { waitForMachine } from "../../src/children/waitForMachine";
import { usual } from "./component/create";
import { unknown } from "./mocks";

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
jest.mock("../../src/sdkInternals", () => ({
  ...jest.requireActual<object>("../../src/sdkInternals"),
  hooksWork: () => true,
}));
jest.mock("../../src/engineHooks", () => ({
  previewHook: (name: string, _component: unknown, callback: unknown) => [{ name, callback }],
  refusingHook: (name: string, _component: unknown, callback: unknown) => ({ name, callback }),
}));
jest.mock("../../src/ssh/ssh", () => ({ greeting: jest.fn().mockResolvedValue(undefined) }));

type Callback = (args: Partial<pulumi.ResourceHookArgs>) => Promise<unknown>;

const marked = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});
const inputs = new Inputs(usual);
const hookName = (word: string) => `web-${word}`;
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
  const wait = callbackOf(waitForMachine(hookName, inputs, [], component), "web-wait");
  await wait({ name: "web-copy", newInputs: { connection } });
  expect(greeting).toHaveBeenCalledTimes(times);
  if (times > 0) expect(greeting).toHaveBeenCalledWith({ host: "a", privateKey: "key" });
});

describe("a preview's words about", () => {
  const binding = sayChanges("web", hookName, inputs, new Creation(inputs), () => component);
  const words = callbackOf(binding, "web-preview");

  test("a step's document and drift with two marks", async () => {
    const environment = (note: string) => pulumi.secret(marked({ machine: note }));
    const changes = { since: { "a.b": "found 1, wanted 2" } };
    const note = JSON.stringify({ installation: "0123", changes });
    expect(
      await words({
        name: "web-drift",
        oldInputs: { environment: environment("{}") },
        newInputs: { environment: environment(note) },
      }),
    ).toMatch(/^web-drift: changed on the host: a\.b \(found 1, wanted 2\)/);
    const stdin = (value: string) => pulumi.secret(marked(`pingGroups: ${value}\n`));
    const change = { oldInputs: { stdin: stdin("0 1") }, newInputs: { stdin: stdin("0 2") } };
    expect(await words({ name: "web-machine", ...change })).toMatch(/secret/);
  });

  test("the machine: of the agent and of its settings", async () => {
    const said = (name: string, ...[before, after]: string[][]) => {
      const [oldInputs, newInputs] = [before, after].map((all) => ({ stdin: all.join("\n") }));
      return words({ name, oldInputs, newInputs });
    };
    const [old, settings] = [
      [`owner: "a"`, "uid: 1"],
      [`owner: "b"`, "uid: 2"],
    ];
    expect(await said("web-machine", old, settings)).toBe("web-machine: uid 1 => 2");
    expect(await said("web-machine", old, [`owner: "b"`, "uid: 1"])).toBeUndefined();
    const all = ['recheck: "a"', ...settings];
    expect(await said("web-machine", old, all)).toMatch(
      /^web-machine: recheck: "a": every step runs again .*\. uid 1 => 2$/,
    );
    // All other steps leave it to the machine.
    expect(await said("web-daemon", old, ['recheck: "a"', ...old])).toBeUndefined();
  });

  test("another machine, where onDestroy or dockerHost is a secret", async () => {
    const oldInputs = { onDestroy: pulumi.secret(marked({ data: "Delete" })) };
    const oldOutputs = { dockerHost: pulumi.secret(marked("ssh://app@elsewhere")) };
    expect(await words({ name: "web", oldInputs, oldOutputs })).toMatch(/volumes are DELETED/);
  });

  test("another account that is not known yet: the same machine's daemon stops", async () => {
    const given = new Inputs({ ...usual, account: { name: unknown() } });
    const hooks = sayChanges("web", hookName, given, new Creation(given), () => component);
    const oldOutputs = { dockerHost: "ssh://app@machine.example" };
    const said = await callbackOf(hooks, "web-preview")({ name: "web", oldInputs: {}, oldOutputs });
    expect(said).toMatch(/the one at ssh:\/\/app@machine.example stops/);
    expect(said).not.toMatch(/nothing stops/);
  });

  test("another way to the same machine", async () => {
    const connection = (key: string) => pulumi.secret(marked({ host: "a", privateKey: key }));
    const args = {
      oldInputs: { connection: connection("a") },
      newInputs: { connection: connection("b") },
    };
    const dockerHost = "ssh://app@machine.example";
    expect(await words({ name: "web", ...args, oldOutputs: { dockerHost } })).toMatch(
      /^web: the connection changes \(privateKey\)/,
    );
  });
});

describe("restarts that are refused", () => {
  const guard = (more: Partial<RootlessDockerHostArgs>) => {
    const given = new Inputs({ ...usual, restarts: Restarts.Refuse, ...more });
    return guardRestarts("web", hookName, given, () => component);
  };
  const refusal = (more: Partial<RootlessDockerHostArgs>, before: object): Promise<unknown> => {
    const hook = callbackOf(guard(more)?.component, "web-restarts");
    return hook({ name: "web", oldInputs: { ...usual, ...before } });
  };
  const restart =
    "the daemon restarts; containers stop, and those with a restart policy start again";
  const words = (about: string, found: string, by = "") =>
    `${about}: restarts: found a change of ${found}; wanted none, as restarts is Refuse. To fix: set restarts to Allow for this change, or take the change back. Nothing was changed${by}`;

  test("the component's: keys of documents, with secrets that have two marks", async () => {
    const before = {
      connection: pulumi.secret(marked({ host: "machine.example", privateKey: "key" })),
      daemon: pulumi.secret({ "log-level": "info", proxies: { "http-proxy": "SECRET-one" } }),
    };
    const proxies = pulumi.secret({ "http-proxy": "SECRET-two" });
    expect(await refusal({ daemon: { "log-level": "warn", proxies } }, before)).toBe(
      words("web", `daemon.json/log-level, daemon.json/proxies: ${restart}`),
    );
    const same = pulumi.secret({ "http-proxy": "SECRET-one" });
    expect(
      await refusal({ daemon: { "log-level": "info", proxies: same } }, before),
    ).toBeUndefined();
  });

  test("what is not known yet says nothing, and the rest does", async () => {
    const before = { environment: { A: "1", B: "1" } };
    expect(await refusal({ environment: { A: unknown(), B: "1" } }, before)).toBeUndefined();
    expect(await refusal({ environment: { A: unknown(), B: "2" } }, before)).toBe(
      words("web", `environment/B: ${restart}`),
    );
    expect(await refusal({ environment: unknown() }, before)).toBeUndefined();
    expect(await refusal({ restarts: unknown(), environment: {} }, before)).toBeUndefined();
  });

  test("another host", async () => {
    expect(await refusal({}, { connection: { host: "b.example" } })).toMatch(
      /^web: restarts: found a change of connection\.host: the whole installation moves: /,
    );
  });

  test("a step's: what its own document has beyond the component's inputs", async () => {
    const { component: whole, steps } = guard({ environment: { A: "2" } }) ?? {};
    await callbackOf(whole, "web-restarts")({ oldInputs: { ...usual, environment: { A: "1" } } });
    const ofStep = callbackOf(steps, "web-stepRestarts");
    const stdin = (...lines: string[]) => ({ stdin: [...lines, ""].join("\n") });
    const change = (name: string, oldInputs: object, newInputs: object) =>
      ofStep({ name, oldInputs, newInputs });
    const [one, two] = ["1", "2"].map((value) => stdin(`environment/A: "${value}"`));
    expect(await change("web-daemon", one, two)).toBeUndefined();
    expect(await change("web-daemon", one, stdin('environment/A: "2"', 'environment/B: "2"'))).toBe(
      words("web-daemon", `environment/B: ${restart}`, " by this step"),
    );
    expect(await change("web-machine", stdin("a.b: 1"), stdin("a.b: 2"))).toBeUndefined();
    expect(await change("web-copy", one, two)).toBeUndefined();
  });

  test("with Allow there is no hook", () => {
    expect(guard({ restarts: Restarts.Allow })).toBeUndefined();
    expect(guard({ restarts: undefined })).toBeUndefined();
  });
});
