import { destroyAllHosts } from "../../../testbed/hosts";
import { runCases } from "./batch";
import { ReadingHost } from "./readingHost";
import { bootHost } from "../../../testkit/host";

afterAll(destroyAllHosts);

// The tier `hostile` runs many more of them, and lets the programs of the host read what is written.
test("hostile arguments: refused, or on the host byte for byte", async () => {
  const seed = Date.now() % 1_000_000;
  const host = new ReadingHost(await bootHost());
  const { wrong, refused, arrived, variables } = await runCases(seed, 250, host);
  expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  // Each at half of what it is at least: a test of nothing would pass.
  expect(refused).toBeGreaterThan(50);
  expect(arrived).toBeGreaterThan(150);
  expect(variables).toBeGreaterThan(50);
});
