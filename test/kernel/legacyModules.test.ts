import { OnDestroyData } from "../../index";
import { createMachine, destroyAllMachines, type Machine } from "../../stand-ins/machines";
import type { StepArgs } from "../support/documents";
import { importImage, tryAsAccount } from "../support/host";
import { Installation } from "../support/installation";
import { busyboxOn, untilDaemon, untilPage, webServer } from "./containers";
import { packagesOf } from "./packages";

// iptables-legacy on a kernel whose ip_tables and xt_ modules are files, and not loaded. Debian's systemd loads
// ip_tables at boot, and that of other systems does not: a line of modprobe.d keeps it from that.
let machine: Machine;
let app: Installation;

const file = "/etc/modules-load.d/iptables-legacy.conf";
const modules = [
  ...["ip_tables", "iptable_nat", "iptable_filter"],
  ...["ip6_tables", "ip6table_nat", "ip6table_filter"],
];
const site = "http://127.0.0.1:8080/";
const wishes: StepArgs = { account: { name: "app" }, onDestroy: { data: OnDestroyData.Delete } };

/** Modules of iptables-legacy that are loaded. */
const loaded = async () => {
  const names = await machine.run("cut -d ' ' -f 1 /proc/modules");
  return modules.filter((name) => names.split("\n").includes(name));
};

const startsDaemon = async () =>
  (await tryAsAccount(machine, "app", "systemctl --user start docker")).exitCode === 0;

beforeAll(async () => {
  machine = await createMachine({ suite: "trixie", packages: packagesOf.trixie });
  app = new Installation(machine, "a1");
  await busyboxOn(machine);
  await machine.run("update-alternatives --set iptables /usr/sbin/iptables-legacy");
  await machine.run("update-alternatives --set ip6tables /usr/sbin/ip6tables-legacy");
  await machine.run("echo 'blacklist ip_tables' >/etc/modprobe.d/testbed.conf");
  await machine.reboot();
});
afterAll(destroyAllMachines);

test("before: the modules are files, and none is loaded", async () => {
  expect(await machine.run("iptables --version")).toContain("legacy");
  for (const name of [...modules, "xt_MASQUERADE", "xt_addrtype"]) {
    expect(await machine.run(`modinfo -F filename ${name}`)).toMatch(/\.ko\.xz\n$/);
  }
  expect(await machine.run("grep -E '^(ip|x|xt)_' /proc/modules || true")).toBe("");
});

test("preflight names them, with the command that loads them; then a published port answers", async () => {
  await app.install();
  const { exitCode, said } = await app.tryApply("machine", wishes);
  const names = modules.join(" ");
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(`kernel modules ${names}: .* To fix: run 'modprobe -a ${names}', and`),
  ]);
  await machine.run(`modprobe -a ${names}; printf '%s\\n' ${names} >${file}`);
  await app.up(wishes);
  await importImage(machine, "app");
  const started = await webServer(machine, "web", "-p 8080:80 --restart always");
  expect(started.exitCode).toBe(0);
  await untilPage(machine, site);
});

test("a boot loads them again", async () => {
  await machine.reboot();
  expect(await loaded()).toEqual(modules);
  await untilDaemon(machine);
  await untilPage(machine, site);
});

test("without the file a boot does not, and the daemon does not start", async () => {
  await machine.run(`mv ${file} /root/`);
  await machine.reboot();
  expect(await loaded()).toEqual([]);
  expect(await startsDaemon()).toBe(false);
  const journal = await machine.run("journalctl -b -q --no-pager _UID=$(id -u app)");
  expect(journal).toMatch(/iptables.* table .?nat|can't initialize iptables table/i);
});
