import { performance } from "node:perf_hooks";
import type { EngineEvent } from "@pulumi/pulumi/automation";

interface Words {
  does: string;
  /** Absent where there is nothing to revert. */
  undoes?: string;
}

/** What each step of the package does, in plain words. */
const words: Record<string, Words> = {
  installation: { does: "names this installation" },
  agent: { does: "installs the program that works on the machine", undoes: "that program" },
  machine: {
    does: "checks for every problem, then installs packages, an ordinary account and kernel settings",
    undoes: "kernel settings, the account, packages",
  },
  secrets: { does: "stores secret values of the daemon (none here)" },
  daemon: {
    does: "configures and starts the account's daemon, and asks it what it can do",
    undoes: "the daemon",
  },
};

function sentence(op: string, { does, undoes }: Words): string | undefined {
  if (op === "create" || op === "update") return does;
  return op === "delete" && undoes !== undefined ? `reverted: ${undoes}` : undefined;
}

export function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

/** Tells when a step of the package is done, and how long it took. */
export function tellSteps(tell: (text: string) => void): (event: EngineEvent) => void {
  const starts = new Map<string, number>();
  return ({ resourcePreEvent, resOutputsEvent }) => {
    if (resourcePreEvent) starts.set(resourcePreEvent.metadata.urn, performance.now());
    if (!resOutputsEvent) return;
    const { urn, op } = resOutputsEvent.metadata;
    const step = urn.slice(urn.lastIndexOf("-") + 1);
    const start = starts.get(urn);
    const said = step in words ? sentence(op, words[step]) : undefined;
    if (said === undefined || start === undefined) return;
    tell(`${secondsSince(start).padStart(4)} s  ${step.padEnd(12)}  ${said}`);
  };
}
