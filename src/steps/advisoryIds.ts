import { nearest } from "../validation/nearest";
import type { Reader, Rule } from "../validation/reader";

/** The ids of all advisories, for `acceptedAdvisories`. A row of src/advisories has each. */
export const advisoryIds = [
  "CVE-2026-31431",
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

/** Each id once. */
export function acceptedSettings(read: Reader): string[] {
  return [...new Set(read.strings("acceptedAdvisories", knownId))];
}

const knownId: Rule<string> = (value) => {
  if (known.includes(value)) return undefined;
  const meant = nearest(value, advisoryIds);
  return meant === undefined
    ? `is not the id of an advisory; choose from ${advisoryIds.join(", ")}`
    : `is not the id of an advisory; did you mean ${meant}?`;
};
