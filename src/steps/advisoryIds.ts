import { nearest } from "../validation/nearest";
import type { Problem, Reader } from "../validation/reader";
import { filledLine } from "../validation/rules";

/** The ids of all advisories, for `acceptedAdvisories`. A row of src/advisories has each. */
export const advisoryIds = [
  "custom-bridge-ports",
  "daemon-older-than-package",
  "dynamic-ports-collide",
  "http2-on-tcp-socket",
  "live-restore",
  "logs-without-limit",
  "net-host-reaches-loopback",
  "overlay2-on-kernel-5-10",
  "pasta-on-ubuntu-24-04",
  "udp-client-addresses",
  "udp-replies-lost",
] as const;

export type AdvisoryId = (typeof advisoryIds)[number];

const known: readonly string[] = advisoryIds;

/** Each id once. One that this version does not know has no effect, as of an advisory that is no longer listed. */
export function acceptedSettings(read: Reader): { ids: string[]; warnings: Problem[] } {
  const ids = [...new Set(read.strings("acceptedAdvisories", filledLine))];
  const warnings = ids
    .filter((id) => !known.includes(id))
    .map((id) => noEffect(id, read.quote("acceptedAdvisories", id)));
  return { ids, warnings };
}

function noEffect(id: string, shown: string): Problem {
  const meant = nearest(id, advisoryIds);
  const hint = meant === undefined ? "remove it" : `did you mean ${meant}?`;
  return {
    propertyPath: "acceptedAdvisories",
    reason: `${shown} is not the id of an advisory of this version of rootless-docker, so it has no effect; ${hint}`,
  };
}
