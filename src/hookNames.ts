import { randomUUID } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { typeAndName } from "./sdkInternals";

/** Gives the name of one hook of a component by a word without dashes, such as `wait`. */
export type HookName = (word: string) => string;

/**
 * Names for the hooks of one component. The engine has one list of hooks for a whole run, with those of the program and
 * of all component packages, which are processes of their own. So a name has all that makes the component's URN: the
 * types and names of its ancestors, and its own name. It is the same in each run, since the state keeps it.
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
  const own = typeAndName(resource);
  // A parent of another process, whose URN is known only later: two of these may have one name.
  if (own === undefined) return [randomUUID()];
  if (own.type === stackType) return [];
  return [...ancestors(own.parent), `${own.type}::${own.name}`];
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
