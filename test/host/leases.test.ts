import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { give } from "../../testkit/accountOnly";
import { ShownControllers } from "./controllers";
import { asAccount, bootHost, daemonStart, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import type { StepName } from "../../src/steps";
import { Installation, revertOrder } from "../../testkit/installation";

afterAll(destroyAllHosts);

let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
});

const ada: StepArgs = {
  owner: "infra/prod/ada",
  account: { name: "ada" },
  privilegedPorts: "FileCapability",
};
const bob: StepArgs = { ...ada, owner: "infra/test/bob", account: { name: "bob" } };

test("two accounts share a machine; the first one to come may go first", async () => {
  const first = new Installation(host, "aa");
  const second = new Installation(host, "bb");
  const fresh = await snapshotHost(host);
  await Promise.all([first.applyAll(ada), second.applyAll(bob)]);
  for (const account of ["ada", "bob"])
    expect(await asAccount(host, account, "docker info --format '{{.SecurityOptions}}'")).toContain(
      "rootless",
    );
  for (const { changed } of Object.values(await first.applyAll(ada))) expect(changed).toEqual([]);

  // One of them wants another value for what the machine has once.
  const { exitCode, said } = await second.tryApply("kernel", {
    ...bob,
    unprivilegedPing: { groups: "0 9" },
  });
  expect([exitCode, said]).toEqual([
    1,
    [
      "kernel: sysctl net.ipv4.ping_group_range: found '0 2147483647', wanted by infra/prod/ada; wanted '0 9' by infra/test/bob. To fix: give both the same value: the machine has only one",
    ],
  ]);
  await second.apply("kernel", bob);

  await importImage(host, "bob");
  const started = await daemonStart(host, "bob");
  await first.revertAll(ada);
  expect(await host.run("getent passwd ada || echo gone")).toBe("gone\n");
  expect(await daemonStart(host, "bob")).toBe(started);
  expect(
    await asAccount(
      host,
      "bob",
      "docker image ls --format '{{.Repository}}'; docker run --rm busybox id -u",
    ),
  ).toBe("busybox\n0\n");
  expect(
    await host.run("cat /proc/sys/net/ipv4/ping_group_range; getcap /usr/bin/rootlesskit"),
  ).toBe("0\t2147483647\n/usr/bin/rootlesskit cap_net_bind_service=ep\n");
  for (const { changed } of Object.values(await second.applyAll(bob))) expect(changed).toEqual([]);
  expect(await daemonStart(host, "bob")).toBe(started);

  // Bob's data stay when asked to be kept, and go with the next lease that says Delete.
  await second.revertAll(bob);
  expect(
    await host.run(
      "ls /home/bob/.local/share/docker/image; grep -c ^bob: /etc/subuid; ls /var/lib/rootless-docker",
    ),
  ).toBe("overlay2\n1\nthings\n");
  const third = new Installation(host, "cc");
  const wishes = { ...bob, onDestroy: { data: "Delete" } };
  await third.applyAll(wishes);
  expect(await asAccount(host, "bob", "docker image ls --format '{{.Repository}}'")).toBe(
    "busybox\n",
  );
  await third.revertAll(wishes);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});

test("one program's FileCapability starts no other account's daemon again", async () => {
  const [first, second] = [new Installation(host, "a7"), new Installation(host, "b7")];
  const plain: StepArgs = { ...bob, privilegedPorts: "None" };
  await first.applyAll({ ...ada, privilegedPorts: "None" });
  await second.applyAll(plain);
  const started = await daemonStart(host, "bob");
  for (const step of ["ports", "engine"] as const) await first.apply(step, ada);
  for (const { changed } of Object.values(await second.applyAll(plain)))
    expect(changed).toEqual([]);
  expect(await daemonStart(host, "bob")).toBe(started);
  await first.revertAll(ada);
  await second.apply("engine", plain);
  expect(await daemonStart(host, "bob")).toBe(started);
  await second.revertAll(plain);
});

test("the same owner with a new lease takes over; the old one's revert changes nothing", async () => {
  const lost = new Installation(host, "d0");
  await lost.applyAll({
    ...ada,
    account: { name: "ada", authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] },
  });
  const started = await daemonStart(host, "ada");
  const anew = new Installation(host, "d1");
  const { report } = await anew.applyAll(ada);
  expect(report.changed).toEqual([
    "one key removed from /home/ada/.ssh/authorized_keys",
    "/etc/apt/apt.conf.d/99rootless-docker-d0 removed",
    "installation d0 taken over",
  ]);
  await lost.revertAll(ada);
  expect(await daemonStart(host, "ada")).toBe(started);
  for (const { changed } of Object.values(await anew.applyAll(ada))) expect(changed).toEqual([]);
  await anew.revertAll(ada);
  expect(await host.run("getent passwd ada; ls -d /var/lib/rootless-docker || true")).toBe("");
});

const early = ["preflight", "engine", "account", "kernel", "secrets", "ports"] as const;

test("a step that is created twice: one delete of it changes nothing, unless the report went before", async () => {
  const fresh = await snapshotHost(host);
  const all: StepArgs = { ...ada, onDestroy: { data: "Delete" } };
  await new Installation(host, "c0").applyAll(all);
  // It knows of nothing, as Pulumi where it was killed before it heard of success; and as one that replaces.
  const again = new Installation(host, "c0");
  for (const step of ["agent", ...early]) again.created.add(step);
  await again.applyAll(all);
  const started = await daemonStart(host, "ada");
  const stays = "stays: Pulumi has replaced it, and deletes the one from before";
  expect((await again.revert("daemon", all)).said).toContain(`daemon: ${stays}`);
  expect(await daemonStart(host, "ada")).toBe(started);
  // Its own delete, and then the end, in which the other steps' counts are not used up.
  expect((await again.revert("report", all)).said).toContain(`report: ${stays}`);
  await again.revertAll(all);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});

test("a takeover that says Delete and fails: the data that the first one keeps stay, until one has come to its end", async () => {
  const fresh = await snapshotHost(host);
  const wishes: StepArgs = { ...ada, onDestroy: { data: "Delete" } };
  const fails = async (lease: string, all: StepArgs) => {
    const app = new Installation(host, lease);
    await app.install();
    for (const step of early) await app.apply(step, all);
    expect((await app.tryApply("daemon", all)).exitCode).toBe(1);
    return app;
  };
  const back = async (app: Installation, all: StepArgs) => {
    for (const step of revertOrder.filter((one) => app.created.has(one)))
      await app.revert(step, all);
    await app.revertAgent();
    expect(
      await host.run("ls -d /home/ada/.local/share/docker/volumes/kept; grep -c ^ada: /etc/subuid"),
    ).toBe("/home/ada/.local/share/docker/volumes/kept\n1\n");
  };
  const first = new Installation(host, "c7");
  await first.applyAll(ada);
  await asAccount(host, "ada", "docker volume create kept");
  const bad = { ...wishes, daemon: { "log-driver": "nonsense" } };
  const other = { ...bad, owner: "ops/dev/ada", takeOver: true };
  const second = await fails("c8", other);
  await first.revertAll(ada);
  // Again, where the first one is gone.
  expect((await second.tryApply("daemon", other)).exitCode).toBe(1);
  await back(second, other);
  await back(await fails("c9", bad), bad);
  const last = new Installation(host, "ca");
  await last.applyAll(wishes);
  await last.revertAll(wishes);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});

test("a first up with Delete that fails, and a destroy: nothing is left", async () => {
  const fresh = await snapshotHost(host);
  const all: StepArgs = {
    ...ada,
    onDestroy: { data: "Delete" },
    daemon: { "log-driver": "nonsense" },
  };
  const app = new Installation(host, "cb");
  await app.install();
  for (const step of early) await app.apply(step, all);
  expect((await app.tryApply("daemon", all)).exitCode).toBe(1);
  for (const step of revertOrder.filter((one) => app.created.has(one))) await app.revert(step, all);
  await app.revertAgent();
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});

// A state of before that was restored, `pulumi state delete`: Pulumi makes again what it has forgotten, and deletes
// each once.
test.each<[string, string, readonly StepName[]]>([
  ["all", "a2", [...early, "daemon", "report"]],
  ["all, and the daemon failed", "a2", early],
  ["daemon and report", "a1", ["daemon", "report"]],
])(
  "created again, since they were lost: %s; destroy takes all back",
  async (_what, agentId, steps) => {
    const fresh = await snapshotHost(host);
    const all: StepArgs = {
      account: { name: "ada" },
      daemon: { "data-root": "/srv/of-ada" },
      onDestroy: { data: "Delete" },
    };
    await host.run("chmod 1777 /srv");
    const first = new Installation(host, "c1");
    await first.applyAll(all);
    const kept = [...first.created].filter(
      (step) => agentId === "a1" && !steps.some((one) => one === step),
    );
    const again = new Installation(host, "c1", "root", new Set(kept), agentId);
    await again.install();
    for (const step of steps) await again.apply(step, all);
    for (const step of revertOrder.filter((one) => again.created.has(one)))
      await again.revert(step, all);
    await again.revertAgent();
    await host.run("chmod 755 /srv");
    expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
  },
);

test("all replaced, and the agent: the deletes of those from before change nothing", async () => {
  const fresh = await snapshotHost(host);
  const all: StepArgs = { ...ada, onDestroy: { data: "Delete" } };
  const before = new Installation(host, "c2");
  await before.applyAll(all);
  const started = await daemonStart(host, "ada");
  const after = new Installation(host, "c2", "root", new Set(), "a2");
  await after.applyAll(all);
  await before.revertAll(all);
  expect(await daemonStart(host, "ada")).toBe(started);
  await after.revertAll(all);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});

test("a daemon that is replaced where no report stands: its data stay", async () => {
  const all: StepArgs = { ...ada, onDestroy: { data: "Delete" } };
  const app = new Installation(host, "c3");
  await app.applyAll(all);
  const started = await daemonStart(host, "ada");
  await app.revert("report", all);
  app.created.delete("daemon");
  await app.apply("daemon", all);
  await app.revert("daemon", all);
  expect(await daemonStart(host, "ada")).toBe(started);
  await app.revertAll(all);
  expect(await host.run("getent passwd ada; ls -d /var/lib/rootless-docker || true")).toBe("");
});

test("an agent that is replaced, a destroy that is interrupted, and an up: the old one's delete ends nothing", async () => {
  const all: StepArgs = { ...ada, onDestroy: { data: "Delete" } };
  const before = new Installation(host, "c4");
  await before.applyAll(all);
  const after = new Installation(host, "c4", "root", new Set(early), "a2");
  await after.install();
  for (const step of early) await after.apply(step, all);
  await before.revert("report", all);
  await before.revert("daemon", all);
  for (const step of ["ports", "secrets", "kernel", "engine"] as const)
    await after.revert(step, all);
  await after.applyAll(all);
  const started = await daemonStart(host, "ada");
  expect((await before.revertAgent()).said.join("\n")).toContain(
    "agent: stays: Pulumi has replaced it",
  );
  expect(await daemonStart(host, "ada")).toBe(started);
  await after.revertAll(all);
  expect(await host.run("getent passwd ada; ls -d /var/lib/rootless-docker || true")).toBe("");
});

test("an agent that is made again, and no step: its delete is an error, until an up or by hand", async () => {
  const all: StepArgs = { ...ada, onDestroy: { data: "Delete" } };
  await new Installation(host, "c5").applyAll(all);
  const again = new Installation(host, "c5", "root", new Set(), "a2");
  await again.install();
  const { exitCode, said } = await again.tryRevertAgent();
  const command = 'sh /var/lib/rootless-docker/agents/c5/agent revert agent c5 "" end';
  expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining(`'${command}' as root`)]);
  await host.run(`${command} </dev/null`);
  expect(await host.run("getent passwd ada; ls -d /var/lib/rootless-docker || true")).toBe("");
});

test("a step that is replaced where the report had failed stays, too", async () => {
  const { installation, apply, back, all } = await give(host, "dan");
  await apply();
  const again = new Installation(host, installation.lease);
  await again.apply("account", all);
  // The report has its turn after that, and before the delete of the old one.
  const report = `/var/lib/rootless-docker/leases/${installation.lease}/report`;
  await host.run(`touch ${report}`);
  const { said, changed } = await again.revert("account", all);
  expect([said[0], changed]).toEqual([expect.stringContaining("account: stays: "), []]);
  await host.run(`rm ${report}`);
  await back();
  expect(await host.run("getent passwd dan || echo gone")).toBe("gone\n");
});

test("a lease that nobody knows of does not keep the agent for ever", async () => {
  const lost = new Installation(host, "f0");
  const other = new Installation(host, "f1");
  await lost.install();
  await other.install();
  // As the step agent leaves it; what comes next, preflight, may still be on its way.
  await host.run("rm /var/lib/rootless-docker/leases/f0/owner");
  expect((await other.revertAgent()).said).toContain("agent: stays: another installation uses it");
  await other.install();
  await host.run("touch -d '2 days ago' /var/lib/rootless-docker/leases/f0");
  await other.revertAgent();
  expect(await host.run("ls -d /var/lib/rootless-docker || true")).toBe("");
});

test("what the account had before comes back: daemon, files, context", async () => {
  const before = await prepareHandMade();
  const mine = new Installation(host, "e0");
  const wishes: StepArgs = {
    account: { name: "eve" },
    daemon: { "log-level": "warn" },
    environment: { A: "b" },
  };
  const shown = new ShownControllers(host);
  await shown.begin();
  await shown.show("memory pids", {
    restart: "echo cpuset cpu io memory pids >/run/shown/account",
  });
  const { engine, account } = await mine.applyAll(wishes);
  expect(engine.changed).toEqual([]);
  // The service manager that eve's daemon ran under, which was not enabled, has started again.
  const uid = (await host.run("id -u eve")).trim();
  expect(account.changed).toEqual([
    `/etc/systemd/system/user@${uid}.service.d/rootless-docker.conf written`,
    "service manager of eve restarted",
  ]);
  expect(await asAccount(host, "eve", "docker context inspect --format '{{.Name}}'")).toBe(
    "rootless\n",
  );
  expect(await asAccount(host, "eve", "docker image ls --format '{{.Repository}}'")).toBe(
    "busybox\n",
  );

  // The daemon of this package comes back with the service manager, and starts once.
  await shown.show("cpuset cpu io memory pids", {
    restart: "echo memory pids >/run/shown/account",
  });
  const fewer = { ...wishes, resourceControllers: ["memory", "pids"] };
  expect((await mine.apply("account", fewer)).changed.slice(1)).toEqual([
    "service manager of eve restarted",
    "daemon of eve started",
  ]);
  expect((await mine.apply("account", fewer)).changed).toEqual([]);
  expect(await shown.calls()).not.toContain("--user restart docker.service");
  await shown.end();

  await mine.revertAll({ ...wishes, onDestroy: { data: "Delete" } });
  expect(
    await asAccount(
      host,
      "eve",
      "systemctl --user is-active docker.service; docker -H unix://$XDG_RUNTIME_DIR/docker.sock image ls --format '{{.Repository}}'",
    ),
  ).toBe("active\nbusybox\n");
  const daemonData = /\/home\/eve\/\.local\/share\/docker\//;
  const left = diffSnapshots(before, await snapshotHost(host)).filter(
    (line) => !daemonData.test(line),
  );
  expect(left).toEqual([]);
});

/** An account with a rootless daemon made and started by hand, and not enabled, from the packages of the distribution. */
async function prepareHandMade() {
  await host.run(`
    systemctl mask -q docker.service docker.socket containerd.service
    apt-get -q update
    apt-get -q -y --no-install-recommends install docker.io docker-cli rootlesskit slirp4netns uidmap dbus-user-session iproute2 iptables procps
    useradd -m -s /bin/sh eve && loginctl enable-linger eve
    # An earlier test's account had this uid, and its service manager may have failed without packages.
    systemctl restart user@$(id -u eve).service
    install -d -o eve -g eve -m 755 /home/eve/.config /home/eve/.config/docker /home/eve/.config/systemd /home/eve/.config/systemd/user /home/eve/.docker
    cd /home/eve/.config
    printf '{ "debug":false}' >docker/daemon.json
    printf '{"auths": {"x.test": {}},\\n "detachKeys":"ctrl-e"}' >../.docker/config.json
    printf '[Service]\\nType=notify\\nNotifyAccess=all\\nEnvironment=PATH=/usr/sbin:/usr/bin:/sbin:/bin\\nExecStart=/usr/share/docker.io/contrib/dockerd-rootless.sh\\n[Install]\\nWantedBy=default.target\\n' >systemd/user/docker.service
    chmod 640 docker/daemon.json
    chown eve:eve docker/daemon.json ../.docker/config.json systemd/user/docker.service
    for i in $(seq 3000); do [ -S /run/user/$(id -u eve)/bus ] && break; sleep 0.1; done`);
  await asAccount(
    host,
    "eve",
    "systemctl --user daemon-reload; systemctl --user start docker.service",
  );
  await importImage(host, "eve", "-H unix://$XDG_RUNTIME_DIR/docker.sock");
  return snapshotHost(host);
}
