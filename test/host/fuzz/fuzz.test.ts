import { destroyAllHosts } from "../../../testbed/hosts";
import { bootHost } from "../../../testkit/host";
import { runCases } from "./batch";
import { ReadingHost } from "./readingHost";

afterAll(destroyAllHosts);

const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.HOSTILE_RUNS ?? 10_000);

test(`${runs} hostile arguments (HOSTILE_SEED=${seed}): refused, or on the host byte for byte`, async () => {
  const host = new ReadingHost(await bootHost());
  const { wrong, ...counts } = await runCases(seed, runs, host);
  process.stderr.write(`hostile: seed ${seed}, ${runs} cases: ${JSON.stringify(counts)}\n`);
  expect(wrong).toEqual([]);
  expect(counts.refused).toBeGreaterThan(runs / 5);
  expect(counts.arrived).toBeGreaterThan(runs);
});
