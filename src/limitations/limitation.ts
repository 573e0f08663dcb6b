/** One row of the table of what rootless mode limits. */
export interface Limitation {
  /** Such as `ping`, `privilegedPorts`, `cgroups`. */
  name: string;
  /** `available`, `limited` or `unavailable`. */
  status: string;
  /** What was measured on this host. */
  evidence: string;
  /** What to do about it; empty if there is nothing to do. */
  fix: string;
}

/** A row without its name. */
export type Row = Omit<Limitation, "name">;

export function available(evidence: string): Row {
  return { status: "available", evidence, fix: "" };
}

export function limited(evidence: string, fix: string): Row {
  return { status: "limited", evidence, fix };
}

export function unavailable(evidence: string, fix: string): Row {
  return { status: "unavailable", evidence, fix };
}
