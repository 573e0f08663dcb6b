/** The first seed of a run: FAULTS_SEED in the environment, or another one each time. */
export function chosenSeed(): number {
  return Number(process.env.FAULTS_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000);
}

/** How many runs are to be interrupted: FAULTS_RUNS in the environment, or 200. */
export function chosenRuns(): number {
  return Number(process.env.FAULTS_RUNS ?? 200);
}
