import type { Changes } from "./diff";
import type { Log } from "./engineLog";
import type { Properties } from "./values";

/** Why an input was refused. */
export interface Failure {
  property: string;
  reason: string;
}

/** What an operation on a resource gets besides its properties. */
export interface Operation {
  /** The resource's name in the program. */
  name: string;
  /** Nothing may be changed: only the shape of the outputs is asked for. */
  preview: boolean;
  log: Log;
  /** Aborts when the engine cancels the update. */
  signal: AbortSignal;
  /** Aborts when the time of `customTimeouts` is up. */
  deadline: AbortSignal;
}

/** One resource type of a plugin. */
export interface ResourceType {
  /** Validates the inputs and fills in their defaults. */
  check(inputs: Properties): { inputs: Properties; failures: Failure[] };
  /** Compares the inputs of the last operation with the new ones. */
  diff(oldInputs: Properties, inputs: Properties): Changes;
  /** Whether a change of this property replaces the resource. */
  replacesOn(property: string): boolean;
  create(inputs: Properties, operation: Operation): Promise<{ id: string; outputs: Properties }>;
  update(state: Properties, inputs: Properties, operation: Operation): Promise<Properties>;
  delete(state: Properties, operation: Operation): Promise<void>;
}

/** A plugin: its name and version, and the resource types it serves by their tokens. */
export interface Plugin {
  name: string;
  version: string;
  resources: { [token: string]: ResourceType };
}
