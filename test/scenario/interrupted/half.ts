import { interruptedLives } from "./lives";

/**
 * Half of the tier, on one host: FAULTS_RUNS in the environment says how many runs both halves interrupt,
 * 200 without it, and FAULTS_SEED is the first seed, another one each time without it.
 *
 * @param apart how far this half's seeds are from the other's.
 */
export function halfOfTheRuns(apart: number): void {
  const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000) + apart;
  const runs = Math.ceil(Number(process.env.FAULTS_RUNS ?? 200) / 2);

  test(`${runs} runs interrupted at random (FAULTS_SEED=${seed}): the host of a clean run, and exactly back`, async () => {
    const { interrupted, failures } = await interruptedLives({ seed, runs, again: 0.6 });
    expect(failures).toEqual([]);
    expect(interrupted.length).toBeGreaterThanOrEqual(runs);
  });
}
