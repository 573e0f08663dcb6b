import { createMachine, destroyAllMachines, type Machine } from "../../../testbed/machines";
import { Installation } from "../../../testkit/installation";
import { deleteLines, lineAbout, fix, preflightOf, sysctlsIn } from "./diagnostics";
import { packagesOf } from "./packages";

// What preflight finds on a machine before anything is changed: each failure is provoked on the stock
// kernel, and what the message says fixes it.
let machine: Machine;
let app: Installation;
const fresh = "fresh";
const conf = "/etc/modprobe.d/cis.conf";

/** The file system, the kernel's settings and its modules: what preflight may not change. */
const stateOf = () =>
  machine.run(
    "cat /etc/modprobe.d/* /etc/fstab /etc/passwd | sha256sum; sysctl -n kernel.keys.maxkeys kernel.keys.maxbytes user.max_user_namespaces; lsmod | cut -d ' ' -f 1 | sort; ls /etc/modules-load.d /etc/sysctl.d",
  );
const opensTun = () => machine.ssh("bash -c ': <>/dev/net/tun'");
const icc = { daemon: { icc: false } };

beforeAll(async () => {
  machine = await createMachine({ suite: "trixie", packages: packagesOf.trixie });
  app = new Installation(machine, "f1");
  await app.install();
  await machine.save(fresh);
});
beforeEach(() => machine.restore(fresh));
afterAll(destroyAllMachines);

test("a healthy machine: no problem", async () => {
  expect(await preflightOf(app)).toEqual([]);
});

test("a healthy Debian 11, whose kernel has other modules: no problem", async () => {
  const older = await createMachine({ suite: "bullseye", packages: packagesOf.bullseye });
  const there = new Installation(older, "f4");
  await there.install();
  expect(await preflightOf(there)).toEqual([]);
  await older.destroy();
});

test("modules forbidden, no br_netfilter, few keys: all in one run, and each fix works", async () => {
  await machine.run(`cat >${conf}; sysctl -qw kernel.keys.maxkeys=5`, {
    input: "install tun /bin/false\ninstall xt_addrtype /bin/false\nblacklist nft-chain-nat\n",
  });
  // For real: what the kernel itself does when the device is opened, and iptables asks.
  expect((await opensTun()).stderr).toMatch(/No such device/);
  const rule = "unshare -n iptables -t filter -A INPUT -m addrtype --dst-type LOCAL -j ACCEPT";
  expect((await machine.ssh(rule)).stderr).toMatch(/addrtype.*missing kernel module/);

  const before = await stateOf();
  const said = await preflightOf(app, icc);
  expect(said).toHaveLength(4);
  expect(await stateOf()).toBe(before);
  const tun = lineAbout(said, "/dev/net/tun");
  expect(tun).toContain(`found that it does not open (No such device)`);
  expect(tun).toContain(`'${conf}:1:install tun /bin/false'`);
  const modules = lineAbout(said, "kernel modules nft_chain_nat xt_addrtype");
  expect(modules).toContain(`'${conf}:3:blacklist nft-chain-nat'`);
  expect(modules).toContain(`'${conf}:2:install xt_addrtype /bin/false'`);
  const bridge = lineAbout(said, "daemon.icc");
  const keys = lineAbout(said, "kernel.keys.maxkeys");
  expect(keys).toMatch(/found 5, of which 0 used .* disk quota exceeded/);

  await deleteLines(machine, tun);
  expect((await opensTun()).exitCode).toBe(0);
  await deleteLines(machine, modules);
  expect((await machine.ssh(rule)).exitCode).toBe(0);
  await fix(machine, bridge);
  expect(await machine.run("cat /etc/modules-load.d/br_netfilter.conf")).toBe("br_netfilter\n");
  expect(await preflightOf(app, icc)).toEqual([`preflight: ${keys}`]);
  expect(await preflightOf(app, { ...icc, ...sysctlsIn(keys) })).toEqual([]);
});

test("a kernel that was upgraded, without a reboot: named, and a reboot fixes it", async () => {
  const release = (await machine.run("uname -r")).trim();
  // What an upgrade that removes the running kernel's package leaves, until the next boot.
  await machine.run(
    `mv /lib/modules/${release} /root/; mkdir /lib/modules/6.12.999; touch /lib/modules/6.12.999/modules.dep`,
  );
  expect((await opensTun()).stderr).toMatch(/No such device/);
  const said = await preflightOf(app);
  expect(said).toHaveLength(2);
  const tun = lineAbout(said, "/dev/net/tun");
  expect(tun).toMatch(`reboot the machine: the modules of the running kernel ${release} are gone`);
  const modules = said.find((line) => line.includes("kernel modules veth bridge nf_tables")) ?? "";
  expect(modules).toContain(
    `found no modules of the running kernel ${release} in /lib/modules, which has 6.12.999; wanted`,
  );
  // The kernel that this machine boots is given from outside: what it has then are its own modules.
  await machine.run(`mv /root/${release} /lib/modules/`);
  await machine.reboot();
  expect(await preflightOf(app)).toEqual([]);
});

test("a module that the kernel's package does not have: named, until it is there", async () => {
  const folder = "/lib/modules/$(uname -r)/kernel/net/netfilter";
  await machine.run(`mv ${folder}/xt_addrtype.ko.xz /root/; depmod`);
  const said = await preflightOf(app);
  expect(said).toHaveLength(1);
  const line = lineAbout(said, "kernel modules xt_addrtype");
  expect(line).toMatch(/found that kernel 6\.12\S+ does not have them; .*missing kernel module/);
  // "Install the package with the rest": here it is one file.
  await machine.run(`mv /root/xt_addrtype.ko.xz ${folder}/; depmod`);
  expect(await preflightOf(app)).toEqual([]);
});
