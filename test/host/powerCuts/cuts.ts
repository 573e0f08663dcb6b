import { setTimeout as sleep } from "node:timers/promises";
import { diffSnapshots, snapshotHost, type TestHost } from "../../../stand-ins/hosts";
import { exec } from "../../../stand-ins/hosts/exec";
import type { StepArgs } from "../../support/documents";
import { asAccount, importImage, tryAsAccount } from "../../support/host";
import { type Answer, Installation, revertOrder } from "../../support/installation";
import { randomFrom, type Random } from "../../support/random";
import { type Base, type Bench, copied, edited, emptied, type Verb, wishes } from "./disks";

/** A disk as it was at one moment of a run, and what Pulumi knew then. */
interface Cut {
  disk: string;
  verb: Verb;
  installation: string;
  /** Milliseconds after the run's beginning. */
  at: number;
  created: Set<string>;
  random: Random;
  /** What was on the disk of the packages before the boot. */
  before?: string;
  /** What destroy said then. */
  said: string[];
}

export interface Result {
  cuts: number;
  /** How many went on with each verb, by the verb that was cut. */
  counts: Map<string, number>;
  /** Errors that the agent is not whole. */
  said: string[];
  failures: string[];
}

/** How many disks are kept of one run. */
const cutsOfOneRun = 6;

/** One run of a verb, and the cuts of it, each lived on from. */
export async function oneRun(bench: Bench, seed: number, wanted: number, result: Result) {
  const random = randomFrom(seed);
  const verb = random.oneOf(["up", "up", "update", "destroy", "destroy"] as const);
  const { host, vault, fileSystem, bases } = bench;
  const base = (random.fraction() < 0.25 && bases.bare) || bases.packages;
  const run = `${base.disk}-run`;
  await host.bootFrom(await copied(vault, base.disk, run));
  const app = new Installation(host, seed.toString(16));
  if (verb !== "up") {
    await app.applyAll(wishes);
    await fill(host);
  }
  const count = Math.min(cutsOfOneRun, wanted);
  const moments = Array.from({ length: count }, () => random.fraction() * base.durations[verb]);
  moments.sort((a, b) => a - b);

  const cuts: Cut[] = [];
  const start = Date.now();
  const work = verb === "up" ? app.applyAll(wishes) : going(verb, app);
  const ended = work.then(
    () => true,
    (error: unknown) => error,
  );
  for (const [number, at] of moments.entries()) {
    await sleep(Math.max(0, start + at - Date.now()));
    const created = new Set(app.created);
    const disk = `${run}-cut-${number}`;
    await copied(vault, run, disk);
    const cutSeed = seed * 100 + number;
    cuts.push({
      disk,
      verb,
      installation: app.id,
      at,
      created,
      random: randomFrom(cutSeed),
      said: [],
    });
  }
  const outcome = await ended;
  if (outcome !== true) result.failures.push(`seed ${seed}: the run itself: ${String(outcome)}`);
  for (const [number, cut] of cuts.entries()) {
    const begun = Date.now();
    const title = `seed ${seed}.${number} ${fileSystem} ${base.disk}: ${verb} cut after ${Math.round(cut.at)} of ${base.durations[verb]} ms with ${[...cut.created].join(" ") || "nothing"}`;
    const wrong = await liveOn(bench, base, cut, result).catch((error: unknown) => [String(error)]);
    result.cuts++;
    const seconds = Math.round((Date.now() - begun) / 1000);
    process.stderr.write(
      `powerCuts: ${result.cuts}: ${title}: ${wrong.length} wrong, ${seconds} s\n`,
    );
    if (wrong.length > 0) {
      wrong.push(cut.before ?? "", ...cut.said, ...(await evidence(bench)));
      result.failures.push([title, ...wrong].join("\n  "));
      process.stderr.write(`powerCuts: FAILED: ${result.failures.at(-1)}\n`);
    }
    vault.remove(cut.disk);
  }
}

/** Gives the account an image, a volume with a file in it, and a file of its own, all on the disk. */
async function fill(host: TestHost): Promise<void> {
  await importImage(host, "app");
  await asAccount(
    host,
    "app",
    `docker volume create mine >/dev/null; echo own >~/own
    rootlesskit sh -c 'echo precious >~/.local/share/docker/volumes/mine/_data/file'; sync`,
  );
}

/** What the account owns is there, and its daemon sees it. */
async function isFilled(host: TestHost): Promise<string[]> {
  const { exitCode, stderr } = await tryAsAccount(
    host,
    "app",
    `grep -q own ~/own; grep -q precious ~/.local/share/docker/volumes/mine/_data/file
    docker image inspect busybox >/dev/null; docker volume inspect mine >/dev/null`,
  );
  return exitCode === 0 ? [] : [`the account's data are not there: ${stderr}`];
}

/** What helps to understand a failure, from the host that it happened on. */
async function evidence({ host }: Bench): Promise<string[]> {
  const { stdout } = await host.ssh(`
    exec 2>&1; dpkg --audit; dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\n' docker.io containerd runc
    ls -l /usr/bin/dockerd; grep docker.io: /var/log/dpkg.log | tail -n 12
    tail -n 30 /var/log/dpkg.log; find /var/lib/rootless-docker | head -n 100`);
  return stdout.split("\n").map((line) => `| ${line}`);
}

function going(verb: Verb, app: Installation): Promise<unknown> {
  return verb === "update" ? app.applyAll(edited) : app.revertAll(wishes);
}

/** Boots what a cut left, and brings it to an end. Returns what is wrong then. */
async function liveOn(bench: Bench, base: Base, cut: Cut, result: Result): Promise<string[]> {
  const { host, vault } = bench;
  let wrong: string[] = [];
  await host.bootFrom(vault.path(cut.disk), async (root) => {
    wrong = await emptied(root, base.filled);
    const packages = `cd ${root} && ls -l usr/bin/dockerd var/lib/dpkg/updates 2>&1
      grep -A 2 -x 'Package: docker.io' var/lib/dpkg/status; tail -n 3 var/log/dpkg.log`;
    cut.before = (await exec("sh", ["-c", packages])).stdout;
  });
  const app = new Installation(host, cut.installation, "root", cut.created);
  // Without its first step Pulumi has nothing to destroy; and after the last there is nothing left to do.
  const destroys = cut.created.has("agent") && cut.random.fraction() < 0.6;
  const now = cut.verb === "update" ? edited : wishes;
  const key = `${cut.verb}, then ${destroys ? "destroy" : "up"}`;
  result.counts.set(key, (result.counts.get(key) ?? 0) + 1);
  if (destroys) {
    const said = await destroy(app, now, cut);
    if (said !== undefined) {
      wrong.push(...rightly(said, result));
      await app.applyAll(now);
      await destroy(app, now, cut);
    }
    const left = diffSnapshots(base.fresh, await snapshotHost(host));
    wrong.push(...left.filter((line) => !ofSystem.some((pattern) => pattern.test(line))));
    return wrong;
  }
  await app.applyAll(wishes).catch(async (error: unknown) => {
    wrong.push(...rightly(String(error), result));
    await app.applyAll(wishes);
  });
  if (cut.verb === "update") wrong.push(...(await isFilled(host)));
  const again = await app.applyAll(wishes);
  for (const [step, { changed }] of Object.entries(again))
    wrong.push(...changed.map((line) => `${step} again: ${line}`));
  const after = diffSnapshots(base.clean, await snapshotHost(host));
  wrong.push(...after.filter((line) => !ofEachRun.some((pattern) => pattern.test(line))));
  return wrong;
}

/**
 * Promise 8 allows one error after a cut: that the agent is not whole, which docs/troubleshooting.md explains. Every other
 * one is wrong, whatever it says.
 */
function rightly(said: string, result: Result): string[] {
  if (!/^sha256sum: /m.test(said)) return [said];
  result.said.push(said);
  process.stderr.write(`powerCuts: said: ${said}\n`);
  return [];
}

/**
 * As Pulumi does it: what it knows of, the agent last. Some answers are lost, so that a delete comes twice. Returns the
 * error that ends it.
 */
async function destroy(
  app: Installation,
  now: StepArgs,
  { said, random }: Cut,
): Promise<string | undefined> {
  const failed = async (work: () => Promise<Answer>) => {
    const times = random.fraction() < 0.3 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const answer = await work();
      said.push(...answer.said);
      if (answer.exitCode !== 0) return `exit code ${answer.exitCode}: ${answer.said.join("\n")}`;
    }
    return undefined;
  };
  for (const step of revertOrder.filter((name) => app.created.has(name))) {
    const error = await failed(() => app.tryRevert(step, now));
    if (error !== undefined) return error;
  }
  return failed(() => app.tryRevertAgent());
}

// Where a dpkg that was cut had unpacked a package's scripts: it clears that away when it unpacks the next one.
const dpkgs = /^file added: \/var\/lib\/dpkg\/tmp\.ci\b/;

// What the system's own tools leave where they are cut off, as without this package: docs/limits.md.
const ofSystem = [
  dpkgs,
  /^file added: \/etc\/(passwd|shadow|group|gshadow|subuid|subgid)(\.\d+|[+-]) /,
  /^file added: \/tmp\/apt-dpkg-install-/,
];

// What differs between any two clean runs too.
const ofEachRun = [
  ...ofSystem,
  /\/var\/lib\/rootless-docker|\/99rootless-docker-/,
  /\/home\/app\/\.(local\/share|config)\/docker/,
  /^file added: \/home\/app\/own /,
  /^file \/etc\/(group|gshadow):/,
  // The day on which the account was made.
  /^file \/etc\/shadow:/,
  // No range is given twice, not even where a useradd was cut off, and none is taken from an account.
  /^(sub[ug]id line (\w+: )?app\b|file \/etc\/sub[ug]id: root:root 644 \S+ -> root:root 644 )/,
];
