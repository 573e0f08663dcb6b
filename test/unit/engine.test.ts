import * as pulumi from "@pulumi/pulumi";
import { DriftDetection, Restarts, RootlessDockerHost } from "../../index";
import { engineIsTooOld, hooksWork } from "../../src/sdkInternals";
import { create, modes, usual } from "./component/create";
import { startRecording } from "./mocks";

// What this package relies on of the engine and of the environment, and refuses in words where it is missing.
// The SDK's types do not show it.
const { getStore } = jest.requireActual<{ getStore: () => Record<string, boolean> }>(
  "@pulumi/pulumi/runtime/state",
);
const features = ["supportsResourceHooks", "supportsErrorHooks", "supportsTransforms"];

/** Has the mocks look like an engine that lacks a feature, or none. */
async function engineWithout(feature?: string): Promise<{ registrations: unknown[] }> {
  const record = await startRecording();
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  monitor.registerResourceHook = () => undefined;
  for (const each of features) getStore()[each] = each !== feature;
  return record;
}

test.each(features)(
  "an engine without %s: one error, before anything is registered",
  async (feature) => {
    const { registrations } = await engineWithout(feature);
    expect([engineIsTooOld(), hooksWork()]).toEqual([true, false]);
    // For every program, and not only for those that ask for something special.
    for (const more of [
      {},
      { operations: { restarts: Restarts.Refuse } },
      { operations: { driftDetection: DriftDetection.Preview } },
    ])
      expect(() => new RootlessDockerHost("web", { ...usual, ...more })).toThrow(
        /^rootless-docker: engine: found a Pulumi CLI without resource hooks, error hooks or transforms; wanted 3\.248\.0 or newer\. To fix: upgrade the Pulumi CLI, /,
      );
    expect(registrations).toEqual([]);
  },
);

test("an engine that has all of them is not too old", async () => {
  await engineWithout();
  expect([engineIsTooOld(), hooksWork()]).toEqual([false, true]);
});

describe.each(modes)("in $mode", ({ preview }) => {
  test("mocks have no hooks, and are no old engine", async () => {
    await startRecording({ preview });
    expect([engineIsTooOld(), hooksWork()]).toEqual([false, false]);
  });

  describe("where the state has no inputs of components", () => {
    beforeEach(() => (process.env.PULUMI_NODEJS_SKIP_COMPONENT_INPUTS = "1"));
    afterEach(() => delete process.env.PULUMI_NODEJS_SKIP_COMPONENT_INPUTS);

    const words =
      "operations.restarts: 'refuse' compares with the inputs in the state, and PULUMI_NODEJS_SKIP_COMPONENT_INPUTS keeps them out of it; unset that variable, or leave operations.restarts out";

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
