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
