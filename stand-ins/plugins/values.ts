/** A property value as the engine sends it: JSON, with secrets and unknowns marked inside it. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** The properties of a resource. */
export type Properties = { [key: string]: Value };

// The engine's own marks; they are part of its protocol with plugins.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Stands for a value that is not known before the update has run. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One mark per type: boolean, number, string, array, asset, archive, object. */
const unknowns = new Set<Value>([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  unknown,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Whether the value is an object, not a list and not null. */
export function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the value itself is marked as secret. */
export function isSecret(value: Value | undefined): value is { [key: string]: Value } {
  return isObject(value) && value[signatureKey] === secretSignature;
}

/** Whether the value itself is unknown. */
export function isUnknown(value: Value | undefined): boolean {
  return value !== undefined && unknowns.has(value);
}

/** The value, marked as secret. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** The value without its own secret mark; marks further inside stay. */
export function unwrap(value: Value | undefined): Value | undefined {
  return isSecret(value) ? unwrap(value.value ?? null) : value;
}

/** The value without any secret mark, at any depth. */
export function plain(value: Value): Value {
  const bare = unwrap(value) ?? null;
  if (Array.isArray(bare)) {
    return bare.map(plain);
  }
  return isObject(bare) ? mapValues(bare, plain) : bare;
}

/** Changes each value of an object. */
export function mapValues(
  object: { [key: string]: Value },
  change: (value: Value) => Value,
): { [key: string]: Value } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
