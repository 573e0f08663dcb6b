import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { asAccount, bootHost, daemonStart, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

const wishes: StepArgs = {
  account: { name: "app" },
  privilegedPorts: "FileCapability",
  daemon: { "log-level": "warn" },
  onDestroy: { data: "Delete" },
};

const programs = "/usr/bin/newuidmap /usr/bin/newgidmap";

describe("uidmap without its privileges", () => {
  let host: TestHost;
  let leases = 0;

  beforeAll(async () => {
    host = await bootHost();
    await host.run(`apt-get -q update
      apt-get -q -y --no-install-recommends install uidmap libcap2-bin`);
  });

  const modes = () => host.run(`stat -c '%a %U' ${programs}; getcap ${programs}`);

  /**
   * Applies what the account needs for its ids, again without a change, maps them, and reverts: the host is
   * as it was. Returns what changed.
   */
  async function there(): Promise<string[]> {
    const app = new Installation(host, `d${++leases}`);
    const before = await snapshotHost(host);
    await app.install();
    await app.apply("preflight", wishes);
    const { changed } = await app.apply("engine", wishes);
    await app.apply("account", wishes);
    expect(await asAccount(host, "app", "rootlesskit sh -c 'wc -l </proc/self/uid_map'")).toBe(
      "2\n",
    );
    const during = await modes();
    expect((await app.apply("engine", wishes)).changed).toEqual([]);
    expect(await modes()).toBe(during);
    await app.revert("account", wishes);
    await app.revert("engine", wishes);
    await app.revertAgent();
    expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
    return changed.filter((line) => line.startsWith("/usr/bin/"));
  }

  test("lost: it is set, said, and taken back", async () => {
    await host.run("chmod 755 /usr/bin/newuidmap; chown daemon:staff /usr/bin/newgidmap");
    expect(await there()).toEqual([
      "/usr/bin/newuidmap: 755 root:root -> 4755 root:root",
      "/usr/bin/newgidmap: 755 daemon:staff -> 4755 root:root",
    ]);
    expect(await modes()).toBe("755 root\n755 daemon\n");
  });

  test("a capability instead is left alone; too little of one, or both, does not work", async () => {
    await host.run(`chown root:root ${programs}; chmod 755 ${programs}
      setcap cap_setuid=ep /usr/bin/newuidmap; setcap cap_setgid=ep /usr/bin/newgidmap`);
    expect(await there()).toEqual([]);
    await host.run("setcap cap_setuid=p /usr/bin/newuidmap; chmod 4755 /usr/bin/newgidmap");
    expect(await there()).toEqual([
      "/usr/bin/newuidmap: 755 root:root cap_setuid=p -> 4755 root:root",
      "/usr/bin/newgidmap: 4755 root:root cap_setgid=ep -> 4755 root:root",
    ]);
  });

  test("an administrator's own mode is not overridden: preflight and engine name it", async () => {
    const override = "dpkg-statoverride --update --add root root 0755 /usr/bin/newuidmap";
    await host.run(
      `${override}; setcap cap_setuid=ep /usr/bin/newuidmap; chmod 755 /usr/bin/newgidmap`,
    );
    // With the capability it is fine.
    expect(await there()).toEqual([]);
    await host.run("setcap -r /usr/bin/newuidmap");
    const app = new Installation(host, "df");
    const before = await snapshotHost(host);
    await app.install();
    for (const step of ["preflight", "engine"] as const)
      expect(await app.tryApply(step, wishes)).toMatchObject({
        exitCode: 1,
        said: [
          `${step}: /usr/bin/newuidmap: found it kept without setuid root by dpkg-statoverride (root root 755 /usr/bin/newuidmap); wanted setuid root or cap_setuid, to map the account's subordinate ids. To fix: run 'dpkg-statoverride --remove /usr/bin/newuidmap' and 'chmod 4755 /usr/bin/newuidmap', or 'setcap cap_setuid=ep /usr/bin/newuidmap' once the package uidmap is installed`,
        ],
      });
    await app.revertAgent();
    expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  });
});

test("a mirror that does not answer is named where its packages are missed", async () => {
  const host = await bootHost();
  const app = new Installation(host, "e2");
  await host.run(`rm -rf /etc/apt/sources.list.d/* /var/lib/apt/lists/*
    echo 'deb http://127.0.0.1:9/debian trixie main' >/etc/apt/sources.list`);
  await app.install();
  expect((await app.tryApply("engine", wishes)).said.at(-1)).toMatch(
    /Unable to locate package .*W: Failed to fetch http:\/\/127\.0\.0\.1:9\/debian.*; wanted/,
  );
});

test("a unit of root's Docker that somebody unmasked stays so: no drift", async () => {
  const host = await bootHost();
  const app = new Installation(host, "e3");
  await host.run("useradd -m app");
  await app.install();
  for (const step of ["preflight", "engine"] as const) await app.apply(step, wishes);
  await host.run("systemctl -q unmask docker.socket");
  expect(await app.drift()).toEqual([]);
  expect((await app.apply("engine", wishes)).changed).toEqual([]);
});

// On the other releases: apply.test.ts.
test("packages that are installed anew start no root daemon, and change nothing of ours", async () => {
  const host = await bootHost();
  const app = new Installation(host, "e1");
  // What runs at a first boot only is no difference.
  await host.reboot();
  const before = await snapshotHost(host);
  await app.applyAll(wishes);
  await importImage(host, "app");
  await asAccount(host, "app", "docker run -d --name web --network none busybox sleep 9999");
  const started = await daemonStart(host, "app");
  const settings = await ours(host);
  expect(settings).toContain("masked\nmasked\nmasked\n");
  expect(settings).toMatch(/rootlesskit (= )?cap_net_bind_service/);

  const said = await host.run(
    "DEBIAN_FRONTEND=noninteractive apt-get -q -y install --reinstall docker.io rootlesskit uidmap slirp4netns containerd",
  );
  expect(said).toContain("5 reinstalled");
  expect(await ours(host)).toBe(settings);
  expect(await rootDaemons(host)).toBe("none\n");
  expect(await daemonStart(host, "app")).toBe(started);
  expect(await asAccount(host, "app", "docker ps --format '{{.Names}}'")).toBe("web\n");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);

  // Whatever has taken the program: its package still counts as installed.
  await host.run("mv /usr/sbin/dockerd /root");
  const refused = await app.tryApply("engine", wishes);
  expect([refused.exitCode, refused.said]).toEqual([
    1,
    [
      "engine: dockerd (package docker.io): found no such program on PATH; wanted the engine's daemon, whole. To fix: install the package docker.io again with apt-get, or remove it, then run again",
    ],
  ]);
  const other = await app.tryApply("daemon", { ...wishes, daemon: { "log-level": "error" } });
  expect([other.exitCode, other.said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/^daemon: dockerd: found no such program .* To fix: give recheck a new/),
  ]);
  await host.run("mv /root/dockerd /usr/sbin");

  await host.reboot();
  expect(await ours(host)).toBe(settings);
  expect(await rootDaemons(host)).toBe("none\n");
  await asAccount(
    host,
    "app",
    "for i in $(seq 3000); do docker info >/dev/null 2>&1 && break; sleep 0.2; done; docker ps -a --format '{{.Names}}'",
  );
  await app.revertAll(wishes);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

/** What an upgrade could undo: masks, the capability, modes, the daemon's configuration. */
function ours(host: TestHost): Promise<string> {
  return host.run(`systemctl is-enabled docker.service docker.socket containerd.service || true
    getcap /usr/bin/rootlesskit
    stat -c '%a %U %n' ${programs}
    cat ~app/.config/docker/daemon.json ~app/.config/systemd/user/docker.service`);
}

function rootDaemons(host: TestHost): Promise<string> {
  return host.run("pgrep -u root -x 'dockerd|containerd' || echo none");
}
