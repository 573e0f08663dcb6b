import * as pulumi from "@pulumi/pulumi";
import type { Notes } from "../steps/everyStep";
import { previewHook } from "../engineHooks";
import { hookOutput, hookValue, hooksWork, knownValue } from "../sdkInternals";
import { steps } from "../steps";
import { machine } from "../steps/machine";
import { withoutPassword } from "../ssh/sudoPassword";
import { agentChange } from "./agent";
import type { Creation } from "./creation";
import { changeInWords } from "./documents";
import { driftInWords } from "../drift/words";

/**
 * Hooks that say, in previews, what the change of a step does on the host, in one line on the component, and what is
 * made where an earlier `up` failed. None where the engine has no hooks, or under mocks.
 *
 * @param name the component's.
 */
export function sayChanges(
  name: string,
  component: pulumi.Resource,
  creation: Creation,
): pulumi.ResourceHookBinding | undefined {
  if (!hooksWork("Resource")) return undefined;
  const words = async ({ name: child, oldInputs, newInputs }: pulumi.ResourceHookArgs) => {
    if (child === `${name}-drift`)
      return driftInWords(await notesOf(oldInputs), await notesOf(newInputs));
    const [before, after] = await Promise.all([textOf(oldInputs?.stdin), textOf(newInputs?.stdin)]);
    if (before === undefined || after === undefined) return undefined;
    const step = steps.find((one) => child === `${name}-${one.name}`);
    if (step === undefined) return undefined;
    const isSecret = before.isSecret || after.isSecret;
    const said = [
      step === machine ? agentChange(before.text, after.text) : undefined,
      changeInWords(step, before.text, after.text, isSecret),
    ].filter((one) => one !== undefined);
    return said.length > 0 ? said.join(". ") : undefined;
  };
  const hook = previewHook(`${name}-changes`, () => component, words);
  const made = previewHook(
    `${name}-made`,
    () => component,
    (args) => creation.ofStep(args.name.slice(name.length + 1), args.newInputs),
    name,
  );
  return { beforeCreate: [...hook, ...made], beforeUpdate: hook };
}

const notesOf = async (inputs: Record<string, unknown> | undefined) =>
  (await hookValue<Notes>(inputs?.environment)) ?? {};

/** A text input without sudo's password, undefined where it is not known yet. */
export async function textOf(
  input: unknown,
): Promise<{ text: string; isSecret: boolean } | undefined> {
  const output = hookOutput<unknown>(input);
  const text = await knownValue(output);
  return typeof text === "string"
    ? withoutPassword(text, await pulumi.isSecret(output))
    : undefined;
}
