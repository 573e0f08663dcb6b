import type { Reader } from "../../validation/reader";
import { oneLine } from "../../validation/rules";

export function recheckSettings(read: Reader): string | undefined {
  // Configuration that is there and empty says nothing.
  return read.string("recheck", { rule: oneLine }) || undefined;
}

export function takeOverSettings(read: Reader): boolean {
  return read.boolean("takeOver") ?? false;
}
