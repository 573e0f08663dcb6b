import * as pulumi from "@pulumi/pulumi";

// What the SDK (@pulumi/pulumi 3.248.0 to 3.276.0) has no public way for, or does wrong. Another version may have it
// otherwise: hookNames, hookValues and deletedWith of test/unit, and test/scenario/conformance/hooks.test.ts, run them.

/** Whether an Output has a value; at preview some have none (https://github.com/pulumi/pulumi/issues/12044). */
export function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

/** The value of an Output, undefined where it is not known. */
export async function knownValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (await isKnown(output))
    ? new Promise<T>((resolve) => output.apply((value) => resolve(value)))
    : undefined;
}

/**
 * In a preview, another value in the place of an Output that is not known: as secret as that, and what is made of it
 * depends on the same resources. An `up` and a value that is known stay as they are.
 *
 * @param meanwhile the other value, or undefined for none.
 */
export function knownOr<T>(
  output: pulumi.Output<T>,
  meanwhile: () => Promise<T | undefined>,
): pulumi.Output<T> {
  if (!pulumi.runtime.isDryRun()) return output;
  const instead = isKnown(output).then(async (known) => {
    const other = known ? undefined : await meanwhile();
    if (other === undefined) return output;
    const bare = pulumi.all([other, urnsBehind(output)]).apply(([value]) => value);
    return (await pulumi.isSecret(output)) ? pulumi.secret(bare) : bare;
  });
  return pulumi.output(instead) as pulumi.Output<T>;
}

/** URNs of the resources that an Output depends on: they are known where the Output is not. */
export function urnsBehind(output: pulumi.Output<unknown>): pulumi.Output<unknown> {
  const { allResources } = output as unknown as {
    allResources: () => Promise<Set<pulumi.Resource>>;
  };
  return pulumi.output(allResources().then((all) => pulumi.all([...all].map(({ urn }) => urn))));
}

/** What an engine may lack; the SDK asks it before the program begins. */
const hookFeatures = ["supportsErrorHooks", "supportsResourceHooks", "supportsTransforms"] as const;

/**
 * Whether the engine of this program knows no hooks or transforms. Registering one then ends in a rejection that the
 * SDK waits for (settings.js of 3.276), and a program of the Automation API would wait for ever. Without an engine, as
 * under mocks, the SDK has asked nobody.
 */
export function engineLacksHooks(): boolean {
  const store = storeOfRun();
  return hookFeatures.some((feature) => store[feature] === false);
}

type Store = Partial<Record<(typeof hookFeatures)[number], boolean>> & {
  settings: { options: { monitorAddr?: string } };
};

/** What the SDK knows of the run that calls: a process of the Automation API may have several at once. */
function storeOfRun(): Store {
  // The SDK's types do not show it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore: () => Store };
  return getStore();
}

/**
 * What one run of a program has, and no other run in this process: the address of its engine. All calls of a component
 * plugin in one run have the same address, and monitors of their own. Mocks have a monitor, and no address.
 */
export function keyOfRun(): unknown {
  const { monitorAddr } = storeOfRun().settings.options;
  return monitorAddr && monitorAddr !== "mock" ? monitorAddr : pulumi.runtime.getMonitor();
}

/** The resource that another one is a part of, where this process made both (resource.js of 3.276). */
export function parentOf(resource: pulumi.Resource): pulumi.Resource | undefined {
  return (resource as unknown as { __parentResource?: pulumi.Resource }).__parentResource;
}

/**
 * A value that a hook is given, without the marks of secrets that the SDK leaves inside.
 *
 * The SDK takes one mark off each input (https://github.com/pulumi/pulumi/pull/20774). A connection has more of them:
 * the command plugin marks the whole, and the key and the passwords in it.
 */
export function hookOutput<T>(given: unknown): pulumi.Output<T> {
  const output: pulumi.Output<unknown> = pulumi.output(given);
  return output.apply((value) => {
    const bare = withoutMarks(value) as T;
    return hasMark(value) ? pulumi.secret(bare) : pulumi.output(bare);
  }) as pulumi.Output<T>;
}

/** The same as a value, undefined where it is not known yet. */
export function hookValue<T>(given: unknown): Promise<T | undefined> {
  return knownValue(hookOutput<T>(given));
}

function hasMark(value: unknown): boolean {
  return pulumi.runtime.isRpcSecret(value) || partsOf(value).some(hasMark);
}

function withoutMarks(value: unknown): unknown {
  if (pulumi.runtime.isRpcSecret(value)) return withoutMarks(pulumi.runtime.unwrapRpcSecret(value));
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutMarks(part)]));
}

function partsOf(value: unknown): unknown[] {
  return Array.isArray(value) || isMapping(value) ? Object.values(value) : [];
}

/** Not an instance of a class, such as an asset. */
function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && Object.getPrototypeOf(value ?? 0) === Object.prototype;
}

/**
 * The options with a `deletedWith` whose URN is whole. Where this package runs as a component plugin, the SDK reads
 * that option as a reference to a provider, `URN::ID`. So it takes the resource's name for the id, and the engine
 * refuses what is left. For Python that is https://github.com/pulumi/pulumi/issues/23708, which is fixed; for Node.js
 * it is provider/server.js of 3.276.
 */
export function withWholeDeletedWith(
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
  const { deletedWith } = opts ?? {};
  if (!(deletedWith instanceof pulumi.DependencyProviderResource)) return opts;
  const urn = pulumi.interpolate`${deletedWith.urn}::${deletedWith.id}`;
  const whole = Object.create(deletedWith, { urn: { value: urn } }) as pulumi.Resource;
  return { ...opts, deletedWith: whole };
}
