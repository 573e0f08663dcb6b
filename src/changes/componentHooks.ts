import type * as pulumi from "@pulumi/pulumi";
import { type HookName, hookNames } from "../hookNames";
import type { Inputs } from "../inputs";
import { Creation } from "./creation";
import { EarlierReports } from "./earlierReports";
import { guardRestarts } from "./guard";
import { sayChanges } from "./hooks";

/** Hooks that say what changes on the host, or refuse it, and names for all others of the component. */
export interface ComponentHooks {
  hookName: HookName;
  ofComponent: (pulumi.ResourceHookBinding | undefined)[];
  ofChildren: (pulumi.ResourceHookBinding | undefined)[];
  /** What the state has of the component, and of steps that change. */
  earlier: EarlierReports;
}

/** @param component undefined until it is made, which is before any hook runs. */
export function componentHooks(
  name: string,
  parent: pulumi.Resource | undefined,
  inputs: Inputs,
  component: () => pulumi.Resource,
): ComponentHooks {
  const hookName = hookNames(name, parent);
  const guard = guardRestarts(name, hookName, inputs, component);
  const earlier = new EarlierReports();
  const changes = sayChanges(name, hookName, inputs, {
    ...{ creation: new Creation(inputs), earlier, component },
  });
  return {
    hookName,
    ofComponent: [changes, guard?.component],
    ofChildren: [changes, guard?.steps],
    earlier,
  };
}
