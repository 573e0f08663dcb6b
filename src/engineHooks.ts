import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { hookName } from "./sdkInternals";

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
    if (!pulumi.runtime.isDryRun()) throw new Error(message);
    void pulumi.log.warn(`an up would end here: ${message}`, component());
  };
  return new pulumi.ResourceHook(hookName(name), AsyncResource.bind(refuse), { onDryRun: true });
}

/**
 * A hook that says something on a component in previews; undefined is nothing to say. An `up` has none: the state would
 * keep the name of each.
 *
 * @param component undefined until it is made, which is before any hook runs.
 */
export function previewHook(
  name: string,
  component: () => pulumi.Resource,
  words: (args: pulumi.ResourceHookArgs) => Promise<string | undefined>,
): pulumi.ResourceHook[] {
  if (!pulumi.runtime.isDryRun()) return [];
  const say = async (args: pulumi.ResourceHookArgs) => {
    const message = await words(args);
    // Not waited for: of the component itself it needs the URN, which comes after this hook.
    if (message) void pulumi.log.info(message, component());
  };
  // The SDK calls it from outside of the program's run, to which the log belongs.
  const options = { onDryRun: true, ignoreErrors: true };
  return [new pulumi.ResourceHook(hookName(name), AsyncResource.bind(say), options)];
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
