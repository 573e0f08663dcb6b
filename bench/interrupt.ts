import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Milliseconds that a program of ours has for ending by itself. */
const grace = 5_000;

/**
 * Runs `work`, then `cleanUp`, however `work` ends. Ctrl-C (or SIGTERM, or a closed terminal) first
 * ends the programs that this process runs, then cleans up and exits. A second one exits at once.
 */
export async function interruptible(
  work: () => Promise<void>,
  cleanUp: () => Promise<void>,
): Promise<void> {
  let interrupted = false;
  let impatient = false;
  for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    process.on(signal, () => {
      if (impatient) process.exit(exitCodes[signal]);
      if (interrupted) return;
      interrupted = true;
      // What started this program (npm, tsx) may send the same signal again at once.
      setTimeout(() => (impatient = true), 1_000);
      process.stderr.write("\nInterrupted: cleaning up ...\n");
      void endPrograms()
        .then(cleanUp)
        // The interrupted work may have begun to remove a host by itself.
        .then(() => untilEnded(programs))
        .then(() => process.stderr.write("Nothing is left.\n"))
        .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
        .finally(() => process.exit(exitCodes[signal]));
    });
  }
  try {
    await work();
  } catch (error) {
    if (!interrupted) throw error;
  } finally {
    // Once interrupted, there is somebody else who cleans up and exits.
    if (interrupted) await new Promise<never>(() => undefined);
    await cleanUp();
  }
}

/**
 * Asks the programs that run now to end. Pulumi waits for the command that runs; asked twice, it ends that
 * command's connection and itself. What still does not end is killed.
 */
async function endPrograms(): Promise<void> {
  const all = programs();
  const left = () => all.filter((pid) => programs().includes(pid));
  // A Ctrl-C in a terminal reaches them by itself, and a second one would cut their own cleaning short.
  await sleep(300);
  for (const signal of ["SIGINT", "SIGINT", "SIGKILL"] as const) {
    send(signal, left());
    await untilEnded(left);
  }
}

async function untilEnded(left: () => number[]): Promise<void> {
  const deadline = Date.now() + grace;
  while (left().length > 0 && Date.now() < deadline) await sleep(50);
}

function send(signal: NodeJS.Signals, pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Our children in our own process group. The hosts and their guardians have sessions of their own. */
function programs(): number[] {
  const group = statusOf(process.pid)?.group;
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0)
    .filter((pid) => {
      const status = statusOf(pid);
      return status?.parent === process.pid && status.group === group && status.state !== "Z";
    });
}

function statusOf(pid: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): after the name, in brackets: state, parent, process group.
    const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent), group: Number(group) };
  } catch {
    return undefined;
  }
}
