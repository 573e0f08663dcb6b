import type { GivenInputs } from "../advisories/advisory";
import type { HostFacts } from "../limitations/measured";

/** One recommendation for hardened Docker hosts, and whether this rootless host follows it. */
export interface Control {
  /** Words such as `daemon-without-root`. */
  id: string;
  /** The recommendation, in the words of this package. */
  title: string;
  /** Where it is from: `CIS 2.1` (CIS Docker Benchmark 1.6), or `OWASP 11` (Docker Security Cheat Sheet). */
  references: string[];
  /** `met`, `open`, `declined`, or `unknown` if the host has not reported what it is judged by. */
  status: string;
  /** What the facts and inputs of this host say about it. */
  evidence: string;
  /** With `open` what closes it, usually an input; with `declined` why it is not done; otherwise empty. */
  fix: string;
}

/** What a row says of one host. */
export type ControlVerdict = Pick<Control, "status" | "evidence" | "fix">;

/** One recommendation. */
export interface ControlRow {
  title: string;
  /** A number of CIS is here only if more than one public source agrees on it. */
  references: readonly string[];
  /** What closes it, or why it is declined, in one line for the documentation. */
  how: string;
  /** Whether it is judged by what the program asks for, which a file of somebody else's can override on the host. */
  isOfProgram?: boolean;
  judge: (host: HostFacts, given: GivenInputs) => ControlVerdict;
}

export function met(evidence: string): ControlVerdict {
  return { status: "met", evidence, fix: "" };
}

export function open(evidence: string, fix: string): ControlVerdict {
  return { status: "open", evidence, fix };
}

export function declined(evidence: string, reason: string): ControlVerdict {
  return { status: "declined", evidence, fix: reason };
}

export function unknown(evidence: string): ControlVerdict {
  return { status: "unknown", evidence, fix: "" };
}

export function notJudged(what: string): ControlVerdict {
  return unknown(`the host has not reported ${what} yet; a new operations.recheck asks for it`);
}
