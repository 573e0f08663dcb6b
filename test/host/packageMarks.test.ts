import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import type { StepArgs } from "../../testkit/documents";
import { bootHost } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// Which packages somebody has asked for, by apt's marks: after an installation that was interrupted, and where a
// power cut has left the marks empty.
afterAll(destroyAllHosts);

const wishes: StepArgs = { account: { name: "app" } };
const marks = "/var/lib/apt/extended_states";

let host: TestHost;
let leases = 0;

beforeAll(async () => {
  host = await bootHost();
  await host.run("apt-get -q update");
});

/** An installation whose step engine is killed, with its apt, as soon as something is true on the host. */
async function killed(point: string): Promise<Installation> {
  const app = new Installation(host, `e${++leases}`);
  await app.install();
  await app.apply("preflight", wishes);
  const run = app.tryApply("engine", wishes);
  await host.run(`until { ${point}; } >/dev/null 2>&1; do :; done
    kill -KILL $(pgrep -f '[a]gent apply engine') $(pidof apt-get dpkg)`);
  expect((await run).exitCode).not.toBe(0);
  await host.run("rm -f /usr/local/sbin/sync; [ -s /var/lib/rootless-docker/packages.planned ]");
  return app;
}

test.each(["destroy", "up and destroy"])(
  "killed right before dpkg: what somebody installs by hand then stays: %s",
  async (way) => {
    // It waits where it brings to the disk what apt is about to install.
    await host.run(`cat >/usr/local/sbin/sync; chmod 755 /usr/local/sbin/sync`, {
      input: `#!/bin/sh
case "$*" in *packages.planned*) : >/run/planned; exec sleep 5;; esac
exec /usr/bin/sync "$@"
`,
    });
    const app = await killed("rm /run/planned");
    await host.run("apt-get -q -y install --no-install-recommends docker.io >/dev/null");
    if (way !== "destroy") await app.apply("engine", wishes);
    const { said } = await app.revert("engine", wishes);
    expect(said).toContainEqual(
      expect.stringMatching(/package docker\.io stays: somebody has marked it as manually/),
    );
    await app.revertAgent();
    expect(
      await host.run(`dpkg-query -W -f '\${db:Status-Abbrev} \${Package}\\n' docker.io containerd rootlesskit 2>/dev/null | grep ^ii
        apt-mark showmanual | grep -x docker.io; getent group docker | cut -d : -f 1`),
    ).toBe("ii  containerd\nii  docker.io\ndocker.io\ndocker\n");
    await host.run(`apt-get -q -y purge docker.io >/dev/null; apt-get -q -y autoremove --purge >/dev/null
      groupdel docker; systemctl daemon-reload`);
  },
);

test("apt's marks empty after a power cut while dpkg was at work: they come back, and all of ours goes", async () => {
  const before = await snapshotHost(host);
  const auto = await host.run("apt-mark showauto");
  const app = await killed("pidof dpkg && [ -e /usr/bin/rootlesskit ]");
  await host.run(`: >${marks}`);
  const { said } = await app.apply("engine", wishes);
  const fixed: unknown = expect.stringContaining(
    `engine: ${marks} was empty, as a power cut leaves it`,
  );
  expect(said).toContainEqual(fixed);
  expect((await host.run("apt-mark showauto")).split("\n")).toEqual(
    expect.arrayContaining([...auto.trim().split("\n"), "runc", "docker.io"]),
  );
  // Between two runs, too.
  await host.run(`cp ${marks} /root/marks; : >${marks}`);
  expect((await app.apply("engine", wishes)).said).toContainEqual(fixed);
  await host.run(`diff /root/marks ${marks}; rm /root/marks`);
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("packages whose files a power cut took with their list, as on Btrfs: the next up unpacks them, and all of ours goes", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, `e${++leases}`);
  await app.install();
  await app.apply("preflight", wishes);
  await app.apply("engine", wishes);
  await host.run(`for package in docker.io libslirp0:amd64; do
      dpkg -L $package | xargs -d '\\n' sh -c 'find "$@" -maxdepth 0 ! -type d -delete' sh
      rm /var/lib/dpkg/info/$package.*
    done
    echo docker-cli purge | dpkg --set-selections
    rm /var/lib/dpkg/info/tini.list; sed -i '/^Package: tini$/,/^$/s/^Status: .*/Status: install ok half-installed/' /var/lib/dpkg/status`);
  const { said } = await app.apply("engine", wishes);
  expect(said).toContain(
    "engine: completes what an interrupted removal has left of docker-cli docker.io libslirp0:amd64 tini",
  );
  // One that is whole is not fetched again.
  await host.run(
    "grep -q ' upgrade docker.io:' /var/log/dpkg.log && ! grep ' upgrade docker-cli:' /var/log/dpkg.log",
  );
  await host.run("ls /usr/sbin/dockerd; dpkg --audit | diff - /dev/null");
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

const theirs = "/opt/docker/docker.service";

test.each([
  ["unmasked", "systemctl unmask docker.socket docker.service containerd.service"],
  [
    "has a link to a unit of their own for",
    `mkdir -p /opt/docker; ln -sfn ${theirs} /etc/systemd/system/docker.service
     sed 's/fd:/unix:/; /docker.socket/d' /usr/lib/systemd/system/docker.service >${theirs}
     systemctl unmask containerd.service; systemctl daemon-reload`,
  ],
])(
  "root's Docker that somebody %s under Keep: Disable stops it, Keep and destroy give it back",
  async (_how, change) => {
    const app = new Installation(host, `e${++leases}`);
    const engine = (rootfulDocker: string) => app.apply("engine", { ...wishes, rootfulDocker });
    const runs = async () => (await host.ssh("systemctl is-active docker.service")).stdout.trim();
    const file = () => host.run("readlink /etc/systemd/system/docker.service || echo none");
    await app.install();
    await app.apply("preflight", wishes);
    await engine("Keep");
    await host.run(`${change}; systemctl start docker.service`);
    const before = await file();
    await engine("Disable");
    expect(await runs()).toBe("inactive");
    const { said } = await engine("Keep");
    expect([await runs(), await file(), said.join()]).toEqual([
      "active",
      before,
      expect.stringContaining("docker.service started again"),
    ]);
    await engine("Disable");
    for (const step of ["preflight", "engine"] as const) {
      const refused = await app.tryApply(step, wishes);
      expect([refused.exitCode, refused.said]).toEqual([
        1,
        [
          expect.stringMatching(
            /: rootfulDocker: found (docker\.socket, )?docker\.service of root's, which this package stopped, .*; wanted none, or your word on it\. To fix: set rootfulDocker to Disable or Purge/,
          ),
        ],
      ]);
    }
    expect(await runs()).toBe("inactive");
    expect((await app.revert("engine", wishes)).said.join("\n")).toMatch(
      /package docker\.io stays: root runs its [^]*docker\.service started again/,
    );
    expect([await runs(), await file()]).toEqual(["active", before]);
    await app.revertAgent();
    await host.run(`systemctl stop docker.socket docker.service containerd.service
    rm -f /etc/systemd/system/docker.service
    apt-get -q -y purge docker.io containerd runc >/dev/null; systemctl daemon-reload`);
  },
);

test.each([
  ["auto hold", "true", "auto hold"],
  ["auto hold", "apt-mark manual docker.io", "manual hold"],
  ["manual unhold", "true", "manual"],
])(
  "docker.io purged for the engine, marked %s before, and since then %s: %s afterwards",
  async (before, change, after) => {
    const app = new Installation(host, `e${++leases}`);
    const purge: StepArgs = { ...wishes, rootfulDocker: "Purge" };
    await host.run(`apt-get -q -y install --no-install-recommends docker.io >/dev/null
      for mark in ${before}; do apt-mark $mark docker.io; done`);
    await app.install();
    await app.apply("preflight", purge);
    expect((await app.apply("engine", purge)).changed).toContain("packages purged: docker.io");
    await host.run(change);
    await app.apply("engine", purge);
    await app.revert("engine", purge);
    await app.revertAgent();
    expect(
      await host.run(
        `for mark in auto manual hold; do [ -z "$(apt-mark show$mark docker.io)" ] || echo $mark; done | paste -s -d ' '`,
      ),
    ).toBe(`${after}\n`);
    await host.run("apt-mark unhold docker.io");
  },
);
