import { isObject, isSecret, isUnknown, plain, type Properties, type Value } from "./values";

/** How one property differs. */
export type Change = "add" | "delete" | "update";

/** What differs, by property path, such as `environment.PATH` or `triggers[0]`. */
export type Changes = Map<string, Change>;

/**
 * Compares old inputs with new ones, by the names that are inputs. Null is the same as absent. A
 * secret differs as a whole, and from the same value in clear.
 */
export function diff(
  inputNames: readonly string[],
  oldInputs: Properties,
  inputs: Properties,
): Changes {
  const changes: Changes = new Map();
  for (const name of inputNames) {
    compare(name, oldInputs[name] ?? null, inputs[name] ?? null, changes);
  }
  return changes;
}

function compare(path: string, before: Value, after: Value, changes: Changes): void {
  if (isSecret(before) || isSecret(after)) {
    if (isSecret(before) !== isSecret(after) || differs(plain(before), plain(after))) {
      changes.set(path, kindOf(before, after));
    }
  } else if (isUnknown(after)) {
    changes.set(path, kindOf(before, after));
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare(`${path}[${index}]`, before[index] ?? null, after[index] ?? null, changes);
    }
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(pathTo(path, key), before[key] ?? null, after[key] ?? null, changes);
    }
  } else if (before !== after) {
    changes.set(path, kindOf(before, after));
  }
}

function differs(before: Value, after: Value): boolean {
  const changes: Changes = new Map();
  compare("", before, after, changes);
  return changes.size > 0;
}

function kindOf(before: Value, after: Value): Change {
  return before === null ? "add" : after === null ? "delete" : "update";
}

function pathTo(parent: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}

/** The property that a path starts at. */
export function rootOf(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
