/**
 * This package against a script by hand, alone and as one command of Pulumi's, on fresh hosts:
 * `npm run bench -- --pairs 3 --source static-archive`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { interruptible } from "./interrupt";
import { EngineSource } from "../index";
import { serveRepository } from "../stand-ins/engine";
import { createHost, destroyAllHosts } from "../stand-ins/hosts";
import { requireHostTools } from "../stand-ins/requirements";
import { ensureToolchain } from "../stand-ins/toolchain";
import { agentFigures } from "./agent";
import { isWorse } from "./compare";
import { byHand, byHandInPulumi, phases, sourceOf, thePackage } from "./contestants";
import { course, type Course } from "./course";
import { figuresOf, report, type Pair } from "./report";

const sources = [
  EngineSource.Distribution,
  EngineSource.DockerRepository,
  EngineSource.StaticArchive,
] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pairs: { type: "string", default: "3" },
      suite: { type: "string", default: "trixie" },
      source: { type: "string", default: "distribution" },
    },
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) throw new Error("--pairs wants a number from 1 on");
  const source = sources.find((name) => name === values.source);
  if (source === undefined) throw new Error(`--source requires one of ${sources.join(", ")}`);
  await requireHostTools();
  const scratch = mkdtempSync(join(tmpdir(), "rootless-docker-bench-"));
  process.env.TMPDIR = scratch;
  await interruptible(
    () => bench(pairs, values.suite, source),
    async () => {
      await destroyAllHosts();
      rmSync(scratch, { recursive: true, force: true });
    },
  );
}

async function bench(count: number, suite: string, source: EngineSource): Promise<void> {
  const toolchain = (await ensureToolchain("optimized")).describe();
  say(`${toolchain}; hosts: ${suite}; ${source}; ${cpus().length} cores; ${count} pairs`);
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    // Who comes first alternates: what the first one warms up serves each of them equally often.
    const order = ["package", "script", "inPulumi"] as const;
    const pair: Partial<Pair> = {};
    for (const who of i % 2 === 0 ? order : [...order].reverse()) {
      pair[who] = await onFreshHost(suite, source, who);
      say(
        `pair ${i + 1}, ${who}: ${phases.map((p) => `${p} ${pair[who]?.[p].seconds.toFixed(2)}`).join(", ")}`,
      );
    }
    pairs.push(complete(pair));
  }
  const result = {
    toolchain,
    suite,
    source,
    date: new Date().toISOString(),
    pairs,
    agent: await agentFigures(suite),
  };
  process.stdout.write(`${report(result)}\n`);
  if (figuresOf(result).some(isWorse)) process.exitCode = 1;
  const folder = join(__dirname, "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${result.date.replace(/[:.]/g, "-")}.json`);
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  process.stdout.write(`${relative(process.cwd(), file)}\n`);
}

const contestants = { package: thePackage, script: byHand, inPulumi: byHandInPulumi };

async function onFreshHost(suite: string, source: EngineSource, who: keyof Pair): Promise<Course> {
  const host = await createHost({ suite });
  // The hosts' network is there with the first one.
  const downloads = source === EngineSource.Distribution ? undefined : await serveRepository();
  try {
    return await course(host, contestants[who](sourceOf(source, downloads)));
  } finally {
    await downloads?.close();
    await host.destroy();
  }
}

function complete({ package: ours, script, inPulumi }: Partial<Pair>): Pair {
  if (ours === undefined || script === undefined || inPulumi === undefined)
    throw new Error("a pair is incomplete");
  const differing = Object.keys(ours.outcome).filter(
    (key) => ours.outcome[key] !== script.outcome[key],
  );
  if (differing.length > 0)
    throw new Error(
      `the two hosts are not the same: ${differing.map((key) => `${key} is ${ours.outcome[key]} by the package and ${script.outcome[key]} by hand`).join("; ")}`,
    );
  return { package: ours, script, inPulumi };
}

function say(line: string): void {
  process.stderr.write(`[${(performance.now() / 1000).toFixed(0)} s] ${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
