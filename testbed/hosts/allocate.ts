import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "./exec";
import { numbers } from "./leftovers";
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
  stateLock,
} from "./place";

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
    const { dir } = placeOf(free);
    if (!existsSync(hostsDir)) await makeHostsDir();
    mkdirSync(join(dir, "root"), { recursive: true });
    writeFileSync(join(dir, "owner"), ownerRecord());
    await runScript("network.sh", ["up"]);
    return free;
  });
  guard(number);
  return number;
}

/**
 * On ext4, each tree gets a region of the disk of its own (+T): where it must look for room among
 * others' files, making the 9,000 files of a tree took ten times as long. Other filesystems refuse.
 */
async function makeHostsDir(): Promise<void> {
  mkdirSync(hostsDir, { recursive: true });
  await exec("chattr", ["+T", hostsDir]);
}

function guard(number: number): void {
  const { dir, machine } = placeOf(number);
  const guardian = spawn("sh", [scriptPath("remove.sh"), "--when-stdin-ends", dir, machine], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, ...scriptEnv },
  });
  // Neither may keep this process from ending; its end is what the guardian waits for.
  guardian.unref();
  const { stdin } = guardian;
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
}
