import { countOf, long } from "../../../testkit/long";
import { interruptedLives } from "./lives";

/**
 * Lives on one host whose runs are interrupted: FAULTS_RUNS in the environment says how many are, and
 * FAULTS_SEED is the first seed. The long run has another seed each time, and installs the engine's packages.
 *
 * @param further how far these seeds are from those of another file.
 */
export function interruptedRuns(further = 0): void {
  const now = Math.floor(Date.now() / 1000) % 1_000_000;
  const seed = Number(process.env.FAULTS_SEED ?? (long ? now : 1)) + further;
  const runs = countOf("FAULTS_RUNS", 5, 100);

  test(`${runs} runs interrupted at random (FAULTS_SEED=${seed}): the host of a clean run, and exactly back`, async () => {
    const { interrupted, failures } = await interruptedLives({ seed, runs, again: 0.6 });
    expect(failures).toEqual([]);
    expect(interrupted.length).toBeGreaterThanOrEqual(runs);
  });
}
