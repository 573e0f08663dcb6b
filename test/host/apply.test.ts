import {
  destroyAllHosts,
  diffSnapshots,
  type HostSnapshot,
  snapshotHost,
} from "../../testbed/hosts";
import type { StepName } from "../../src/agent/agentText";
import { bootHost, daemonStart, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation, revertOrder } from "../../testkit/installation";

afterAll(destroyAllHosts);

/** Something in every step. */
const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz one"] },
  privilegedPorts: "FileCapability",
  unprivilegedPing: { groups: "0 1000" },
  daemon: { "log-level": "warn" },
  environment: { COLOUR: "blue" },
  secretEnvironment: { TOKEN: "s3cret" },
  onDestroy: { data: "Delete" },
};

/** The agent's own, which goes with its last lease, and not with a step. */
const agents = /\/var\/lib\/rootless-docker/;

/** As an upgrade does it: the capability stays, no daemon of root's starts, and no step has to fix a thing. */
async function installAnew(app: Installation): Promise<void> {
  const { host } = app;
  await host.run("apt-get -q -y install --reinstall docker.io rootlesskit");
  expect(await host.run("getcap /usr/bin/rootlesskit")).toMatch(/cap_net_bind_service[=+]ep/);
  expect((await host.ssh("systemctl is-active docker.service docker.socket")).stdout).not.toMatch(
    /^active/m,
  );
  for (const step of ["engine", "kernel", "daemon"] as const)
    expect([step, (await app.apply(step, wishes)).changed]).toEqual([step, []]);
}

test("every step: applied, applied again, reverted", async () => {
  const host = await bootHost();
  const app = new Installation(host, "a1");
  await app.install();

  const before = new Map<StepName, HostSnapshot>();
  const order: StepName[] = ["preflight", ...[...revertOrder].reverse()];
  for (const step of order) {
    if (step !== "preflight") before.set(step, await snapshotHost(host));
    const { changed } = await app.apply(step, wishes);
    expect([step, changed.length > 0]).toEqual([step, step !== "preflight"]);
  }

  const started = await daemonStart(host, "app");
  for (const step of order)
    expect([step, (await app.apply(step, wishes)).changed]).toEqual([step, []]);
  expect(await daemonStart(host, "app")).toBe(started);
  await importImage(host, "app");

  for (const step of revertOrder) {
    await app.revert(step, wishes);
    const start = before.get(step);
    if (start === undefined) throw new Error("no snapshot");
    const left = diffSnapshots(start, await snapshotHost(host));
    expect([step, left.filter((line) => !agents.test(line))]).toEqual([step, []]);
  }
});

test("Debian 12: all of it, again, and back", async () => {
  const host = await bootHost({ suite: "bookworm" });
  const app = new Installation(host, "a1");
  // An earlier rootful Docker's data, which docker.io's purge would take.
  await host.run("mkdir -p /var/lib/docker/volumes && echo mine >/var/lib/docker/volumes/file");
  const fresh = await snapshotHost(host);
  await app.install();
  const first = await app.applyAll(wishes);
  expect(first.daemon.facts.storageDriver).toBe("overlay2");
  const started = await daemonStart(host, "app");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);
  await installAnew(app);
  expect(await daemonStart(host, "app")).toBe(started);
  await importImage(host, "app");
  await app.revertAll(wishes);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});

test("Debian 11: all of it, again, and back", async () => {
  const host = await bootHost({ suite: "bullseye" });
  const app = new Installation(host, "a1");
  const fresh = await snapshotHost(host);
  const first = await app.applyAll(wishes);
  expect(first.engine.facts["versions.engine"]).toBe("20.10.5+dfsg1");
  expect(first.engine.facts["versions.rootlesskit"]).toBe("0.14.2");
  const started = await daemonStart(host, "app");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);
  await installAnew(app);
  expect(await daemonStart(host, "app")).toBe(started);
  await importImage(host, "app");
  await app.revertAll(wishes);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});
