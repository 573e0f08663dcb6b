import * as pulumi from "@pulumi/pulumi";
import type { Inputs } from "../inputs";
import type { Notes } from "../steps/operations";
import { hooksWork, previewHook } from "../engineHooks";
import type { HookName } from "../hookNames";
import { hookOutput, hookValue, knownValue } from "../sdkInternals";
import { steps } from "../steps";
import { machine } from "../steps/machine";
import { withoutPassword } from "../ssh/sudoPassword";
import { agentChange } from "./agent";
import { componentInWords } from "./component";
import type { Creation } from "./creation";
import type { EarlierReports } from "./earlierReports";
import { changeInWords } from "./documents";
import { driftInWords } from "../drift/words";

/**
 * One hook for a component and its children, which says in previews what a change does on the host, in one line on the
 * component, and what is made there. It notes what steps that change reported before. It says nothing in an `up`. None under mocks.
 *
 * @param name the component's.
 */
export function sayChanges(
  name: string,
  hookName: HookName,
  inputs: Inputs,
  { creation, earlier, component }: Noted,
): pulumi.ResourceHookBinding | undefined {
  if (!hooksWork()) return undefined;
  const inWords = async (args: pulumi.ResourceHookArgs) => {
    const { name: resource, oldInputs, newInputs } = args;
    const child = resource.slice(name.length + 1);
    earlier.note(child, args);
    if (child === "") return componentInWords(inputs, creation, args);
    if (child === "drift") return driftInWords(await notesOf(oldInputs), await notesOf(newInputs));
    return oldInputs ? stepInWords(child, args) : creation.ofStep(child, newInputs);
  };
  const hook = previewHook(hookName("preview"), component, async (args) => {
    const said = await inWords(args);
    // A list of what is made is the component's. With --diff nothing else says what a change is about.
    const about = args.oldInputs || args.name.endsWith("-drift") ? args.name : name;
    return said && `${about}: ${said}`;
  });
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

interface Noted {
  creation: Creation;
  earlier: EarlierReports;
  /** Undefined until it is made, which is before any hook runs. */
  component: () => pulumi.Resource;
}

/** The change of a step on the host. */
async function stepInWords(
  child: string,
  { oldInputs, newInputs }: pulumi.ResourceHookArgs,
): Promise<string | undefined> {
  const step = steps.find((one) => child === one.name);
  const [before, after] = await Promise.all([textOf(oldInputs?.stdin), textOf(newInputs?.stdin)]);
  if (step === undefined || before === undefined || after === undefined) return undefined;
  const isSecret = before.isSecret || after.isSecret;
  const said = [
    step === machine ? agentChange(before.text, after.text) : undefined,
    changeInWords(step, before.text, after.text, isSecret),
  ].filter((one) => one !== undefined);
  return said.length > 0 ? said.join(". ") : undefined;
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
