/** Work quicker than this, in milliseconds, is not worth a line. */
const quiet = 500;

/**
 * Runs `work`, and tells stderr what is going on if it takes more than half a second: one line
 * `label ...`, and one with the seconds taken when it is done or has failed. Returns what `work`
 * returns.
 */
export async function progress<T>(label: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  let announced = false;
  const timer = setTimeout(() => {
    announced = true;
    say(`${label} ...`);
  }, quiet);
  const done = (outcome: string) => {
    clearTimeout(timer);
    if (announced) say(`${label}: ${outcome} in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  };
  try {
    const result = await work();
    done("done");
    return result;
  } catch (error) {
    done("failed");
    throw error;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
