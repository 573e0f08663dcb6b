import { destroyAllHosts } from "../../../stand-ins/hosts";
import { bootHost } from "../../support/host";
import { runCases } from "./batch";
import { ReadingHost } from "./readingHost";

afterAll(destroyAllHosts);

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.FUZZ_RUNS ?? 250);

test(`${runs} hostile arguments (FUZZ_SEED=${seed}): refused, or on the host byte for byte`, async () => {
  const host = new ReadingHost(await bootHost());
  const { wrong, ...counts } = await runCases(seed, runs, host);
  process.stderr.write(`fuzz: seed ${seed}, ${runs} cases: ${JSON.stringify(counts)}\n`);
  expect(wrong).toEqual([]);
  // About half of what it is at least: a test of nothing would pass. Few cases vary more.
  expect(counts.refused).toBeGreaterThan(runs / 5);
  expect(counts.arrived).toBeGreaterThan((runs * 3) / 5);
  expect(counts.variables).toBeGreaterThan(runs / 5);
});
