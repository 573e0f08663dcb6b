import { createVault, type Journalled } from "../../../stand-ins/hosts";
import { oneRun, type Result } from "./cuts";
import { makeBench } from "./disks";

/** The first seed; every run has one of its own, and each cut of it a part of that. */
const seed = Number(process.env.POWER_CUTS_SEED ?? 1);
const cuts = Number(process.env.POWER_CUTS_RUNS ?? 3);
const only = process.env.POWER_CUTS_ON;

/**
 * The cuts of some file systems, a part of all of them each: one after the other on one host, whose disk is a
 * file that is copied while it is written to. What the host's own file system still held in memory is not in
 * the copy.
 */
export function cutsOn(
  share: number,
  fileSystems: readonly Journalled[],
  apart: readonly string[] = [],
): void {
  const where = apart.length > 0 ? `, with a file system each for ${apart.join(" and ")}` : "";
  const chosen = fileSystems.filter((name) => only === undefined || only === name);
  const wanted = Math.max(1, Math.round((cuts * share) / fileSystems.length));
  const end = (20 + wanted) * 60_000;
  const cutAtAnyMoment = async (fileSystem: Journalled) => {
    const vault = await createVault(60_000);
    const bench = await makeBench(vault, fileSystem, fileSystem, apart);
    const result: Result = { cuts: 0, counts: new Map(), said: [], failures: [] };
    for (let run = seed; result.cuts < wanted; run++) {
      await oneRun(bench, run, wanted - result.cuts, result);
      // A defect that shows each time would go on for ever.
      if (result.failures.length >= 5) break;
    }
    const table = [...result.counts].sort().map(([key, count]) => `\n  ${count} ${key}`);
    process.stderr.write(
      `powerCuts: ${fileSystem}${where}: ${result.cuts} cuts from seed ${seed} on, ${result.said.length} found the agent cut, too, ${result.failures.length} wrong${table.join("")}\n`,
    );
    await bench.host.destroy();
    await vault.destroy();
    expect(result.failures).toEqual([]);
  };
  test.each(chosen)(`cut at any moment, on %s${where}`, cutAtAnyMoment, end);
  // A file of jest's may not be without a test.
  if (chosen.length === 0) test.skip("not chosen", () => undefined);
}
