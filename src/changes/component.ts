import * as pulumi from "@pulumi/pulumi";
import { dockerHostOf } from "../reach";
import { hooksWork, previewHook } from "../engineHooks";
import { type Inputs, isGiven } from "../inputs";
import { knownValue } from "../knownValue";
import { steps } from "../steps";
import { OnDestroyData } from "../steps/daemon/data/args";
import type { Creation } from "./creation";
import { shown } from "./shown";

/**
 * The component's options, with hooks that say in previews what is made on a machine, what it means that another
 * machine or account takes its place, and that a step comes or goes with its input.
 *
 * @param component undefined until it is made, which is before any hook runs.
 */
export function withAnnouncements(
  name: string,
  inputs: Inputs,
  creation: Creation,
  component: () => pulumi.Resource,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
  if (!hooksWork("Resource")) return options;
  const { hooks } = options ?? {};
  const made = previewHook(`${name}-creation`, component, () => creation.ofComponent());
  const replacement = previewHook(`${name}-replacement`, component, (args) => {
    creation.noteUpdate(args);
    return replacementInWords(inputs, args);
  });
  const presence = previewHook(`${name}-presence`, component, (args) =>
    presenceInWords(inputs, args),
  );
  return {
    ...options,
    hooks: {
      ...hooks,
      beforeCreate: [...(hooks?.beforeCreate ?? []), made],
      beforeUpdate: [...(hooks?.beforeUpdate ?? []), replacement, presence],
    },
  };
}

/** What becomes of the daemon where the machine or the account is another one, undefined where both stay. */
async function replacementInWords(
  inputs: Inputs,
  { oldInputs, oldOutputs }: pulumi.ResourceHookArgs,
): Promise<string | undefined> {
  const before = pulumi.output(oldOutputs?.dockerHost as pulumi.Input<string> | undefined);
  const after = pulumi.output(dockerHostOf(inputs));
  const [from, to] = await Promise.all([knownValue(before), knownValue(after)]);
  // A port of its own makes no other machine, and a component that was never whole has no daemon.
  const place = (url: string) => url.replace(/:\d+$/, "");
  if (from === undefined || (to !== undefined && place(from) === place(to))) return undefined;
  const data = (oldInputs?.onDestroy as { data?: unknown } | undefined)?.data;
  const fate = data === OnDestroyData.Delete ? "are DELETED" : "stay on the disk";
  const words = [
    `a new, empty daemon at ${await shown(after)}, to which nothing is copied.`,
    `Once it answers, the one at ${await shown(before as pulumi.Output<string>)} stops with its containers: its images, containers and volumes ${fate}`,
  ];
  // Another address may be the same machine's.
  if (to === undefined || account(from) === account(to))
    words.push("(where that is the same machine, nothing stops, and all of it stays in use)");
  return words.join(" ");
}

/** Steps that come or go with their input, undefined where none does: what is made or deleted has no other words. */
async function presenceInWords(
  inputs: Inputs,
  { oldInputs }: pulumi.ResourceHookArgs,
): Promise<string | undefined> {
  const words = steps.map(async ({ onlyWith }) => {
    if (onlyWith === undefined) return undefined;
    const { input, comes, goes } = onlyWith;
    const [before, after] = [isGiven(oldInputs?.[input]), inputs.isGiven(input)];
    if (before === after) return undefined;
    if (!after) return `${input} no longer set: ${goes}`;
    const values = await shown(inputs.from([input], (settings) => listOf(settings[input])));
    return `${input} ${values} is new: ${comes}`;
  });
  return (await Promise.all(words)).filter(Boolean).join("; ") || undefined;
}

const listOf = (value: unknown) => (Array.isArray(value) ? value.join(", ") : String(value));

/** Of `ssh://account@host:port`. */
const account = (url: string) => url.split("@")[0];
