import type { Settings } from "./settings";

/** Where an input is among the settings, as users write it: `account`, or `account.name`. */
export type InputPath = PathsOf<Settings>;

/** The settings at some paths and nothing else. */
export type SettingsAt<Path extends string> = Together<
  Path extends string ? At<Settings, Path> : never
>;

type PathsOf<T> = {
  [Key in keyof T & string]: Key | Inside<Key, NonNullable<T[Key]>>;
}[keyof T & string];

type Inside<Key extends string, T> = T extends readonly unknown[]
  ? never
  : T extends object
    ? `${Key}.${PathsOf<T>}`
    : never;

type At<T, Path extends string> = Path extends `${infer Key}.${infer Rest}`
  ? { [K in Key]: Key extends keyof T ? At<T[Key], Rest> : never }
  : { [K in Path]: K extends keyof T ? T[K] : never };

/** All parts of a union in one. */
export type Together<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** The value at a path of an object, or the first of `stops` that is on the way there. */
export function valueAt(object: unknown, path: string, ...stops: unknown[]): unknown {
  let value = object;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || stops.includes(value)) break;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The settings at these paths, in an object that has no others. */
export function settingsAt<Path extends InputPath>(
  settings: Settings,
  paths: readonly Path[],
): SettingsAt<Path> {
  const chosen: Record<string, unknown> = {};
  for (const path of paths) {
    const [key, ...rest] = path.split(".");
    const value = valueAt(settings, path);
    if (rest.length === 0) chosen[key] = value;
    else chosen[key] = { ...(chosen[key] as object | undefined), [rest.join(".")]: value };
  }
  return chosen as SettingsAt<Path>;
}
