/** One row of the table of what rootless mode limits. */
export interface Limitation {
  /** Such as `ping`, `privilegedPorts`, `cgroups`. */
  name: string;
  /** `available`, `limited` or `unavailable`; `unknown` if the host has not reported what it is judged by. */
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

/** The row where a fact is missing, which the next run of its step reports. */
export function notMeasured(fact: string): Row {
  return {
    status: "unknown",
    evidence: `the host has not reported ${fact} yet`,
    fix: "set a new value of operations.recheck, which asks the host again",
  };
}
