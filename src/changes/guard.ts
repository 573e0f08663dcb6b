import * as pulumi from "@pulumi/pulumi";
import { hooksWork, refusingHook } from "../engineHooks";
import type { HookName } from "../hookNames";
import { hookValue, knownValue } from "../sdkInternals";
import type { Inputs } from "../inputs";
import { Restarts } from "../steps/operations";
import { readSettings, type Settings } from "../steps/settings";
import { documentOf, steps } from "../steps";
import { renderDocument } from "../steps/document";
import { pending } from "../validation/reader";
import { byEffect, restartingKeys } from "./documents";
import { textOf } from "./hooks";

/**
 * Hooks that refuse what `operations.restarts` forbids: the component's, before any child, and each step's,
 * which knows what was applied.
 */
export interface Guard {
  component: pulumi.ResourceHookBinding;
  steps: pulumi.ResourceHookBinding;
}

/**
 * Hooks that end an `up` which would restart the daemon, or move the installation; undefined where that is allowed, and
 * under mocks.
 *
 * The component's own compares what the program says with what it said last, before anything is changed. After an `up`
 * that was cut off, or with a new version of this package, only a step's document says what is left to do.
 *
 * @param name the component's.
 */
export function guardRestarts(
  name: string,
  hookName: HookName,
  inputs: Inputs,
  component: () => pulumi.Resource,
): Guard | undefined {
  const isAllowed = inputs.atOnce(["operations.restarts"])?.operations.restarts === Restarts.Allow;
  if (isAllowed || !hooksWork()) return undefined;
  const said = new Set<string>();
  const ofComponent = refusingHook(hookName("restarts"), component, async ({ oldInputs }) => {
    const before = await hookValue<Record<string, unknown>>(oldInputs);
    if (before === undefined) return undefined;
    const after = filled(await inputs.values(), before);
    const refused = refusedChanges(settingsOf(before), settingsOf(after));
    refused.forEach(([what]) => said.add(what));
    return refusalInWords(name, refused);
  });
  const ofStep = refusingHook(hookName("stepRestarts"), component, async (args) => {
    const step = steps.find((one) => args.name === `${name}-${one.name}`);
    const [before, after, restarts] = await Promise.all([
      textOf(args.oldInputs?.stdin),
      textOf(args.newInputs?.stdin),
      knownValue(
        pulumi.output(
          inputs.from(["operations.restarts"], (settings) => settings.operations.restarts),
        ),
      ),
    ]);
    if (restarts !== Restarts.Refuse || step === undefined) return undefined;
    if (before === undefined || after === undefined) return undefined;
    const refused = restartingKeys(step, before.text, after.text).filter(([key]) => !said.has(key));
    return refusalInWords(args.name, refused, " by this step");
  });
  return { component: { beforeUpdate: [ofComponent] }, steps: { beforeUpdate: [ofStep] } };
}

/** A value that is marked as a secret counts as all others: it is compared, and not shown. */
const settingsOf = (args: unknown): Settings => readSettings(args).settings;

/** Changes that `operations.restarts` of the second settings refuses, each with what it does. */
export function refusedChanges(before: Settings, after: Settings): [what: string, does: string][] {
  if (after.operations.restarts !== Restarts.Refuse) return [];
  const moved = [
    ...(before.connection.host === after.connection.host ? [] : ["connection.host"]),
    ...(before.account.name === after.account.name ? [] : ["account.name"]),
  ];
  if (moved.length > 0) return moved.map((path) => [path, moves]);
  return steps.flatMap((step) => {
    const [old, present] = [before, after].map((settings) =>
      renderDocument(documentOf(step, settings, "")),
    );
    return restartingKeys(step, old, present);
  });
}

const moves =
  "the whole installation moves: a new, empty daemon starts in the new place, and the one in the old place stops";

function refusalInWords(
  about: string,
  refused: readonly [what: string, does: string][],
  by = "",
): string | undefined {
  return refused.length === 0
    ? undefined
    : `${about}: operations.restarts is set to refuse, and does not allow this change: ${byEffect(refused)}. To fix: set operations.restarts to allow for this change, or revert the change. Nothing was changed${by}`;
}

/** The same arguments, with what they were before in the place of what is not known yet. */
export function filled(present: unknown, before: unknown): unknown {
  if (present === pending) return before;
  if (typeof present !== "object" || present === null) return present;
  const old = typeof before === "object" && before !== null ? before : {};
  if (Array.isArray(present))
    return present.map((part, index) => filled(part, (old as unknown[])[index]));
  return Object.fromEntries(
    Object.entries(present).map(([key, part]) => [
      key,
      filled(part, (old as Record<string, unknown>)[key]),
    ]),
  );
}
