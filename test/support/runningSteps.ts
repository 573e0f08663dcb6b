import { setTimeout as sleep } from "node:timers/promises";
import { killTree, type NspawnHost, type Process } from "../../stand-ins/hosts";

/** How often a host is looked at, in milliseconds. */
const glance = 20;

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
