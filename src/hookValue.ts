import * as pulumi from "@pulumi/pulumi";
import { knownValue } from "./knownValue";

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
