import { hasCredentials } from "./credentials";
import type { Reader } from "./reader";

/** Values by name, the secret ones apart: those travel in a command of their own. */
export interface Parted<T> {
  open: Record<string, T>;
  secret: Record<string, T>;
}

/**
 * Parts the values of one option. A value is a secret where it, or a part of it, is marked, and where it
 * holds credentials.
 */
export function partSecrets<T>(read: Reader, option: string, values: [string, T][]): Parted<T> {
  const isSecret = ([name, value]: [string, T]) =>
    read.secret(`${option}.${name}`) || hasCredentials(name, value);
  // Not by assignment: a name such as __proto__ would be lost.
  return {
    open: Object.fromEntries(values.filter((entry) => !isSecret(entry))),
    secret: Object.fromEntries(values.filter(isSecret)),
  };
}
