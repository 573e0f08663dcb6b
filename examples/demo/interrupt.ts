import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Milliseconds that a program of ours has for ending by itself. */
const grace = 5_000;

/**
 * Makes Ctrl-C (and SIGTERM, and a closed terminal) end this process cleanly: first the programs that
 * it runs, then `cleanUp`. A second one ends it at once.
 */
export function cleanUpWhenInterrupted(cleanUp: () => Promise<void>): void {
  let interrupted = false;
  for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
    process.on(signal, () => {
      if (interrupted) process.exit(exitCodes[signal]);
      interrupted = true;
      process.stderr.write("\nInterrupted: cleaning up ...\n");
      void Promise.all([endPrograms(), cleanUp()])
        .then(() => process.stderr.write("Nothing is left.\n"))
        .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
        .finally(() => process.exit(exitCodes[signal]));
    });
  }
}

/** Asks this process's programs to end, and kills those that do not. */
async function endPrograms(): Promise<void> {
  // A Ctrl-C in a terminal reaches them by itself, and a second one would cut their own cleaning short.
  await sleep(200);
  send("SIGINT");
  const deadline = Date.now() + grace;
  while (programs().length > 0 && Date.now() < deadline) await sleep(50);
  send("SIGKILL");
}

function send(signal: NodeJS.Signals): void {
  for (const pid of programs()) {
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
