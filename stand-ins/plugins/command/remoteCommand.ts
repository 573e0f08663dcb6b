import { randomBytes } from "node:crypto";
import { diff } from "../diff";
import type { Operation, ResourceType } from "../resourceType";
import { plain, unknown, type Properties } from "../values";
import { checkInputs, inputNames, inputsOf } from "./inputs";
import { run } from "./run";

/** `command:remote:Command`: commands that run on another machine by SSH. */
export const remoteCommand: ResourceType = {
  check: checkInputs,

  diff(oldInputs, inputs) {
    return diff(inputNames, oldInputs, inputs);
  },

  replacesOn(property) {
    return property === "triggers";
  },

  async create(inputs, operation) {
    const id = operation.name + randomBytes(4).toString("hex");
    if (operation.preview) {
      return { id, outputs: { ...inputs, stdout: unknown, stderr: unknown } };
    }
    const { create } = inputsOf(inputs);
    return { id, outputs: await outputsOf(create, inputs, {}, operation) };
  },

  async update(state, inputs, operation) {
    if (operation.preview) {
      return { ...inputs, stdout: unknown, stderr: unknown };
    }
    const { create, update } = inputsOf(inputs);
    return outputsOf(update ?? create, inputs, state, operation);
  },

  async delete(state, operation) {
    const old = inputsOf(state);
    if (old.delete !== undefined) {
      await run(old.delete, old, previousOutput(state), operation);
    }
  },
};

/** The outputs after running `command`; without one, the output of the last run stays. */
async function outputsOf(
  command: string | undefined,
  inputs: Properties,
  state: Properties,
  operation: Operation,
): Promise<Properties> {
  const previous = previousOutput(state);
  if (command === undefined) {
    return { ...inputs, ...previous };
  }
  const output = await run(command, inputsOf(inputs), previous, operation);
  return { ...inputs, ...output };
}

function previousOutput(state: Properties): { stdout: string; stderr: string } {
  return { stdout: text(state, "stdout"), stderr: text(state, "stderr") };
}

function text(state: Properties, name: string): string {
  const value = plain(state[name] ?? "");
  return typeof value === "string" ? value : "";
}
