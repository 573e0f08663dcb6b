import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { asAccount, bootHost, daemonStart, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

const wishes: StepArgs = {
  account: { name: "app" },
  daemon: { "log-level": "warn" },
  onDestroy: { data: "delete" },
};

const programs = "/usr/bin/newuidmap /usr/bin/newgidmap";

test("a mirror that does not answer is named where its packages are missed", async () => {
  const host = await bootHost();
  const app = new Installation(host, "e2");
  await host.run(`rm -rf /etc/apt/sources.list.d/* /var/lib/apt/lists/*
    echo 'deb http://127.0.0.1:9/debian trixie main' >/etc/apt/sources.list`);
  await app.install();
  expect((await app.tryApply("machine", wishes)).said.at(-1)).toMatch(
    /Unable to locate package .*W: Failed to fetch http:\/\/127\.0\.0\.1:9\/debian.*\)\. To fix/,
  );
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
  const refused = await app.tryApply("machine", wishes);
  expect([refused.exitCode, refused.said.join("\n")]).toEqual([
    1,
    expect.stringMatching(
      /dockerd: it does not print a version \(not on PATH\)\. .*install the package docker\.io/,
    ),
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

/** What an upgrade could undo: masks, modes, the daemon's configuration. */
function ours(host: TestHost): Promise<string> {
  return host.run(`systemctl is-enabled docker.service docker.socket containerd.service || true
    stat -c '%a %U %n' ${programs}
    cat ~app/.config/docker/daemon.json ~app/.config/systemd/user/docker.service`);
}

function rootDaemons(host: TestHost): Promise<string> {
  return host.run("pgrep -u root -x 'dockerd|containerd' || echo none");
}
