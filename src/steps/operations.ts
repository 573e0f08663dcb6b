import type * as pulumi from "@pulumi/pulumi";
import type { Reader } from "../validation/reader";
import { oneLine } from "../validation/rules";
import type { Document } from "./document";

/** Whether previews ask the host. */
export const DriftDetection = {
  /**
   * A preview logs in and shows drift; `up` does the same before it changes anything. On a new machine, the preview
   * warns of each problem that preflight would find. If the host does not answer, it only warns.
   */
  Preview: "preview",
  /**
   * As `preview`, but if the host cannot be asked, it fails: use this in a scheduled job. A machine whose address is
   * not known before `up` is not asked.
   */
  Required: "required",
  /** A preview opens no connection, and compares the program only with the last `up`. */
  None: "none",
} as const;
export type DriftDetection = (typeof DriftDetection)[keyof typeof DriftDetection];

/** What happens to an `up` that would restart the daemon. */
export const Restarts = {
  /** The daemon restarts. A preview says so beforehand. */
  Allow: "allow",
  /**
   * An `up` that would restart the daemon fails before it changes anything on a machine, and a preview warns of it.
   * This includes a different `connection.host` or `account.name`, which moves the whole installation, and changes of
   * ids, controllers or the engine, because only the machine knows whether the daemon restarts for them. It compares
   * the inputs with those of the last `up`. It does not prevent restarts by taking over an existing daemon, by new
   * packages of the distribution, by repairs of drift, or by a destroy.
   */
  Refuse: "refuse",
} as const;
export type Restarts = (typeof Restarts)[keyof typeof Restarts];

/** What a preview and an `up` ask, and may do. None of it is a setting of the host. */
export interface OperationsArgs {
  /** What happens to an `up` that would restart the daemon. Defaults to "allow". */
  restarts?: pulumi.Input<Restarts>;
  /**
   * Whether a preview asks the host for drift, and shows it as an update of the step that repairs it. Defaults to
   * "none".
   */
  driftDetection?: pulumi.Input<DriftDetection>;
  /** Any new value, such as the time, runs every step again, and each repairs drift. Defaults to none. */
  recheck?: pulumi.Input<string>;
  /**
   * Whether to take over an account that another stack or resource manages. The next step of that one then fails.
   * Remove this input after the `up`. With false, `up` fails if another one manages the account. Defaults to false.
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
