import {
  destroyAllHosts,
  diffSnapshots,
  type HostSnapshot,
  snapshotHost,
  type TestHost,
} from "../../testbed/hosts";
import type { StepName } from "../../src/agent/agentText";
import { bootHost, daemonStart } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] },
  privilegedPorts: "FileCapability",
  secretEnvironment: { TOKEN: "s3cret" },
  onDestroy: { data: "Delete" },
};

/** Where each step is killed: as soon as this is true on the host. */
const points: [StepName, string][] = [
  ["engine", "[ -e /var/lib/rootless-docker/packages.before ] && pgrep -x dpkg"],
  ["engine", "[ -e /usr/bin/dockerd ]"],
  ["account", "getent passwd app"],
  ["account", "grep -q ^app: /etc/subuid"],
  ["kernel", "[ -d /var/lib/rootless-docker/things/sysctl/net.ipv4.ping_group_range ]"],
  ["ports", "[ -d /var/lib/rootless-docker/things/filecap ]"],
  ["secrets", "ls -d /var/lib/rootless-docker/things/secretvalues"],
  ["daemon", "[ -e /home/app/.config/docker/daemon.json ]"],
  ["daemon", "pgrep -x dockerd"],
];

/** Runs a step and kills it, children and all other agents included, at a point. */
async function killAt(host: TestHost, app: Installation, step: StepName, point: string) {
  const run = app.tryApply(step, wishes);
  await host.run(`for i in $(seq 1000); do (${point}) >/dev/null 2>&1 && break; done
    pkill -KILL -f '[a]gent apply ${step}' || true`);
  await run;
}

async function applyKilled(host: TestHost, app: Installation): Promise<void> {
  await app.install();
  const order: StepName[] = [
    "preflight",
    "engine",
    "account",
    "kernel",
    "secrets",
    "ports",
    "daemon",
    "report",
  ];
  for (const step of order) {
    for (const [, point] of points.filter(([name]) => name === step))
      await killAt(host, app, step, point);
    if (step === "daemon") await revertBelowUnfinished(host, app);
    await app.apply(step, wishes);
  }
}

/** What a daemon stands on that Pulumi does not know of, as its first run never ended: it goes before. */
async function revertBelowUnfinished(host: TestHost, app: Installation): Promise<void> {
  await host.run("ls /var/lib/rootless-docker/leases/*/daemon.begun");
  await app.revert("ports", wishes);
  expect(await host.run("pgrep -x dockerd || true; ls -A /home/app/.config || true")).toBe("");
  await app.apply("ports", wishes);
}

test("killed at every step and run again: the host of one clean run, and exactly back", async () => {
  const host = await bootHost();
  const fresh = await snapshotHost(host);
  const clean = new Installation(host, "1c");
  await clean.applyAll(wishes);
  const wanted = await snapshotHost(host);
  // As `up --replace` of one step does it, after the step has run again: a daemon that is known goes on.
  const started = await daemonStart(host, "app");
  await clean.revert("kernel", wishes);
  expect(await daemonStart(host, "app")).toBe(started);
  await clean.revertAll(wishes);
  expect(differences(fresh, await snapshotHost(host))).toEqual([]);

  const killed = new Installation(host, "1d");
  await applyKilled(host, killed);
  for (const { changed } of Object.values(await killed.applyAll(wishes)))
    expect(changed).toEqual([]);
  expect(differences(wanted, await snapshotHost(host), daemonData)).toEqual([]);
  await killed.revertAll(wishes);
  expect(differences(fresh, await snapshotHost(host))).toEqual([]);
  expect(await host.run("ls -d /run/rootless-docker* 2>/dev/null || true")).toBe("");
});

test("killed and never run again: the agent's revert takes everything back", async () => {
  const host = await bootHost();
  const app = new Installation(host, "1e");
  const fresh = await snapshotHost(host);
  await app.install();
  await app.apply("preflight", wishes);
  await killAt(
    host,
    app,
    "kernel",
    "[ -e /etc/sysctl.d/99-zz-rootless-docker-net.ipv4.ping_group_range.conf ]",
  );
  await killAt(host, app, "account", "grep -q ^app: /etc/subuid");
  await killAt(host, app, "engine", "pgrep -x dpkg && [ -e /usr/bin/rootlesskit ]");
  await app.revertAgent();
  expect(differences(fresh, await snapshotHost(host))).toEqual([]);
});

/** What two clean runs do not have in common either. */
const daemonData = [
  // Names and times in a daemon's life.
  /\/home\/app\/\.(local\/share|config)\/docker/,
  // The leases' names.
  /\/var\/lib\/rootless-docker|\/99rootless-docker-/,
  // Engine and account run side by side: which group's line comes first is open. The lines are compared.
  /^file \/etc\/(group|gshadow):/,
];

function differences(before: HostSnapshot, after: HostSnapshot, ignore: RegExp[] = []): string[] {
  return diffSnapshots(before, after).filter(
    (line) => !ignore.some((pattern) => pattern.test(line)),
  );
}
