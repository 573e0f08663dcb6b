import { createMachine, destroyAllMachines, type Machine } from "../../../stand-ins/machines";
import { importImage } from "../../support/host";
import type { StepArgs } from "../../support/documents";
import { Installation } from "../../support/installation";
import { rowsOf } from "../../support/limitations";
import { docker, run } from "../containers";
import { account, preflightOf } from "./diagnostics";
import { packagesOf } from "./packages";

// Limits that do nothing: a machine with control groups v1. Debian 12 is the last whose systemd boots so.
let machine: Machine;
let app: Installation;
const wishes: StepArgs = { account: { name: account } };
const option = "systemd.unified_cgroup_hierarchy=0";

beforeAll(async () => {
  machine = await createMachine({ suite: "bookworm", packages: packagesOf.bookworm });
  app = new Installation(machine, "f3");
});
afterAll(destroyAllMachines);

/**
 * The machine's command line is given from outside. The option is systemd's own, and not the kernel's:
 * what systemd reads is put in place before it starts, and taken away afterwards, since no user namespace
 * may mount /proc where something covers a part of it.
 */
async function bootWith(option: string): Promise<void> {
  await machine.run(
    `sed 's/$/ ${option}/' /proc/cmdline >/root/cmdline; rm -f /sbin/init; cat >/sbin/init; chmod 755 /sbin/init; sync`,
    {
      input:
        "#!/bin/sh\nmount -t proc proc /proc\nmount --bind /root/cmdline /proc/cmdline\nexec /lib/systemd/systemd\n",
    },
  );
  await machine.reboot();
  await machine.run("umount /proc/cmdline");
}

/** How a program ends that takes 64 MB with a limit of 32: 137 is the kernel's. */
const beyondLimit = async () =>
  (await run(machine, "--memory 32m", "busybox dd if=/dev/zero of=/dev/null bs=64M count=1"))
    .exitCode;

/** What all steps have reported. */
const facts: Record<string, string> = {};
/** The row of control groups. */
const row = () => rowsOf(facts).cgroups;

test("a healthy machine: no problem in preflight", async () => {
  await app.install();
  expect(await preflightOf(app)).toEqual([]);
});

test("control groups v1: docker ignores limits, and the row says so", async () => {
  await bootWith(option);
  expect(await machine.run("stat -f -c %T /sys/fs/cgroup")).toBe("tmpfs\n");
  for (const answer of Object.values(await app.applyAll(wishes)))
    Object.assign(facts, answer.facts);
  await importImage(machine, account);
  expect((await docker(machine, "info -f '{{.CgroupVersion}} {{.CgroupDriver}}'")).text).toMatch(
    /1 none$/m,
  );
  // Without a word.
  expect(await beyondLimit()).toBe(0);
  expect(facts).toMatchObject({ "cgroup.version": "1", "cgroup.driver": "none" });
  expect(row().status).toBe("unavailable");
});

test("booted as the row says: limits limit, and the row says so", async () => {
  const words = /add (\S+=1) to the kernel's command line/.exec(row().fix)?.[1];
  expect(words).toBe("systemd.unified_cgroup_hierarchy=1");
  await bootWith(words ?? "");
  Object.assign(facts, (await app.apply("daemon", wishes)).facts);
  expect(facts).toMatchObject({ "cgroup.version": "2", "daemon.limits": "true true true" });
  expect(await beyondLimit()).toBe(137);
  expect(row().status).toBe("available");
  expect(await app.drift()).toEqual([]);
});
