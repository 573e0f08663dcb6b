import * as pulumi from "@pulumi/pulumi";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { OnDestroyData, PrivilegedPorts } from "../../index";
import { usualSteps } from "../../src/steps";
import { daemonStart } from "../../testkit/host";
import { lineOfDocs } from "../../testkit/docsLine";
import { live, type Outcome } from "../../testkit/stack";
import { HostStack, stepsRun, type ComponentArgs } from "../../testkit/hostStack";

// What somebody changes by hand between two runs is put right by the next run of its step, which says
// so. In the order of the tests.
let host: TestHost;
let before: HostSnapshot;
let made: HostSnapshot;
let installation: HostStack;

const config = "/home/app/.config";
const wishes: ComponentArgs = {
  account: { name: "app" },
  daemon: { "log-level": "warn" },
  sysctls: { "net.core.somaxconn": "8192" },
  privilegedPorts: PrivilegedPorts.FileCapability,
  onDestroy: { data: OnDestroyData.Delete },
};

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  before = await snapshotHost(host);
  installation = await HostStack.on(host, "hand-edits");
  await installation.up(wishes);
  made = await snapshotHost(host);
});
afterAll(destroyAllHosts);

/** What all steps said, one line each, but for what they say while they do it. */
function repairs(outcome: Outcome): string[] {
  return ["agent", ...usualSteps].flatMap((step) => live(outcome, `web-${step}`));
}

/** By hand, in one go: one thing of every step, and the agent itself. */
const byHand = `
  sysctl -q -w net.ipv4.ping_group_range='1 0'
  rm /etc/sysctl.d/99-zz-rootless-docker-net.core.somaxconn.conf
  rm /etc/dpkg/dpkg.cfg.d/rootless-docker
  apt-get -q -y install --reinstall rootlesskit
  runuser -u app -- env XDG_RUNTIME_DIR=/run/user/$(id -u app) systemctl --user stop docker.service
  rm ${config}/systemd/user/default.target.wants/docker.service
  sed -i s/^Delegate=yes/Delegate=no/ ${config}/systemd/user/docker.service
  sed -i s/warn/debug/ ${config}/docker/daemon.json
  dpkg --purge slirp4netns
  sed -i /^app:/d /etc/subuid
  loginctl disable-linger app
  rm /var/lib/rootless-docker/agent`;

test("everything at once is repaired by one run of all steps, and each repair is said", async () => {
  await host.run("sh -eu", { input: byHand });
  expect(await host.run("getcap /usr/bin/rootlesskit")).toBe("");
  const outcome = await installation.up({ ...wishes, recheck: "first" });
  const lines = repairs(outcome);
  for (const line of [
    "agent: /var/lib/rootless-docker/agent installed",
    expect.stringMatching(/^engine: package slirp4netns \S+ installed$/) as string,
    "account: subordinate uids 100000:65536 given to app",
    "account: linger of app switched on",
    "kernel: net.ipv4.ping_group_range: 1 0 -> 0 2147483647",
    "kernel: /etc/sysctl.d/99-zz-rootless-docker-net.core.somaxconn.conf written",
    "ports: /usr/bin/rootlesskit: cap_net_bind_service=ep",
    "ports: /etc/dpkg/dpkg.cfg.d/rootless-docker written",
    `daemon: ${config}/docker/daemon.json written`,
    `daemon: ${config}/systemd/user/docker.service written`,
    `daemon: ${config}/systemd/user/default.target.wants/docker.service -> ${config}/systemd/user/docker.service`,
    // By the first step that finds it stopped and what it needs there.
    expect.stringMatching(/^(engine|account|ports|daemon): daemon of app started$/) as string,
  ])
    expect(lines).toContainEqual(line);
  expect(diffSnapshots(made, await snapshotHost(host)).filter(lasting)).toEqual([]);
});

/** The program as docs/changes.md has it, with more wishes. */
const withConfiguration = (more: Partial<ComponentArgs> = {}) => {
  return () => ({ ...wishes, recheck: new pulumi.Config().get("recheck"), ...more });
};

test("The documents' line for it: every step runs and has nothing to change; the next up is quiet", async () => {
  const started = await daemonStart(host, "app");
  const line = lineOfDocs("pulumi up -c recheck=");
  expect(repairs(await installation.upBy(line, withConfiguration()))).toEqual(
    ["agent", ...usualSteps].map((step) => `${step}: nothing to change`),
  );
  expect(stepsRun(await installation.up(withConfiguration()))).toEqual([]);
  expect(await daemonStart(host, "app")).toBe(started);
});

/** Edits, one after the other. */
const last = { sysctls: { "net.core.somaxconn": "4097" }, environment: { A: "b" } };

test("an edit of one input repairs what its step owns, and leaves other steps' things alone", async () => {
  await host.run(
    "sysctl -q -w net.ipv4.ping_group_range='1 0'; sed -i s/warn/debug/ /home/app/.config/docker/daemon.json",
  );
  const kernel = { sysctls: last.sysctls };
  const outcome = await installation.up(withConfiguration(kernel));
  expect(stepsRun(outcome)).toEqual(["update web-kernel"]);
  expect(repairs(outcome).sort()).toEqual([
    "kernel: /etc/sysctl.d/99-zz-rootless-docker-net.core.somaxconn.conf written",
    "kernel: net.core.somaxconn: 8192 -> 4097",
    "kernel: net.ipv4.ping_group_range: 1 0 -> 0 2147483647",
  ]);
  const next = await installation.up(withConfiguration(last));
  expect(stepsRun(next)).toEqual(["update web-daemon"]);
  expect(repairs(next)).toEqual([
    `daemon: ${config}/docker/daemon.json written`,
    `daemon: ${config}/docker/environment written`,
    "daemon: daemon of app restarted",
  ]);
});

test("a daemon that runs goes on without a package that a start would need, until its step brings it back", async () => {
  await host.run("dpkg --purge slirp4netns");
  const started = await daemonStart(host, "app");
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMIntqIh9C1n5uIQfgXq4qZkRLivbLjLDMxKWx/lipdQ";
  const account = { account: { name: "app", authorizedKeys: [key] } };
  const edited = { ...last, ...account };
  const outcome = await installation.up(withConfiguration(edited));
  expect(repairs(outcome)).toEqual(["account: one key added to /home/app/.ssh/authorized_keys"]);
  expect(await daemonStart(host, "app")).toBe(started);

  const engine = { engine: { version: "26" } };
  const next = await installation.up(withConfiguration({ ...edited, ...engine }));
  expect(repairs(next)).toEqual([
    "engine: installs slirp4netns",
    expect.stringMatching(/^engine: package slirp4netns \S+ installed$/),
  ]);
  expect(await daemonStart(host, "app")).toBe(started);

  // A step that would restart the daemon finds it stopped, with all of the account's services.
  await host.run("systemctl stop user@$(id -u app).service");
  const ports = { privilegedPorts: PrivilegedPorts.None };
  const all = withConfiguration({ ...edited, ...engine, ...ports });
  expect(repairs(await installation.up(all))).toEqual([
    "ports: /etc/dpkg/dpkg.cfg.d/rootless-docker removed",
    "ports: /usr/bin/rootlesskit: file capability restored",
    "ports: restarts the daemon of app: the capability of /usr/bin/rootlesskit changed",
    // systemd may be at another try already.
    expect.stringMatching(/^ports: daemon of app (re)?started$/),
  ]);
});

test("destroy gives back what was there before all of it, drift and all", async () => {
  await host.run(`sysctl -q -w net.ipv4.ping_group_range='1 0'; sed -i /^app:/d /etc/subgid
    systemctl stop user@$(id -u app).service`);
  await installation.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

// The daemon's own records of having been started, and this package's of the run.
function lasting(difference: string): boolean {
  return !/\/home\/app\/\.local\/share\/docker\/|\/var\/lib\/rootless-docker\//.test(difference);
}
