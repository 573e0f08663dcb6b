import type { Reader } from "../validation/reader";
import { oneLine } from "../validation/rules";
import type { Document } from "./document";

/** Whether previews ask the host. */
export const DriftDetection = {
  /**
   * A preview logs in and shows drift; `up` does so before it changes anything. On a new machine it warns of each
   * problem that preflight would find. A host that does not answer is one warning.
   */
  Preview: "Preview",
  /**
   * As Preview, but a host that cannot be asked is an error: use it in a scheduled job. A machine whose address is
   * not known before `up` is not asked.
   */
  Required: "Required",
  /** A preview opens no connection, and compares the program with the last `up` alone. */
  Off: "Off",
} as const;
export type DriftDetection = (typeof DriftDetection)[keyof typeof DriftDetection];

/** The fate of an `up` that would restart the daemon. */
export const Restarts = {
  /** It does so. A preview says it before. */
  Allow: "Allow",
  /**
   * It ends with an error before anything on a machine is changed, and a preview says so. The same holds for another
   * `connection.host` or `account.name`, with which the whole installation moves. Changes of ids, controllers or the
   * engine count, since only the machine knows whether the daemon restarts for them. The inputs are compared with those
   * of the last `up`. Not seen are a daemon that a first `up` takes over, new packages of the distribution, repairs by
   * `recheck`, and a destroy.
   */
  Refuse: "Refuse",
} as const;
export type Restarts = (typeof Restarts)[keyof typeof Restarts];

export function driftDetectionSettings(read: Reader): DriftDetection {
  return read.oneOf("driftDetection", DriftDetection) ?? DriftDetection.Off;
}

export function restartsSettings(read: Reader): Restarts {
  return read.oneOf("restarts", Restarts) ?? Restarts.Allow;
}

export function recheckSettings(read: Reader): string | undefined {
  // Configuration that is there and empty says nothing.
  return read.string("recheck", { rule: oneLine }) || undefined;
}

export function takeOverSettings(read: Reader): boolean {
  return read.boolean("takeOver") ?? false;
}

// These keys are in every step's document, so that all steps run when one changes.

/** Inputs of every step. */
export const everyStepInputs = ["recheck", "takeOver"] as const;

/** To take an account over is to make all of it what this program says: no step is left out. */
export function everyStepDocument({
  recheck,
  takeOver,
}: {
  recheck: string | undefined;
  takeOver: boolean;
}): Document {
  return { recheck, "take-over": takeOver || undefined };
}

/** Drift, as JSON by step. */
export type Notes = Record<string, string>;

/** The drift of one step. */
export interface Note {
  /** On which it was found: another host or account has none of it. */
  installation: string;
  /** Since when, what, and how. */
  changes: Record<string, Record<string, string>>;
}

export function readNote(note: string): Note {
  return JSON.parse(note) as Note;
}

/** The notes of one installation; none where it is not known yet, since it is a new one then. */
export function notesOfInstallation(installation: string | undefined, notes: Notes): Notes {
  const own = Object.entries(notes).filter(
    ([, note]) => readNote(note).installation === installation,
  );
  return Object.fromEntries(own);
}

/** A step's note as a part of its document: what it puts right, by name. */
export function driftInDocument(note: string | undefined): Document {
  if (note === undefined) return {};
  const lines = Object.entries(readNote(note).changes).map(
    ([since, found]) => `${Object.keys(found).join(", ")} (${since})`,
  );
  return { drift: lines.join("; ") };
}
