import * as pulumi from "@pulumi/pulumi";

// Parts of the SDK (@pulumi/pulumi 3.248.0 to 3.276.0) that it does not export, or does not show in its types. Another version may
// have it otherwise: hookValues and deletedWith of test/unit, and test/scenario/conformance/hooks.test.ts, run them.

/** Whether an Output has a value; at preview some have none. The SDK's types do not show this. */
export function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

/** The value of an Output, undefined where it is not known. */
export async function knownValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (await isKnown(output))
    ? new Promise<T>((resolve) => output.apply((value) => resolve(value)))
    : undefined;
}

/** Features that an engine may be too old for, and that mocks do not have. */
type Feature = "supportsErrorHooks" | "supportsResourceHooks" | "supportsTransforms";

const features: Feature[] = ["supportsErrorHooks", "supportsResourceHooks", "supportsTransforms"];

/** Features of the engine: the SDK asks for them before the program begins. Empty where it keeps them elsewhere. */
function engineFeatures(): Partial<Record<Feature, boolean>> {
  try {
    // The SDK's types do not show it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { getStore } = require("@pulumi/pulumi/runtime/state") as {
      getStore: () => Partial<Record<Feature, boolean>>;
    };
    return getStore();
  } catch {
    return {};
  }
}

/** Whether an engine runs this program, and not mocks, which have no hooks. */
function hasEngine(): boolean {
  const monitor = pulumi.runtime.getMonitor() as { registerResourceHook?: unknown } | undefined;
  return typeof monitor?.registerResourceHook === "function";
}

/** Whether hooks and transforms can be registered: an engine that has none is refused. */
export function hooksWork(): boolean {
  return hasEngine() && features.every((feature) => engineFeatures()[feature] === true);
}

/** Whether an engine is there that lacks hooks or transforms. */
export function engineIsTooOld(): boolean {
  return hasEngine() && !hooksWork();
}

/** The type and the name of a resource; undefined where a program has only its URN. */
export function typeAndName(
  resource: pulumi.Resource,
): { type: string; name: string; parent: pulumi.Resource | undefined } | undefined {
  const { __pulumiType, __name, __parentResource } = resource as unknown as {
    __pulumiType?: string;
    __name?: string;
    __parentResource?: pulumi.Resource;
  };
  if (__pulumiType === undefined || __name === undefined) return undefined;
  return { type: __pulumiType, name: __name, parent: __parentResource };
}

// How the engine marks a secret on its way to a program.
const markKey = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/**
 * A value that a hook is given, without the marks of secrets that the SDK leaves inside.
 *
 * The SDK takes one mark off each input. A connection has more of them: the command plugin marks the whole, and the
 * key and the passwords in it.
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

function isMarked(value: unknown): value is { value: unknown } {
  return isMapping(value) && value[markKey] === secretMark;
}

function hasMark(value: unknown): boolean {
  return isMarked(value) || partsOf(value).some(hasMark);
}

function withoutMarks(value: unknown): unknown {
  if (isMarked(value)) return withoutMarks(value.value);
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
 * The options with a `deletedWith` whose URN is whole. Where this package runs as a component plugin, the SDK (3.248)
 * reads that option as a reference to a provider, `URN::ID`. The SDK takes the resource's name for the id, and the
 * engine refuses what is left.
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

/**
 * Runs a function in which no stack traces are taken. The SDK takes some for each resource: a sixth of the time of a
 * program with many hosts, and a tenth of its state. Those of children lead into this package.
 */
export function withoutStackTraces<Result>(run: () => Result): Result {
  const limit = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit") ?? { value: undefined };
  // The SDK raises the limit for a resource's own.
  const none = { get: () => 0, set: () => undefined, configurable: true };
  Object.defineProperty(Error, "stackTraceLimit", none);
  try {
    return run();
  } finally {
    Object.defineProperty(Error, "stackTraceLimit", limit);
  }
}
