/** What an engine may be too old for, and mocks do not have. */
type Feature = "supportsErrorHooks" | "supportsResourceHooks" | "supportsTransforms";

/** Whether the engine that runs this program can do something: the SDK has asked it, and keeps the answer. */
export function engineHas(feature: Feature): boolean {
  try {
    // The SDK's types do not show it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { getStore } = require("@pulumi/pulumi/runtime/state") as {
      getStore: () => Partial<Record<Feature, boolean>>;
    };
    return getStore()[feature] === true;
  } catch {
    return false;
  }
}
