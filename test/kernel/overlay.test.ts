import { createMachine, destroyAllMachines, type Machine } from "../../testbed/machines";
import { importImage, Installation, type Wishes } from "../agent/harness";
import { docker, run } from "./containers";
import { packagesOf } from "./packages";

// The kernel of Debian 11 mounts overlay in user namespaces only with an option of its module, which
// can be set only when the module is loaded.
let machine: Machine;
let app: Installation;

const plain: Wishes = { account: { name: "app" }, onDestroy: { data: "Delete" } };
const option = "overlay.permit_mounts_in_userns";
const asked: Wishes = { ...plain, storageDriver: "Overlay2" };
const permitted: Wishes = { ...asked, kernelModuleOptions: { [option]: "1" } };
const file = `/etc/modprobe.d/rootless-docker-${option}.conf`;

const value = async () =>
  (await machine.run("cat /sys/module/overlay/parameters/permit_mounts_in_userns")).trim();
const there = async () => (await machine.ssh(`test -e ${file}`)).exitCode === 0;

beforeAll(async () => {
  machine = await createMachine({ suite: "bullseye", packages: packagesOf.bullseye });
  app = new Installation(machine, "a1");
  await app.install();
});
afterAll(destroyAllMachines);

test("asked for without the option: an error before anything changes, which names the option", async () => {
  const { exitCode, said } = await app.tryApply("preflight", asked);
  expect(exitCode).toBe(1);
  expect(said).toEqual([
    expect.stringMatching(
      /^preflight: storageDriver: found .*; wanted .*To mend: .*overlay\.permit_mounts_in_userns/,
    ),
  ]);
  expect(await machine.run("getent passwd app; ls /etc/modprobe.d | grep rootless; true")).toBe("");
});

test("while the module is in use the option is kept for the next boot, and the log says so", async () => {
  await machine.run(
    "cd /mnt && mkdir l u w m && mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w m",
  );
  const { changed, said } = await app.apply("kernel", permitted);
  expect(changed).toContain(`${file} written`);
  expect(said).toContain(
    `kernel: ${option} stays 'N' until the next boot: the module overlay is in use, and its option cannot be written then`,
  );
  expect(await value()).toBe("N");
  await app.apply("kernel", plain);
  expect(await there()).toBe(false);
  await machine.run("umount /mnt/m && rm -r /mnt/[luwm]");
});

test("with the option: overlay2, and after a boot still", async () => {
  const { kernel, daemon } = await app.applyAll(permitted);
  expect(kernel.changed).toContain(`${option}: 1`);
  expect(daemon.facts.storageDriver).toBe("overlay2");
  expect(await value()).toBe("Y");
  // What this kernel's overlay cannot do in a user namespace, with the option too.
  expect(daemon.facts["limitations.storageDrivers.status"]).toBe("limited");
  expect(daemon.facts["limitations.storageDrivers.fact"]).toMatch(
    /as storageDriver says, though it mounts, but mkdir: .*Input\/output error$/,
  );
  await importImage(machine, "app");
  expect((await run(machine, "", "id -u")).text).toBe("0");
  expect((await run(machine, "", "rm -rf /root && mkdir /root")).text).toMatch(
    /Input\/output error|I\/O error/,
  );
  await machine.reboot();
  expect((await run(machine, "", "id -u")).text).toBe("0");
  expect(await value()).toBe("Y");
  for (const step of ["kernel", "daemon"] as const)
    expect([step, (await app.apply(step, permitted)).changed]).toEqual([step, []]);
});

test("Auto stays with the driver that has the images", async () => {
  const { facts } = await app.apply("daemon", plain);
  expect(facts.storageDriver).toBe("overlay2");
  expect((await docker(machine, "image ls -q")).text).not.toBe("");
});

test("reverted: the file is gone, and overlay is refused again", async () => {
  await app.revertAll(permitted);
  expect(await there()).toBe(false);
  expect(
    (
      await machine.ssh(
        "test -d /sys/module/overlay && cat /sys/module/overlay/parameters/permit_mounts_in_userns",
      )
    ).stdout.trim(),
  ).not.toBe("Y");
  const { exitCode } = await machine.ssh(
    "setpriv --reuid 1234 --clear-groups unshare -Urm sh -c 'cd /tmp && mkdir -p /tmp/o/l /tmp/o/u /tmp/o/w /tmp/o/m && mount -t overlay overlay -o lowerdir=/tmp/o/l,upperdir=/tmp/o/u,workdir=/tmp/o/w /tmp/o/m'",
  );
  expect(exitCode).not.toBe(0);
});

test("where the module has no such parameter, nothing is written", async () => {
  const other = await createMachine({ suite: "bookworm", packages: packagesOf.bookworm });
  const install = new Installation(other, "b1");
  await install.install();
  const { said } = await install.apply("kernel", {
    ...plain,
    kernelModuleOptions: { [option]: "1" },
  });
  expect(said).toContainEqual(expect.stringContaining(`${option} is left out: kernel 6.1`));
  expect(await other.run("ls /etc/modprobe.d | grep rootless || true")).toBe("");
});
