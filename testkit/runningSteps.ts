import { setTimeout as sleep } from "node:timers/promises";
import { killTree, type NspawnHost, type Process } from "../testbed/hosts";

export type Verb = "apply" | "revert";

/** Steps that run side by side are one group; a group starts when the one before it has ended. */
export const groups: Record<Verb, readonly (readonly string[])[]> = {
  apply: [["agent", "preflight"], ["engine", "account", "secrets"], ["kernel"], ["daemon"]],
  revert: [["daemon"], ["secrets", "account", "kernel"], ["engine"], ["agent"]],
};

export const groupOf = (verb: Verb, step: string): number =>
  groups[verb].findIndex((group) => group.includes(step));

/** A step at work on a host. */
export interface RunningStep {
  step: string;
  /** What sshd started for it; everything that belongs to the step is below. */
  shell: Process;
  /** sshd's process for the connection. */
  session: Process;
}

const call = / (?:install|apply|update|revert) ([a-z]+) [0-9a-f]+(?: |$)/;

/** The steps that a host works on, seen from outside: it may be past answering. */
export function runningSteps(host: NspawnHost): RunningStep[] {
  const processes = host.processes();
  return processes.flatMap((shell) => {
    const step = call.exec(shell.command)?.[1];
    const session = processes.find(({ pid }) => pid === shell.parent);
    return step !== undefined && session?.command.startsWith("sshd")
      ? [{ step, shell, session }]
      : [];
  });
}

/** Agents that work on a host, with or without a connection. */
export function agentsOn(host: NspawnHost): string[] {
  return host
    .processes()
    .map(({ command }) => command)
    .filter((command) => call.test(command));
}

/** How often a host is looked at, in milliseconds. */
export const glance = 20;

/** How long each step takes while `work` goes on, in milliseconds. */
export async function durationsDuring(
  host: NspawnHost,
  work: Promise<unknown>,
): Promise<Map<string, number>> {
  const begun = new Map<string, number>();
  const durations = new Map<string, number>();
  let over = false;
  const ended = work.finally(() => (over = true));
  // Whoever awaits the work itself hears of its failure.
  ended.catch(() => undefined);
  while (!over) {
    for (const { step } of runningSteps(host)) {
      if (!begun.has(step)) begun.set(step, Date.now());
      durations.set(step, Date.now() - (begun.get(step) ?? 0) + glance);
    }
    await sleep(glance);
  }
  await ended;
  return durations;
}

/**
 * Waits until a step runs a program whose arguments match, and kills the step with all that it has started, as a
 * machine does that has no memory left. Throws where `work` ends before.
 */
export async function killStepAt(
  host: NspawnHost,
  program: RegExp,
  work: Promise<unknown>,
): Promise<void> {
  let over = false;
  void work.finally(() => (over = true)).catch(() => undefined);
  while (!over) {
    const processes = host.processes();
    const found = processes.find(({ command }) => program.test(command));
    const step = found && belowSshd(found, processes);
    if (step !== undefined) {
      killTree(step.pid, () => host.processes());
      return;
    }
    await sleep(glance);
  }
  throw new Error(`no step has run ${String(program)}`);
}

/** What sshd started that a process belongs to. */
function belowSshd(found: Process, processes: readonly Process[]): Process | undefined {
  const above = processes.find(({ pid }) => pid === found.parent);
  if (above === undefined) return undefined;
  return above.command.startsWith("sshd") ? found : belowSshd(above, processes);
}
