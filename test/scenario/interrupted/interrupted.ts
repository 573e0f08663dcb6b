import { interruptedLives } from "./lives";

/**
 * Lives on one host whose runs are interrupted: FAULTS_RUNS in the environment says how many are, and
 * FAULTS_SEED is the first seed.
 */
export function interruptedRuns(): void {
  const seed = Number(process.env.FAULTS_SEED ?? 1);
  const runs = Number(process.env.FAULTS_RUNS ?? 5);

  test(`${runs} runs interrupted at random (FAULTS_SEED=${seed}): the host of a clean run, and exactly back`, async () => {
    const { interrupted, failures } = await interruptedLives({ seed, runs, again: 0.6 });
    expect(failures).toEqual([]);
    expect(interrupted.length).toBeGreaterThanOrEqual(runs);
  });
}
