import { destroyAllHosts } from "../../../testbed/hosts";
import { interruptedLives } from "./lives";

afterAll(destroyAllHosts);

// The short form of the tier faults, with the same seed each time.
const seed = Number(process.env.FAULTS_SEED ?? 1);
const runs = Number(process.env.FAULTS_RUNS ?? 10);

test(`${runs} runs interrupted at random (FAULTS_SEED=${seed}): the host of a clean run, and exactly back`, async () => {
  const { interrupted, failures } = await interruptedLives({ seed, runs, again: 0.6 });
  expect(failures).toEqual([]);
  expect(interrupted.length).toBeGreaterThanOrEqual(runs);
});
