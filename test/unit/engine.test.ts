import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Restarts, RootlessDockerHost } from "../../index";
import { hooksWork, oldestPulumi, requireHooks } from "../../src/engineHooks";
import { RootlessDockerProvider } from "../../src/plugin/provider";
import { create, modes, usual } from "./component/create";
import { inSecret, type Registration, runProgram, startRecording, step } from "./mocks";

// What this package relies on of the engine and of the environment, and refuses in words where it is missing.

const root = join(__dirname, "../..");
// The SDK's types do not show it.
const settings = jest.requireActual<{
  requirePulumiVersion: (range: string) => Promise<void>;
  getCallbacks: () => { shutdown: () => void } | undefined;
}>("@pulumi/pulumi/runtime/settings");

// Hooks are answered by a server of the SDK's.
afterAll(() => settings.getCallbacks()?.shutdown());

// What the SDK has asked the engine; its types do not show it.
const { getStore } = jest.requireActual<{ getStore: () => Record<string, boolean> }>(
  "@pulumi/pulumi/runtime/state",
);
const features = ["supportsResourceHooks", "supportsErrorHooks", "supportsTransforms"];

/** Has the mocks look like an engine that takes hooks. Those of SDK 3.248 say that theirs knows no transforms. */
function takeHooks(): void {
  for (const feature of features) getStore()[feature] = true;
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  const register = (_request: unknown, done: (error: null) => void) => done(null);
  monitor.registerResourceHook = register;
  monitor.registerErrorHook = register;
}

/** What the engine answers about its version. */
const tooOld = Object.assign(new Error("2 UNKNOWN: words"), {
  details: 'Pulumi CLI version 3.247.0 does not satisfy the version range ">=3.248.0"',
});

test.each([...features, ""])("an engine that lacks '%s'", async (lacking) => {
  const { registrations } = await startRecording();
  takeHooks();
  for (const feature of features) getStore()[feature] = feature !== lacking;
  if (lacking === "") {
    expect(requireHooks).not.toThrow();
    return;
  }
  expect(() => new RootlessDockerHost("web", usual)).toThrow(
    /^rootless-docker: engine: the Pulumi CLI does not support resource hooks, error hooks or transforms, but 3\.248\.0 or newer is required\. To fix: upgrade the Pulumi CLI, /,
  );
  expect(registrations).toEqual([]);
});

const children = ["installation", "drift", "copy", "agent", "machine", "secrets", "daemon"];

function expectRefused(
  { errors, registrations }: { errors: string[]; registrations: Registration[] },
  gate: string,
): void {
  expect(errors).toEqual([
    'rootless-docker: engine: the Pulumi CLI is too old (Pulumi CLI version 3.247.0 does not satisfy the version range ">=3.248.0"): 3.248.0 or newer is required. To fix: upgrade the Pulumi CLI, see https://www.pulumi.com/docs/iac/download-install/',
  ]);
  for (const name of children) {
    const { hooks, inputs } = step({ registrations }, name);
    expect([hooks.beforeCreate[0], hooks.beforeUpdate[0]]).toEqual([gate, gate]);
    // Without a change no hook would run. These two log in nowhere.
    if (!["installation", "drift"].includes(name))
      expect(inSecret(inputs.connection)).toMatchObject({ host: "" });
  }
}

describe("a Pulumi CLI below the oldest", () => {
  beforeEach(() => {
    jest.spyOn(settings, "requirePulumiVersion").mockImplementation(async (range) => {
      if (range === ">=3.248.0") throw tooOld;
    });
  });

  test("one error of the component, and a hook that refuses each child", async () => {
    const outcome = await runProgram(() => {
      takeHooks();
      return new RootlessDockerHost("web", usual);
    });
    expectRefused(outcome, "rootless-docker:web-gate");
  });

  test("the same through the plugin", async () => {
    const record = await startRecording();
    takeHooks();
    const provider = new RootlessDockerProvider(root);
    const type = "rootless-docker:index:RootlessDockerHost";
    const { urn } = await provider.construct("web", type, usual, {});
    await new Promise((resolve) => pulumi.output(urn).apply(resolve));
    while (record.registrations.length <= children.length) await new Promise(setImmediate);
    expectRefused(record, "rootless-docker:web-gate");
  });
});

test("package.json and the documents have the same version", () => {
  const text = (path: string) => readFileSync(join(root, path), "utf8");
  const { peerDependencies } = JSON.parse(text("package.json")) as {
    peerDependencies: Record<string, string>;
  };
  expect(peerDependencies["@pulumi/pulumi"]).toBe(`^${oldestPulumi}`);
  const short = oldestPulumi.replace(/\.0$/, "");
  expect(text("README.md")).toContain(` ${short} or later`);
  expect(text("SUPPORT.md")).toContain(`| ${short} and later`);
  expect(text("CONTRIBUTING.md")).toContain(`@pulumi/pulumi@${oldestPulumi}`);
  expect(text("docs/decisions/0014-which-versions.md")).toContain(
    `**Pulumi ${short} is the oldest.**`,
  );
});

describe.each(modes)("in $mode", ({ preview }) => {
  test("mocks have no hooks, and no version", async () => {
    const { errors, registrations } = await create(usual, preview);
    expect(hooksWork()).toBe(false);
    expect(errors).toEqual([]);
    for (const { hooks } of registrations) expect(hooks).toEqual({});
  });

  describe("where the state has no inputs of components", () => {
    beforeEach(() => (process.env.PULUMI_NODEJS_SKIP_COMPONENT_INPUTS = "1"));
    afterEach(() => delete process.env.PULUMI_NODEJS_SKIP_COMPONENT_INPUTS);

    const words =
      "operations.restarts: 'refuse' requires the inputs in the state, but PULUMI_NODEJS_SKIP_COMPONENT_INPUTS keeps them out of it; unset that variable, or leave operations.restarts out";

    test("restarts: refuse is refused", async () => {
      await startRecording({ preview });
      const args = { ...usual, operations: { restarts: Restarts.Refuse } };
      expect(() => new RootlessDockerHost("web", args)).toThrow(words);
      const { errors } = await create(
        { ...usual, operations: { restarts: pulumi.output(Restarts.Refuse) } },
        preview,
      );
      expect(errors.join()).toContain(words);
    });

    test.each([undefined, Restarts.Allow])("restarts: %s is not", async (restarts) => {
      expect((await create({ ...usual, operations: { restarts } }, preview)).errors).toEqual([]);
    });
  });
});
