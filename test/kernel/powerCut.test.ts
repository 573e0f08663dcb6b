import { setTimeout as sleep } from "node:timers/promises";
import { createMachine, destroyAllMachines, type Machine } from "../../testbed/machines";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import type { StepArgs } from "../../testkit/documents";
import { Installation, revertOrder } from "../../testkit/installation";
import { randomFrom } from "../../testkit/random";

// test/host/powerCuts copies a disk while it is written to. Here the whole machine goes: QEMU is killed, and
// with it what the kernel of the distribution had not written.
afterAll(destroyAllMachines);

const seed = Number(process.env.POWER_CUTS_SEED ?? 1);
const random = randomFrom(seed);
const state = "/var/lib/rootless-docker";
const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] },
  secretEnvironment: { TOKEN: "s3cret" },
  onDestroy: { data: "Delete" },
};

let machine: Machine;

beforeAll(async () => {
  machine = await createMachine({
    suite: "trixie",
    packages: ["attr", "libcap2-bin"],
    cache: "writeback",
  });
});

/** Files that are empty, and records of ours among them, on the disk that a cut left. */
const emptyFiles = () =>
  machine.run(`cd / && find etc home root usr var/lib -xdev -type f -size 0 \\
    ! -path 'var/lib/systemd/*' ! -path 'var/lib/dpkg/*' ! -path 'var/lib/apt/*' \\
    ! -path '*/leases/*' | sort`);

test("a control: what was not synced is lost", async () => {
  await machine.run("echo kept >/srv/kept; sync /srv/kept /srv; echo lost >/srv/lost");
  await machine.cutPower();
  expect(await machine.run("cat /srv/kept; cat /srv/lost 2>/dev/null || true; rm -f /srv/*")).toBe(
    "kept\n",
  );
});

test.each([1, 2, 3])(
  `cut %s of seed ${seed}: up, and then destroy, end as without it`,
  async (n) => {
    await machine.run("sync");
    const emptyBefore = (await emptyFiles()).split("\n");
    const before = await snapshotHost(machine);
    const app = new Installation(machine, `e${n}`);
    const run = app.applyAll(wishes).catch((error: unknown) => error);
    const at = Math.round(random.fraction() * 90_000);
    await Promise.race([sleep(at), run]);
    process.stderr.write(`powerCut: seed ${seed}, ${n}: up cut after ${at} ms\n`);
    const created = new Set(app.created);
    await machine.cutPower();
    await run;
    const emptied = (await emptyFiles()).split("\n").filter((path) => !emptyBefore.includes(path));
    expect(emptied).toEqual([]);
    const after = new Installation(machine, `e${n}`, "root", created);
    if (n !== 2 || !created.has("agent")) await after.applyAll(wishes);
    for (const step of revertOrder) if (after.created.has(step)) await after.revert(step, wishes);
    await after.revertAgent();
    expect(diffSnapshots(before, await snapshotHost(machine))).toEqual([]);
    expect(await machine.run(`ls -d ${state} 2>/dev/null || echo gone`)).toBe("gone\n");
  },
);
