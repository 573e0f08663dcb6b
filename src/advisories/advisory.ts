import type { EngineSource } from "../steps/engine/args";
import type { HostFacts } from "../limitations/measured";

/** A known fault of a program on the host, or of how it is set up, as it concerns this host. */
export interface Advisory {
  /** Words such as `live-restore`: what `acceptedAdvisories` takes. */
  id: string;
  /** The fault, in one line. */
  title: string;
  /** `affected` or `unknown`. An advisory that does not affect the host is not listed. */
  status: string;
  /** What the facts and inputs of this host say about it, or why that cannot be known. */
  evidence: string;
  /** What it means for this host. */
  meaning: string;
  /** What to do about it. */
  fix: string;
  /** The address of the public report. */
  source: string;
  /** Whether `acceptedAdvisories` has its id, so that previews do not warn of it. */
  accepted: boolean;
}

/** What rows read of the inputs. */
export interface GivenInputs {
  acceptedAdvisories: readonly string[];
  /** Keys of daemon.json, without those whose values are secrets. */
  daemon: Readonly<Record<string, unknown>>;
  /** Keys of daemon.json whose values are secrets. */
  secretKeys: readonly string[];
  engineSource: EngineSource;
  /** `network.driver`, such as `pasta`. */
  networkDriver: string;
  /** Whether this package makes AppArmor profiles that are missing: `kernel.appArmorProfile` is not `none`. */
  makesProfiles: boolean;
  hasTcpSocket: boolean;
}

/** What a row says of one host. */
export interface Verdict {
  status: "affected" | "unaffected" | "unknown";
  evidence: string;
}

/** One known fault. */
export interface AdvisoryRow {
  title: string;
  /** The address of a public report that names the versions. */
  source: string;
  /** Who is affected, in one line for the documentation. */
  affects: string;
  meaning: string;
  fix: string;
  /** Whether it is judged by what the program asks for, which a file of somebody else's can override on the host. */
  isOfProgram?: boolean;
  judge: (host: HostFacts, given: GivenInputs) => Verdict;
}

export function affected(evidence: string): Verdict {
  return { status: "affected", evidence };
}

export function unaffected(evidence: string): Verdict {
  return { status: "unaffected", evidence };
}

export function unknown(evidence: string): Verdict {
  return { status: "unknown", evidence };
}

/** What overrides the program's settings on the host, or may, in words; undefined if nothing does. */
export function overriddenBy(host: HostFacts): string | undefined {
  const files = host["daemon.overrides"];
  if (files === undefined)
    return "the host has not reported whether other files override what the program sets";
  return files === "" ? undefined : `${files} can override what the program sets`;
}

/** The verdict where a fact is missing, which the next run of its step reports. */
export function notReported(what: string): Verdict {
  return unknown(`the host has not reported ${what} yet; a new operations.recheck asks for it`);
}
