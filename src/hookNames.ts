import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { parentOf } from "./sdkInternals";

/** Gives the name of one hook of a component by a word without dashes, such as `wait`. */
export type HookName = (word: string) => string;

/**
 * Names for the hooks of one component. The engine has one list of hooks for a whole run, with those of the program and
 * of all component packages, which are processes of their own (resource_hooks.go). So a name has a prefix of ours and
 * all that makes the component's URN: the types and names of its ancestors, and its own name.
 *
 * It is the same in each run, and so it has no number of the process in it. The engine keeps the names in the state of
 * each resource. Another name is no change that a preview shows, but the engine (3.276) then writes the whole state for
 * a resource that is the same (mustWrite of journal_snapshot.go). And for a delete it looks up the hook of errors by the
 * name that the state has (step.go): under another name nothing would explain why a delete failed.
 */
export function hookNames(name: string, parent: pulumi.Resource | undefined): HookName {
  const place = [...ancestors(parent), name].map(escaped).join("/");
  return (word) => `rootless-docker:${place}-${word}`;
}

const escaped = (part: string) => part.replace(/[%/]/g, encodeURIComponent);

const stackType = "pulumi:pulumi:Stack";

function ancestors(resource: pulumi.Resource | undefined): string[] {
  if (resource === undefined) return [];
  const known = urns.get(resource);
  if (known !== undefined) return placeOf(known);
  const type = pulumi.resourceType(resource);
  // A parent of another process, whose URN is known only later: two of these may have one name.
  if (type === "") return [randomUUID()];
  if (type === stackType) return [];
  return [...ancestors(parentOf(resource)), `${type}::${pulumi.resourceName(resource)}`];
}

/** `urn:pulumi:STACK::PROJECT::TYPES::NAME` without stack and project, which are the same for a whole run. */
function placeOf(urn: string): string[] {
  const [, , ...place] = urn.split("::");
  return place[0] === stackType ? [] : [place.join("::")];
}

const urns = new WeakMap<pulumi.Resource, string>();

/** Says the URN of a parent in another process, so that names of hooks below it are the same in each run. */
export function rememberUrn(resource: pulumi.Resource, urn: string): void {
  urns.set(resource, urn);
}
