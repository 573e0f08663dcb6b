import { createMachine, destroyAllMachines, type Machine } from "../../../stand-ins/machines";
import { Installation } from "../../support/installation";
import { lineAbout, preflightOf } from "./diagnostics";
import { packagesOf } from "./packages";

// What preflight finds on a machine before anything is changed: each failure is provoked on the stock
// kernel, and what the message says fixes it.
let machine: Machine;
let app: Installation;
const fresh = "fresh";

const opensTun = () => machine.ssh("bash -c ': <>/dev/net/tun'");

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
  expect(tun).toContain("To fix: reboot");
  const modules = said.find((line) => line.includes("kernel modules veth bridge nf_tables")) ?? "";
  expect(modules).toContain(
    `kernel ${release} does not have them, and iptables fails without them ('missing kernel module')`,
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
  expect(line).toMatch(/kernel 6\.12\S+ does not have them, .*missing kernel module/);
  // "Install the package with the rest": here it is one file.
  await machine.run(`mv /root/xt_addrtype.ko.xz ${folder}/; depmod`);
  expect(await preflightOf(app)).toEqual([]);
});
