import type { Settings } from "../../settings";
import type { Document } from "../document";
import type { InputPath } from "../inputPaths";

// What every step's document says, so that all of them run when it changes.

/** Inputs of every step. */
export const everyStepInputs = ["recheck", "takeOver"] as const satisfies InputPath[];

/** To take an account over is to make all of it what this program says: no step is left out. */
export function everyStepDocument({
  recheck,
  takeOver,
}: Pick<Settings, "recheck" | "takeOver">): Document {
  return { recheck, "take-over": takeOver || undefined };
}
