import { OnDestroyData, StorageDriver } from "../../index";
import { createMachine, destroyAllMachines, type Machine } from "../../stand-ins/machines";
import type { StepArgs } from "../support/documents";
import { importImage } from "../support/host";
import { Installation } from "../support/installation";
import { busyboxOn, docker, run, untilDaemon, untilPage, webServer } from "./containers";
import { packagesOf } from "./packages";

// SELinux enforcing, with Debian's policy and not Fedora's.
let machine: Machine;
let app: Installation;

const site = "http://127.0.0.1:8080/";
const wishes: StepArgs = { account: { name: "app" }, onDestroy: { data: OnDestroyData.Delete } };
const packages = ["selinux-basics", "selinux-policy-default", "auditd"];

/** What is denied, each once: "who { permissions } kind of type, as type". A service manager says what it denies itself. */
async function denials(): Promise<string[]> {
  const ofKernel = await machine.run("grep -h denied /var/log/audit/audit.log || true");
  const ofManagers = await machine.run(
    "journalctl -q -o cat | grep 'selinux: avc:  denied' || true",
  );
  const found = `${ofKernel}${ofManagers}`.split("\n").flatMap(readDenial);
  return [...new Set(found)].sort();
}

function readDenial(line: string): string[] {
  const [permissions] = /\{ .*? \}/.exec(line) ?? [];
  if (permissions === undefined) return [];
  const word = (pattern: RegExp) => pattern.exec(line)?.[1] ?? "?";
  const who = line.startsWith("selinux:") ? "systemd --user" : word(/comm="([^"]*)"/);
  const source = word(/scontext=\w+:\w+:(\w+)/);
  const target = word(/tcontext=\w+:\w+:(\w+)/);
  return [`${who} ${permissions} ${word(/tclass=(\w+)/)} of ${target}, as ${source}`];
}

beforeAll(async () => {
  machine = await createMachine({
    suite: "trixie",
    packages: [...packagesOf.trixie, ...packages],
    kernelOptions: "security=selinux",
  });
  await machine.run("setfiles -F /etc/selinux/default/contexts/files/file_contexts /");
  await machine.run("sed -i s/^SELINUX=.*/SELINUX=enforcing/ /etc/selinux/config");
  await machine.reboot();
  await busyboxOn(machine);
  app = new Installation(machine, "a1");
});
afterAll(destroyAllMachines);

test("the policy is enforced", async () => {
  expect(await machine.run("getenforce; id -Z")).toMatch(/^Enforcing\nunconfined_u:/);
});

test("up: the account's service manager denies to start a unit with the label of its home", async () => {
  const { exitCode, said } = await app.tryUp(wishes);
  expect([exitCode, said.at(-1)]).toEqual([1, expect.stringContaining("it does not start")]);
  expect(await denials()).toContain(
    "systemd --user { start } service of user_home_t, as unconfined_t",
  );
});

test("with the policy's labels it starts, without overlay2: up says which driver to set", async () => {
  await machine.run("restorecon -RF /home/app");
  await machine.run("systemctl restart user@$(id -u app)");
  const { exitCode, said } = await app.tryUp(wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /storageDriver: the engine chose vfs, .*set storageDriver to fuse-overlayfs/,
    ),
  ]);
  const log = await machine.run("journalctl -q -o cat _UID=$(id -u app)");
  expect(log).toContain("overlay is not supported for Rootless with SELinux");
});

test("with FuseOverlayfs: up, a container, and its published port", async () => {
  await app.up({ ...wishes, storageDriver: StorageDriver.FuseOverlayfs });
  expect((await docker(machine, "info -f {{.Driver}}")).text).toBe("fuse-overlayfs");
  await importImage(machine, "app");
  expect((await run(machine, "", "id -u")).text).toBe("0");
  const { exitCode } = await webServer(machine, "web", "-p 8080:80 --restart always");
  expect(exitCode).toBe(0);
  await untilPage(machine, site);
});

test("a boot", async () => {
  await machine.reboot();
  await untilDaemon(machine);
  await untilPage(machine, site);
});

test("destroy", async () => {
  await app.destroy();
  expect(await machine.run("getent passwd app || true")).toBe("");
});

test("nothing is denied to the engine's programs", async () => {
  const all = await denials();
  process.stderr.write(`denied by Debian's policy:\n${all.join("\n")}\n`);
  const ofEngine = /^(dockerd|rootlesskit|slirp4netns|containerd|runc|exe|iptables)/;
  expect(all.filter((denial) => ofEngine.test(denial))).toEqual([]);
});
