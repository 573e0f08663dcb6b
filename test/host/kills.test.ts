import { setTimeout as sleep } from "node:timers/promises";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  killTree,
  type Process,
  snapshotHost,
  type HostSnapshot,
  type NspawnHost,
} from "../../stand-ins/hosts";
import type { StepArgs } from "../support/documents";
import { expectFilled, fillAccount, removeAccount } from "../support/accountData";
import { root } from "../support/host";
import { Installation, type Answer } from "../support/installation";
import { promise } from "../support/promise";
import { randomFrom } from "../support/random";

// Lives of a host in which any run may be killed at any moment, and any answer may be lost.

let host: NspawnHost;

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  await root(host, "apt-get -qq update >/dev/null");
});
afterAll(destroyAllHosts);

const seed = Number(process.env.KILLS_SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.KILLS_RUNS ?? 1);
const wishes: StepArgs = {
  owner: "infra/prod/eve",
  account: {
    name: "eve",
    authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= a"],
    // Else each life has a higher range than the one before.
    subordinateIds: { uidStart: 2_000_000, gidStart: 2_000_000 },
  },
  kernel: { sysctls: { "net.core.somaxconn": "8192" } },
  environment: { A: "b" },
};
const wishesOf = (data: "delete" | "keep"): StepArgs => ({ ...wishes, onDestroy: { data } });
const edited = {
  environment: { A: "c" },
  kernel: { sysctls: { "net.core.somaxconn": "16384" } },
};
const installation = "e1";
/**
 * What an engine writes at each start, the agent's own, what apt and userdel leave when they are killed, and settings of
 * the one kernel that all test hosts have.
 */
const ofEachRun =
  /^sysctl kernel\.|\/home\/eve\/\.local\/share\/docker\/|\/var\/lib\/rootless-docker|\/tmp\/apt-dpkg-install-|added: \/etc\/(passwd|shadow|group|gshadow|subuid|subgid)(\.\d+|[+-]) /;
const expectLike = async (wanted: HostSnapshot) => {
  const left = diffSnapshots(wanted, await snapshotHost(host));
  expect(left.filter((line) => !ofEachRun.test(line))).toEqual([]);
};

/** What an installation runs on the host now. */
function running(): Process[] {
  const processes = host.processes();
  const sessions = processes.filter(({ command }) => command.startsWith("sshd"));
  return processes.filter(
    ({ parent, command }) =>
      command.includes(installation) && sessions.some(({ pid }) => pid === parent),
  );
}

/** Kills all that an installation runs, some time after it has begun. Returns false if it had ended before. */
async function killedAfter(milliseconds: number, work: Promise<Answer>): Promise<boolean> {
  let isOver = false;
  void work.finally(() => (isOver = true)).catch(() => undefined);
  await sleep(milliseconds);
  // Between two commands nothing runs.
  while (!isOver && running().length === 0) await sleep(20);
  const found = running();
  for (const { pid } of found) killTree(pid, () => host.processes());
  await work;
  return found.length > 0;
}

/** How long something takes here, in milliseconds. */
async function measure(work: () => Promise<unknown>): Promise<number> {
  const begun = Date.now();
  await work();
  return Date.now() - begun;
}

// A container that runs would change what a snapshot sees.
const fill = () => fillAccount(host, "eve", "create");

/** Runs it until it comes to its end, and Pulumi hears of that. */
async function untilDone(work: () => Promise<Answer>): Promise<void> {
  let last = "";
  for (let tries = 0; tries < 12; tries++) {
    const { exitCode, said } = await work();
    if (exitCode === 0) return;
    if (exitCode !== 255) throw new Error(said.join("\n"));
    last = said.join("\n");
  }
  throw new Error(`an answer was lost twelve times: ${last}`);
}

test(
  promise(
    8,
    `8 kills in each of ${runs} lives (KILLS_SEED=${seed}), and answers that are lost: as after a clean up, and exactly back`,
  ),
  async () => {
    const random = randomFrom(seed);
    // The accounts of the tests before are gone, and their directories below /run go a moment later.
    await root(host, "systemctl stop 'user-runtime-dir@1*.service'");
    const bare = await snapshotHost(host);
    const clean = new Installation(host, installation);
    const up = await measure(() => clean.up(wishesOf("delete")));
    await fill();
    const wanted = await snapshotHost(host);
    const destroy = await measure(() => clean.destroy());
    await expectLike(bare);
    for (let run = 0; run < runs; run++) {
      const data = (seed + run) % 2 === 0 ? "delete" : "keep";
      const app = new Installation(host, installation);
      const hits: string[] = [];
      /** A run that ends before its moment comes is not killed: the next one is killed earlier. */
      const kill = async (
        phase: string,
        times: number,
        lasts: number,
        work: () => Promise<Answer>,
      ) => {
        let within = lasts;
        let done = 0;
        for (let tries = 0; done < times && tries < 2 * times; tries++) {
          const isHit = await killedAfter(random.fraction() * within, work());
          if (isHit) done += 1;
          else within /= 2;
        }
        hits.push(`${phase} ${done}`);
        // Else nothing was tried there.
        expect([phase, done]).not.toEqual([phase, 0]);
      };
      app.isLost = () => random.fraction() < 0.2;
      await kill("up", 3, up, () => app.tryUp(wishesOf(data)));
      await untilDone(() => app.tryUp(wishesOf(data)));
      await fill();
      await expectLike(wanted);
      await kill("update", 2, up / 4, () => app.tryUp({ ...wishesOf(data), ...edited }));
      await untilDone(() => app.tryUp(wishesOf(data)));
      await expectLike(wanted);
      await expectFilled(host, "eve");
      await kill("destroy", 3, destroy / 2, () => app.tryDestroy());
      await untilDone(() => app.tryDestroy());
      if (data === "keep") {
        await expectFilled(host, "eve");
        await removeAccount(host, "eve");
      }
      process.stderr.write(
        `killed: KILLS_SEED=${seed}, life ${run}, ${data}: hits in ${hits.join(", ")}\n`,
      );
      await expectLike(bare);
    }
  },
  (10 + 5 * runs) * 60_000,
);
