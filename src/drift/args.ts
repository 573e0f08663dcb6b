/** Whether previews ask the host. */
export const DriftDetection = {
  /**
   * A preview, and `up` before it changes anything, logs in and asks for what is not as the last `up` left it:
   * what differs shows as an update of the step that owns it. A machine that has nothing of this yet is asked for
   * what preflight would end with: a warning each. A host that does not answer is one warning.
   */
  Preview: "Preview",
  /**
   * The same, but a host that cannot be asked is an error: the preview fails, and `up` changes nothing. For a job that
   * looks for drift on a schedule, which would else pass where it sees nothing. A machine whose address is not known
   * before `up` is not asked in a preview.
   */
  Required: "Required",
  /** A preview opens no connection, and shows what differs from the last `up` in the program alone. */
  Off: "Off",
} as const;
export type DriftDetection = (typeof DriftDetection)[keyof typeof DriftDetection];
