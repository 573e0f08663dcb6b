import type * as pulumi from "@pulumi/pulumi";
import type { Reader } from "../../validation/reader";
import type { Document } from "../document";

/** What happens to the account's images, containers and volumes on destroy. */
export const OnDestroyData = {
  /** They are kept. If there are any, the account and its ids are kept too. */
  Keep: "keep",
  /** They are removed. Takes effect only after an `up` with this value. */
  Delete: "delete",
} as const;
export type OnDestroyData = (typeof OnDestroyData)[keyof typeof OnDestroyData];

/** What destroy removes in addition to this package's own changes. */
export interface OnDestroyArgs {
  /**
   * What happens to images, containers, volumes, and the home of an account that this package created. Defaults to
   * "keep".
   */
  data?: pulumi.Input<OnDestroyData>;
}

export interface OnDestroySettings {
  data: OnDestroyData;
}

export function onDestroySettings(read: Reader): OnDestroySettings {
  const settings = { data: read.oneOf("data", OnDestroyData) ?? OnDestroyData.Keep };
  read.refuseOthers();
  return settings;
}

export function onDestroyDocument({ data }: OnDestroySettings): Document {
  return { "on-destroy-data": data };
}

/** A program cannot know this exception: only the machine does. */
export const butAdopted = " (a data directory that existed before this package is kept)";

export function onDestroyEffect(_before: unknown, after: unknown): string {
  return after === OnDestroyData.Delete
    ? `destroy DELETES images, containers and volumes${butAdopted}`
    : "destroy keeps images, containers and volumes";
}

export function dataRootEffect(before: unknown, after: unknown): string {
  const [from, to] = [before, after].map((root) =>
    typeof root === "string" ? root : "the account's ~/.local/share/docker",
  );
  return `the daemon restarts without the images, containers and volumes in ${from}, which are kept there, and uses whatever is in ${to}`;
}
