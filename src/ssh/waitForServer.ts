import { setTimeout as delay } from "node:timers/promises";
import { type KnownConnection, greeting } from "./ssh";

/** Milliseconds between two tries. */
const pause = 2_000;

/** A try that failed: why, the seconds since the first one, and those that are left. */
export interface FailedTry {
  why: string;
  waited: number;
  left: number;
}

/**
 * Waits until an SSH server answers, for some seconds at most. It does not say how it ended: a login says more.
 *
 * @param goesOn whether another try is worth it.
 */
export async function waitForServer(
  connection: KnownConnection,
  seconds: number,
  goesOn: (failed: FailedTry) => boolean | Promise<boolean>,
): Promise<void> {
  if (seconds <= 0) return;
  const start = Date.now();
  for (;;) {
    const why = await greeting(connection).then(() => undefined, reason);
    const waited = (Date.now() - start) / 1000;
    const left = seconds - waited;
    if (why === undefined || left <= 0) return;
    if (!(await goesOn({ why, waited, left }))) return;
    await delay(Math.min(pause, left * 1000));
  }
}

/** Where a name has several addresses, each one's error has the words. */
function reason(error: unknown): string {
  const { errors: [first] = [error] } = error as { errors?: unknown[] };
  return (first as Error).message;
}
