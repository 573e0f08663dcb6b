import { createMachine, destroyAllMachines, type Machine } from "../../stand-ins/machines";
import type { StepArgs } from "../support/documents";
import { daemonStart, importImage, tryAsAccount } from "../support/host";
import { Installation } from "../support/installation";
import { packagesOf } from "./packages";

// Two accounts of one machine. The kernel keeps one of them inside its limits, and the other one lives.
let machine: Machine;
const greedy = { name: "greedy", limits: { memory: "400M", cpus: 0.9, tasks: 500, ioWeight: 50 } };
const installations: Record<string, Installation> = {};

const wishes = (account: object): StepArgs => ({ account, onDestroy: { data: "delete" } });

const docker = (account: string, command: string) =>
  tryAsAccount(machine, account, `docker ${command} 2>&1`);

/** Files of the control group of all that runs as an account, a line each. */
async function ofSlice(account: string, ...files: string[]): Promise<string[]> {
  const folder = `/sys/fs/cgroup/user.slice/user-$(id -u ${account}).slice`;
  return (await machine.run(`cd ${folder} && cat ${files.join(" ")}`)).trim().split("\n");
}

const limitFiles = ["memory.max", "memory.swap.max", "cpu.max", "pids.max"];

const killed = async (account: string) =>
  Number((await ofSlice(account, "memory.events")).join(" ").match(/oom_kill (\d+)/)?.[1]);

beforeAll(async () => {
  machine = await createMachine({ suite: "trixie", packages: packagesOf.trixie });
  for (const [id, name] of Object.entries({ a1: "greedy", b2: "calm" })) {
    installations[name] = new Installation(machine, id);
    await installations[name].up({ ...wishes({ name }), owner: `project/dev/${name}` });
    await importImage(machine, name);
  }
});
afterAll(destroyAllMachines);

const applyTo = (account: { name: string }) =>
  installations[account.name].apply("machine", {
    ...wishes(account),
    owner: `project/dev/${account.name}`,
  });

test("a slice that runs gets the limits at once, and its daemon does not restart", async () => {
  const start = await daemonStart(machine, "greedy");
  const { said } = await applyTo(greedy);
  expect(said.join("\n")).not.toContain("no effect");
  expect(await ofSlice("greedy", ...limitFiles)).toEqual([
    String(400 * 2 ** 20),
    "0",
    "90000 100000",
    "500",
  ]);
  expect(await ofSlice("greedy", "io.weight")).toContain("default 50");
  expect(await daemonStart(machine, "greedy")).toBe(start);
});

test("the account that eats memory is killed inside its own limit, and the other's container lives", async () => {
  await docker("calm", "run -d --name lives busybox sleep 100000");
  const lives = () => docker("calm", "inspect -f '{{.State.Running}} {{.State.Pid}}' lives");
  const before = await lives();
  expect(before.stdout).toMatch(/^true \d+\n$/);
  // tail keeps all of a line in memory, and this one has no end.
  const eats = await docker("greedy", "run --name eats busybox busybox tail /dev/zero");
  expect(eats.exitCode).toBe(137);
  expect(await killed("greedy")).toBeGreaterThan(0);
  expect(await killed("calm")).toBe(0);
  expect((await lives()).stdout).toBe(before.stdout);
  // Its own daemon is there too, or again.
  const answers = await docker("greedy", "ps -q");
  expect(answers.exitCode).toBe(0);
});

test("dropped, the running slice has no limits again", async () => {
  const start = await daemonStart(machine, "greedy");
  await applyTo({ name: "greedy" });
  const [memory, swap, cpu] = await ofSlice("greedy", ...limitFiles);
  expect([memory, swap]).toEqual(["max", "max"]);
  expect(cpu).toMatch(/^max /);
  expect(await daemonStart(machine, "greedy")).toBe(start);
});

test("after a boot the limits are there", async () => {
  await applyTo(greedy);
  await machine.reboot();
  await machine.run("systemctl start user@$(id -u greedy).service");
  expect(await ofSlice("greedy", ...limitFiles)).toEqual([
    String(400 * 2 ** 20),
    "0",
    "90000 100000",
    "500",
  ]);
});

test("destroy takes them back", async () => {
  for (const one of Object.values(installations)) await one.destroy();
  expect(await machine.run("ls -d /etc/systemd/system/user-*.slice.d 2>/dev/null || true")).toBe(
    "",
  );
});
