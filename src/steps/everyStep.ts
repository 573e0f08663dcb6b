import type { Document } from "./document";
import type { Reader } from "../validation/reader";
import { oneLine } from "../validation/rules";

/** What every step's document says, so that all of them run when it changes. */
export interface EveryStepSettings {
  recheck?: string;
  takeOver: boolean;
}

export function everyStepSettings(read: Reader): EveryStepSettings {
  return {
    // Configuration that is there and empty says nothing.
    recheck: read.string("recheck", { rule: oneLine }) || undefined,
    takeOver: read.boolean("takeOver") ?? false,
  };
}

/** To take an account over is to make all of it what this program says: no step is left out. */
export function everyStepDocument({ recheck, takeOver }: EveryStepSettings): Document {
  return { recheck, "take-over": takeOver || undefined };
}
