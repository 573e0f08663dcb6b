import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { log, logOn, plainError } from "./log";
import { engineLacksHooks } from "./sdkInternals";

/**
 * The oldest Pulumi that this package supports, CLI and SDK alike. `peerDependencies` and the documents have the same
 * (docs/decisions/0017-one-oldest-pulumi.md).
 */
export const oldestPulumi = "3.248.0";

/** Whether hooks can be registered: not under mocks. */
export function hooksWork(): boolean {
  const monitor = pulumi.runtime.getMonitor() as { registerResourceHook?: unknown } | undefined;
  return typeof monitor?.registerResourceHook === "function";
}

/**
 * Refuses a Pulumi CLI that is so old that it knows no hooks: of such a one `engineIsSupported` would never be told.
 *
 * @throws RunError, which ends the program with these words.
 */
export function requireHooks(): void {
  if (!hooksWork() || !engineLacksHooks()) return;
  throw new pulumi.RunError(
    `rootless-docker: engine: the Pulumi CLI does not support resource hooks, error hooks or transforms, but ${oldestPulumi} or newer is required. To fix: upgrade the Pulumi CLI, see https://www.pulumi.com/docs/iac/download-install/`,
  );
}

/**
 * Whether the Pulumi CLI that runs this program is one that this package supports; if not, that is logged. An older one
 * lacks hooks that refuse, and would go on where this package ends a run.
 *
 * It does not throw, for the reason that `Inputs.areRight` names.
 */
export async function engineIsSupported(component: pulumi.Resource): Promise<boolean> {
  try {
    await pulumi.requirePulumiVersion(`>=${oldestPulumi}`);
    return true;
  } catch (error) {
    const { details, message } = error as Error & { details?: string };
    await logOn(
      component,
      "error",
      `rootless-docker: engine: the Pulumi CLI is too old (${details ?? message}): ${oldestPulumi} or newer is required. To fix: upgrade the Pulumi CLI, see https://www.pulumi.com/docs/iac/download-install/`,
    );
    return false;
  }
}

/**
 * A hook that ends an `up` with an error of these words, and says so on the component in previews; undefined lets the
 * `up` go on.
 *
 * @param component undefined until it is made, which is before any hook runs.
 */
export function refusingHook(
  name: string,
  component: () => pulumi.Resource,
  words: (args: pulumi.ResourceHookArgs) => Promise<string | undefined>,
): pulumi.ResourceHook {
  const refuse = async (args: pulumi.ResourceHookArgs) => {
    const message = await words(args);
    if (message === undefined) return;
    if (!pulumi.runtime.isDryRun()) throw plainError(message);
    void log("warn", `up would fail: ${message}`, component());
  };
  return new pulumi.ResourceHook(name, AsyncResource.bind(refuse), { onDryRun: true });
}

/**
 * A hook for children that ends each of their creates and updates, also in previews, unless something turns out to be
 * right. Nothing is run or replaced then, and the child's state stays as it is. The create of a replacement counts as a
 * create. Undefined under mocks.
 *
 * @param words the error, which leads to the one on the component.
 */
export function refuseUnless(
  name: string,
  isRight: true | Promise<boolean>,
  words: string,
): pulumi.ResourceHookBinding | undefined {
  if (isRight === true || !hooksWork()) return undefined;
  const refuse = async () => {
    if (!(await isRight)) throw plainError(words);
  };
  const hook = new pulumi.ResourceHook(name, AsyncResource.bind(refuse), { onDryRun: true });
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

/**
 * A hook that says something on a component in previews; undefined is nothing to say. An `up` has it too, where it says
 * nothing: hooks have to be the same in both (docs/decisions/0017-one-oldest-pulumi.md).
 *
 * @param component undefined until it is made, which is before any hook runs.
 */
export function previewHook(
  name: string,
  component: () => pulumi.Resource,
  words: (args: pulumi.ResourceHookArgs) => Promise<string | undefined>,
): pulumi.ResourceHook {
  const say = async (args: pulumi.ResourceHookArgs) => {
    if (!pulumi.runtime.isDryRun()) return;
    const message = await words(args);
    // Not waited for: of the component itself it needs the URN, which comes after this hook.
    if (message) void log("info", message, component());
  };
  // The SDK calls it from outside of the program's run, to which the log belongs.
  const options = { onDryRun: true, ignoreErrors: true };
  return new pulumi.ResourceHook(name, AsyncResource.bind(say), options);
}

/** The options with more hooks, each kind's after those that they have. */
export function withHooks<Options extends pulumi.ResourceOptions>(
  options: Options,
  bindings: (pulumi.ResourceHookBinding | undefined)[],
): Options {
  const hooks: Record<string, unknown[]> = {};
  for (const binding of [options.hooks, ...bindings])
    for (const [kind, more] of Object.entries(binding ?? {}))
      hooks[kind] = [...(hooks[kind] ?? []), ...((more as unknown[] | undefined) ?? [])];
  return Object.keys(hooks).length === 0 ? options : { ...options, hooks };
}
