import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Runs `work` while no other process (and no other caller in this one) holds `lockFile`.
 *
 * The lock is flock(2), held by a small child that lives as long as its stdin: however this process
 * ends, the kernel closes the pipe and with it the lock, so a dead holder never blocks anyone. Shell
 * scripts take the same lock with flock(1).
 */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  // A session of its own: a Ctrl-C for us must not take the lock from under our cleaning up.
  const holder = spawn("flock", [lockFile, "sh", "-c", "echo held; exec cat"], {
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(holder, "close");
  await Promise.race([
    once(holder.stdout, "data"),
    ended.then(() => {
      throw new Error(`can't lock ${lockFile}: flock (package util-linux) ended early`);
    }),
  ]);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
