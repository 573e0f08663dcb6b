import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { exec } from "./exec";
import { numbers, removeHost } from "./leftovers";
import { withLock } from "./lock";
import { ownerRecord } from "./owner";
import {
  firstNumber,
  hostsDir,
  lastNumber,
  placeOf,
  runScript,
  scriptEnv,
  scriptPath,
  stateDir,
  stateLock,
} from "./place";

/** The hosts of this process, with the pipe that each one's guardian listens to. */
const guardians = new Map<number, Writable>();

/** How the name of a host's folder begins that is not complete yet. */
const unfinished = "unfinished-";

/**
 * Takes a free number for a new host of this process, records its owner, and makes sure that the
 * network is there.
 *
 * From here on a guardian watches: a process of its own that removes the host when this process ends,
 * whatever ends it. (Signal handlers would not see a SIGKILL, and jest's tests see no signals at all.)
 * Should the guardian be killed too, the next run finds the record, and `removeLeftovers` does it.
 */
export async function allocate(): Promise<number> {
  const number = await withLock(stateLock, async () => {
    const taken = new Set(numbers());
    let free = firstNumber;
    while (taken.has(free)) free++;
    if (free > lastNumber) throw new Error(`all ${lastNumber} host numbers are taken`);
    await makeFolder(placeOf(free).dir);
    await runScript("network.sh", ["up"]);
    return free;
  });
  guardians.set(number, guard(number));
  return number;
}

/** Removes host N, if this process has it. (The number may be another process's by now.) */
export async function release(number: number): Promise<void> {
  const guardian = guardians.get(number);
  if (guardian === undefined) return;
  guardians.delete(number);
  await removeHost(number);
  // It finds nothing left to do.
  guardian.end();
}

/** Removes all hosts that this process has made. */
export async function destroyAllHosts(): Promise<void> {
  await Promise.all([...guardians.keys()].map(release));
}

/**
 * Makes a host's folder, with its record, in one step.
 *
 * It is made under a name never used before, for ext4's sake: a folder below one with the attribute
 * T gets a region of the disk chosen by its name. At the same name, it would get the region of the
 * host before it, where ext4 avoids what was deleted in the last half minute, and needs two seconds
 * for what otherwise takes 0.3. On other filesystems this does no harm.
 */
async function makeFolder(dir: string): Promise<void> {
  await exec("chattr", ["+T", stateDir]);
  // We hold the lock, so these belong to processes that died right here.
  for (const name of readdirSync(stateDir).filter((entry) => entry.startsWith(unfinished)))
    rmSync(join(stateDir, name), { recursive: true });
  const fresh = mkdtempSync(join(stateDir, unfinished));
  mkdirSync(join(fresh, "root"));
  writeFileSync(join(fresh, "owner"), ownerRecord());
  mkdirSync(hostsDir, { recursive: true });
  renameSync(fresh, dir);
}

function guard(number: number): Writable {
  const { dir, machine } = placeOf(number);
  const guardian = spawn("sh", [scriptPath("remove.sh"), "--when-stdin-ends", dir, machine], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, ...scriptEnv },
  });
  // Neither may keep this process from ending; its end is what the guardian waits for.
  guardian.unref();
  const { stdin } = guardian;
  // It is a socket, whatever its type says.
  if (stdin instanceof Socket) stdin.unref();
  return stdin;
}
