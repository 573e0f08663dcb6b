import type * as pulumi from "@pulumi/pulumi";
import type { Reader } from "../validation/reader";
import { oneLine } from "../validation/rules";
import type { Document } from "./document";

/** Whether previews ask the host. */
export const DriftDetection = {
  /**
   * A preview logs in and shows drift; `up` does so before it changes anything. On a new machine it warns of each
   * problem that preflight would find. A host that does not answer is one warning.
   */
  Preview: "preview",
  /**
   * As `preview`, but a host that cannot be asked is an error: use it in a scheduled job. A machine whose address is
   * not known before `up` is not asked.
   */
  Required: "required",
  /** A preview opens no connection, and compares the program with the last `up` alone. */
  None: "none",
} as const;
export type DriftDetection = (typeof DriftDetection)[keyof typeof DriftDetection];

/** The fate of an `up` that would restart the daemon. */
export const Restarts = {
  /** It does so. A preview says it before. */
  Allow: "allow",
  /**
   * It ends with an error before anything on a machine is changed, and a preview says so. The same holds for another
   * `connection.host` or `account.name`, with which the whole installation moves. Changes of ids, controllers or the
   * engine count, since only the machine knows whether the daemon restarts for them. The inputs are compared with those
   * of the last `up`. Not seen are a daemon that a first `up` takes over, new packages of the distribution, repairs by
   * `recheck`, and a destroy.
   */
  Refuse: "refuse",
} as const;
export type Restarts = (typeof Restarts)[keyof typeof Restarts];

/** What a preview and an `up` ask, and may do. None of it is a setting of the host. */
export interface OperationsArgs {
  /** The fate of an `up` that would restart the daemon. Defaults to "allow". */
  restarts?: pulumi.Input<Restarts>;
  /**
   * Whether a preview asks the host for drift, and shows it as an update of the step that fixes it. Defaults to
   * "none".
   */
  driftDetection?: pulumi.Input<DriftDetection>;
  /** Any new value, such as the time, makes every step run again, and repair drift. Defaults to none. */
  recheck?: pulumi.Input<string>;
  /**
   * Whether to take the account over from another stack or resource that holds it, whose steps then fail. Take it
   * out again afterwards. Defaults to false: then that is an error.
   */
  takeOver?: pulumi.Input<boolean>;
}

export interface OperationsSettings {
  restarts: Restarts;
  driftDetection: DriftDetection;
  recheck?: string;
  takeOver: boolean;
}

export function operationsSettings(read: Reader): OperationsSettings {
  const settings = {
    restarts: read.oneOf("restarts", Restarts) ?? Restarts.Allow,
    driftDetection: read.oneOf("driftDetection", DriftDetection) ?? DriftDetection.None,
    // Configuration that is there and empty says nothing.
    recheck: read.string("recheck", { rule: oneLine }) || undefined,
    takeOver: read.boolean("takeOver") ?? false,
  };
  read.refuseOthers();
  return settings;
}

// These keys are in every step's document, so that all steps run when one changes.

/** Inputs of every step. */
export const everyStepInputs = ["operations.recheck", "operations.takeOver"] as const;

/** To take an account over is to make all of it what this program says: no step is left out. */
export function everyStepDocument({
  operations: { recheck, takeOver },
}: {
  operations: Pick<OperationsSettings, "recheck" | "takeOver">;
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
