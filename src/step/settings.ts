import type { Document } from "./document";
import type { Reader } from "./problems";
import { oneLine } from "./rules";

/** What every step's document says, so that all of them run when it changes. */
export interface EveryStepSettings {
  recheck?: string;
}

export function everyStepSettings(read: Reader): EveryStepSettings {
  return {
    // Configuration that is there and empty says nothing.
    recheck: read.string("recheck", { rule: oneLine }) || undefined,
  };
}

export function everyStepDocument({ recheck }: EveryStepSettings): Document {
  return { recheck };
}
