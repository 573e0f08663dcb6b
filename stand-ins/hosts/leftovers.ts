import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock";
import { ownerLives } from "./owner";
import { hostsDir, placeOf, runScript, stateLock } from "./place";

/**
 * Removes every host whose owner is dead, and the network with the last one. Hosts of living
 * processes stay. Returns the machine names removed.
 */
export async function removeLeftovers(): Promise<string[]> {
  // Under the lock no host is half recorded.
  const dead = await withLock(stateLock, async () =>
    numbers().filter((n) => !ownerLives(record(n))),
  );
  await Promise.all(dead.map(removeHost));
  return dead.map((number) => placeOf(number).machine);
}

let removed: Promise<unknown> | undefined;

/** The first call removes what dead processes have left; whoever calls later waits for it too. */
export async function removeLeftoversOnce(): Promise<void> {
  await (removed ??= removeLeftovers());
}

/** Removes host N and all its traces, in whatever state it is. Does nothing if it is not there. */
export async function removeHost(number: number): Promise<void> {
  const { dir, machine } = placeOf(number);
  await runScript("remove.sh", [dir, machine]);
}

/** The numbers of all hosts there are, of whatever process. */
export function numbers(): number[] {
  return existsSync(hostsDir) ? readdirSync(hostsDir).map(Number) : [];
}

function record(number: number): string {
  const file = join(placeOf(number).dir, "owner");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
