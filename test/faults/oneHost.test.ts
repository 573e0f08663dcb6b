import { destroyAllHosts } from "../../testbed/hosts";
import { interruptedLives } from "./lives";
import { chosenRuns, chosenSeed } from "./chosen";

afterAll(destroyAllHosts);

const seed = chosenSeed();
const runs = Math.ceil(chosenRuns() / 2);

test(`${runs} runs interrupted at random (FAULTS_SEED=${seed}): the host of a clean run, and exactly back`, async () => {
  const { interrupted, failures } = await interruptedLives({ seed, runs, again: 0.6 });
  expect(failures).toEqual([]);
  expect(interrupted.length).toBeGreaterThanOrEqual(runs);
});
