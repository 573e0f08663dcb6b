import * as pulumi from "@pulumi/pulumi";
import type { Notes } from "../drift/notes";
import { hooksWork, previewHook } from "../engineHooks";
import { isKnown, knownValue } from "../knownValue";
import { steps } from "../steps";
import { agentChange } from "./agent";
import type { Creation } from "./creation";
import { changeInWords } from "./documents";
import { driftInWords } from "./drift";

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
    if (child === `${name}-drift`) return driftInWords(notesOf(oldInputs), notesOf(newInputs));
    const [before, after] = await Promise.all([textOf(oldInputs?.stdin), textOf(newInputs?.stdin)]);
    if (before === undefined || after === undefined) return undefined;
    if (child === `${name}-agent`) return agentChange(before.text, after.text);
    const step = steps.find((one) => child === `${name}-${one.name}`);
    return step && changeInWords(step, before.text, after.text, before.isSecret || after.isSecret);
  };
  const hook = previewHook(`${name}-changes`, () => component, words);
  const made = previewHook(
    `${name}-made`,
    () => component,
    (args) => creation.ofStep(args.name.slice(name.length + 1), args.newInputs),
    name,
  );
  return { beforeCreate: [hook, made], beforeUpdate: [hook] };
}

const notesOf = (inputs: Record<string, unknown> | undefined) =>
  (inputs?.environment ?? {}) as Notes;

/** A text input, undefined where it is not known yet. */
async function textOf(input: unknown): Promise<{ text: string; isSecret: boolean } | undefined> {
  const output: pulumi.Output<unknown> = pulumi.output(input);
  if (!(await isKnown(output))) return undefined;
  const text = await knownValue(output);
  return typeof text === "string" ? { text, isSecret: await pulumi.isSecret(output) } : undefined;
}
