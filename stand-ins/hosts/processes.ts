import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A process as this machine sees it: one of its own, or one inside a container. */
export interface Process {
  pid: number;
  parent: number;
  /** Its arguments, with a space between them. */
  command: string;
}

/** All processes of this machine, those in containers included. */
export function allProcesses(): Process[] {
  return readdirSync("/proc").filter(isNumber).map(Number).flatMap(readProcess);
}

/** The processes of a control group and of those below it; none where it is not there. */
export function processesIn(cgroup: string): Process[] {
  return pidsIn(cgroup).flatMap(readProcess);
}

/** Where a container's control group is. */
export function cgroupOf(machine: string): string {
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const unified = mounts.map((line) => line.split(" ")).find(([, , type]) => type === "cgroup2");
  return join(unified?.[1] ?? "/sys/fs/cgroup", "rootless-docker-testbed", machine);
}

/** A process of a list and everything that it and its children started. */
export function treeOf(pid: number, processes: readonly Process[]): Process[] {
  const own = processes.filter((process) => process.pid === pid);
  const children = processes.filter(({ parent }) => parent === pid);
  return [...own, ...children.flatMap((child) => treeOf(child.pid, processes))];
}

/**
 * Kills a process and everything below it. They are stopped first: what is killed one after the other
 * could start something between.
 */
export function killTree(pid: number, processes: () => readonly Process[]): void {
  const stopped = new Set<number>();
  for (;;) {
    const fresh = treeOf(pid, processes()).filter((process) => !stopped.has(process.pid));
    if (fresh.length === 0) break;
    for (const process of fresh) {
      signal(process.pid, "SIGSTOP");
      stopped.add(process.pid);
    }
  }
  for (const each of stopped) signal(each, "SIGKILL");
}

/** Kills all processes of a control group, and waits until they are gone. */
export async function killAll(cgroup: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const pids = pidsIn(cgroup);
    if (pids.length === 0) return;
    if (tries > 1200) throw new Error(`processes ${pids.join(" ")} of ${cgroup} do not end`);
    for (const pid of pids) signal(pid, "SIGKILL");
    await sleep(50);
  }
}

/** Sends a signal, by name or by number, to a process that may have ended meanwhile. */
export function signal(pid: number, name: NodeJS.Signals | number): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function pidsIn(cgroup: string): number[] {
  if (!existsSync(cgroup)) return [];
  const below = readdirSyncOrNone(cgroup).filter((entry) => entry.isDirectory());
  const own = readOrNone(join(cgroup, "cgroup.procs")).split("\n").filter(isNumber).map(Number);
  return [...own, ...below.flatMap(({ name }) => pidsIn(join(cgroup, name)))];
}

/** Nothing where the process has ended, or is a zombie, which has no arguments. */
function readProcess(pid: number): Process[] {
  const stat = readOrNone(`/proc/${pid}/stat`);
  const command = readOrNone(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trimEnd();
  if (stat === "" || command === "") return [];
  // The name, in brackets, may hold spaces and brackets. proc(5): state is field 3, the parent 4.
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  return [{ pid, parent, command }];
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

/** What a process or control group that vanishes while it is read leaves. */
const gone = ["ENOENT", "ESRCH", "ENODEV"];

function orNone<T>(read: () => T, none: T): T {
  try {
    return read();
  } catch (error) {
    if (gone.includes((error as NodeJS.ErrnoException).code ?? "")) return none;
    throw error;
  }
}

const readOrNone = (file: string) => orNone(() => readFileSync(file, "utf8"), "");
const readdirSyncOrNone = (dir: string) =>
  orNone(() => readdirSync(dir, { withFileTypes: true }), []);
