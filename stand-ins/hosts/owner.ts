import { readFileSync } from "node:fs";

/** "pid start-time boot-id" of a process: no later process is ever described by the same text. */
export function ownerRecord(pid: number = process.pid): string {
  return `${pid} ${startTime(pid)} ${bootId()}`;
}

/** Whether the process that a record describes is still there. An empty record counts as dead. */
export function ownerLives(record: string): boolean {
  const [pid, start, boot] = record.trim().split(" ");
  return boot === bootId() && start !== undefined && start === startTime(Number(pid));
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** In clock ticks since boot; undefined when there is no such process, or only its zombie. */
function startTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The name, in brackets, may hold spaces and brackets: count from the last one. proc(5): state is
  // field 3, starttime field 22.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}
