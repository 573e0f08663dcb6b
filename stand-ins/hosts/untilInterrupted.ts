/** Waits for a Ctrl-C, or another signal that asks to end. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // Something must keep the process from ending by itself.
    const alive = setInterval(() => undefined, 3_600_000);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
  });
}
