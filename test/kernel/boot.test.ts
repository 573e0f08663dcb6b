import { createMachine, destroyAllMachines, type Machine } from "../../stand-ins/machines";
import { PrivilegedPorts } from "../../index";
import { importImage } from "../support/host";
import { rowsOf } from "../support/limitations";
import { HostStack, stepsRun, type ComponentArgs } from "../support/hostStack";
import { busyboxOn, get, page, run, untilDaemon, untilPage, webServer } from "./containers";
import { packagesOf } from "./packages";

// One life on a stock kernel through the real engine: a machine that allows nobody a user namespace is
// made a rootless Docker host, booted again, and given back. The tests beside this one have the rest.
let machine: Machine;
let installation: HostStack;

const wishes: ComponentArgs = {
  account: { name: "app" },
  privilegedPorts: PrivilegedPorts.FileCapability,
  kernel: { sysctls: { "kernel.keys.maxkeys": "1234" } },
};

const settings = async () =>
  (
    await machine.run(
      "sysctl -n kernel.unprivileged_userns_clone user.max_user_namespaces net.ipv4.ping_group_range kernel.keys.maxkeys",
    )
  )
    .replaceAll("\t", " ")
    .trim()
    .split("\n");

beforeAll(async () => {
  machine = await createMachine({ suite: "trixie", packages: packagesOf.trixie });
  await machine.run("cat >/etc/sysctl.d/99-hardening.conf; sysctl -q --system", {
    input:
      "kernel.unprivileged_userns_clone = 0\nuser.max_user_namespaces = 0\nnet.ipv4.ping_group_range = 1 0\n",
  });
  installation = await HostStack.on(machine, "machine");
});
afterAll(destroyAllMachines);

test("up, where no account can make a user namespace", async () => {
  expect((await settings()).slice(0, 3)).toEqual(["0", "0", "1 0"]);
  await installation.up(wishes);
  expect(await settings()).toEqual(["1", "1024", "0 2147483647", "1234"]);
  expect(installation.outputs).toMatchObject({
    storageDriver: "overlay2",
    versions: { kernel: expect.stringMatching(/^6\.12/) as string },
  });
  const reports = ["web-machine", "web-daemon"].map(
    (step) =>
      JSON.parse(String(installation.stack.outputs(step).stdout)) as {
        facts: Record<string, string>;
      },
  );
  const rows = rowsOf({ ...reports[0].facts, ...reports[1].facts });
  const statuses = Object.values(rows).map(({ name, status }) => [name, status]);
  expect(Object.fromEntries(statuses)).toEqual({
    appArmor: "unavailable",
    bindMountOwners: "limited",
    blockIo: "limited",
    cgroups: "available",
    checkpoint: "unavailable",
    clientAddresses: "unavailable",
    containerAddresses: "limited",
    containerIds: "limited",
    dockerSocket: "limited",
    hostGateway: "unavailable",
    macvlanNetworks: "unavailable",
    netHost: "limited",
    overlayNetworks: "unavailable",
    pidHost: "limited",
    ping: "available",
    privileged: "limited",
    privilegedPorts: "available",
    publishedPorts: "available",
    sctpPorts: "unavailable",
    readOnly: "available",
    sharedMounts: "limited",
    storageDrivers: "available",
  });
});

test("limits limit, and port 80 opens", async () => {
  await importImage(machine, "app");
  await busyboxOn(machine);
  const limits = await run(
    machine,
    "--memory 64m --cpus 0.5 --pids-limit 50",
    "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max /sys/fs/cgroup/pids.max",
  );
  expect(limits.text.split("\n").slice(-3)).toEqual(["67108864", "50000 100000", "50"]);
  await webServer(machine, "stays", "-p 80:80 --restart always");
  expect(await get(machine, "http://127.0.0.1/")).toBe(page);
});

test("after a boot all of it is there without a login, and up is empty", async () => {
  await machine.reboot();
  await untilPage(machine, "http://127.0.0.1/");
  await untilDaemon(machine);
  expect(await settings()).toEqual(["1", "1024", "0 2147483647", "1234"]);
  expect(stepsRun(await installation.up(wishes))).toEqual([]);
  await machine.run("ip address add 192.0.2.1/32 dev lo");
  expect(
    (await run(machine, "--memory 64m", "cat /sys/fs/cgroup/memory.max; ping -c 1 -W 30 192.0.2.1"))
      .text,
  ).toMatch(/^67108864\n[^]*1 packets received/m);
});

test("destroy gives the machine's own settings back", async () => {
  await installation.destroy();
  expect((await settings()).slice(0, 3)).toEqual(["0", "0", "1 0"]);
});
