import { readFileSync } from "node:fs";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { busyboxImageTar } from "../../testbed/dockerCli";
import {
  OnDestroyData,
  PrivilegedPorts,
  RootfulDocker,
  RootlessDockerHost,
  type RootlessDockerHostArgs,
} from "../../index";
import { asAccount, daemonStart, importImage } from "../../testkit/host";
import { Stack } from "../../testkit/stack";
import { connectionTo, HostStack } from "../../testkit/hostStack";

// One machine for several: accounts, stacks, a daemon that root runs, and one that was made by hand.
afterAll(destroyAllHosts);

const wishes: Partial<RootlessDockerHostArgs> = {
  privilegedPorts: PrivilegedPorts.FileCapability,
  onDestroy: { data: OnDestroyData.Delete },
};

describe("two stacks, one of them with two accounts", () => {
  let host: TestHost;
  let before: HostSnapshot;
  let infra: Stack;
  let runners: Stack;

  beforeAll(async () => {
    host = await createHost({ suite: "trixie" });
    before = await snapshotHost(host);
    infra = await Stack.start("infra");
    runners = await Stack.start("runners");
  });

  /** A program with a component for each account, named like it. */
  const hostsFor = (accounts: string[], more: Partial<RootlessDockerHostArgs> = {}) => {
    return () => {
      for (const name of accounts)
        new RootlessDockerHost(name, {
          connection: connectionTo(host),
          account: { name },
          ...wishes,
          ...more,
        });
    };
  };

  const rootless = async (account: string) =>
    (await asAccount(host, account, "docker info --format '{{.SecurityOptions}}'")).includes(
      "name=rootless",
    );

  test("both go up at the same moment", async () => {
    await Promise.all([infra.up(hostsFor(["ada", "bob"])), runners.up(hostsFor(["cid"]))]);
    for (const account of ["ada", "bob", "cid"]) expect(await rootless(account)).toBe(true);
    const ranges = (await host.run("cut -d : -f 2 /etc/subuid")).trim().split("\n").map(Number);
    expect(ranges.sort()).toEqual([100000, 165536, 231072]);
  });

  test("what the machine has once cannot be two things: one error names both owners", async () => {
    const other = { unprivilegedPing: { groups: "0 9" } };
    const { failure = "" } = await runners.tryUp(hostsFor(["cid"], other));
    const errors = new Set(failure.match(/kernel: .*/g));
    expect([...errors]).toEqual([
      expect.stringMatching(
        /^kernel: sysctl net\.ipv4\.ping_group_range: found '0 2147483647', wanted by conformance\/infra\/(ada|bob); wanted '0 9' by conformance\/runners\/cid\. To fix: give both the same value: the machine has only one$/,
      ),
    ]);
    expect(await host.run("cat /proc/sys/net/ipv4/ping_group_range")).toBe("0\t2147483647\n");
  });

  test("one stack goes: the other's daemons, and what both need, stay as they are", async () => {
    await importImage(host, "bob");
    const started = [await daemonStart(host, "ada"), await daemonStart(host, "bob")];
    await runners.destroy();
    expect(await host.run("getent passwd cid || echo gone")).toBe("gone\n");
    expect([await daemonStart(host, "ada"), await daemonStart(host, "bob")]).toEqual(started);
    expect(await host.run("getcap /usr/bin/rootlesskit")).toContain("cap_net_bind_service");
    expect(await asAccount(host, "bob", "docker run --rm busybox id -u")).toBe("0\n");
  });

  test("one account goes, and the other stays as it is", async () => {
    const started = await daemonStart(host, "bob");
    await infra.up(hostsFor(["bob"]));
    expect(await host.run("getent passwd ada || echo gone")).toBe("gone\n");
    expect(await daemonStart(host, "bob")).toBe(started);
    expect(await asAccount(host, "bob", "docker run --rm busybox id -u")).toBe("0\n");
  });

  test("the last one gives the host back", async () => {
    await infra.destroy();
    expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  });
});

describe("beside a daemon that root runs, and a rootless one that was made by hand", () => {
  let host: TestHost;
  let before: HostSnapshot;

  beforeAll(async () => {
    host = await createHost({ suite: "trixie" });
    await host.run("sh -eu", { input: rootDockerAndEve });
    await asAccount(
      host,
      "eve",
      "systemctl --user daemon-reload; systemctl --user enable --now docker.service",
    );
    await importImage(host, "eve", ofEve);
    // Her message bus starts with the first container.
    await asAccount(host, "eve", `docker ${ofEve} run --rm busybox true`);
    await host.run("docker import - busybox >/dev/null", {
      input: readFileSync(await busyboxImageTar()),
    });
    await host.run("docker run -d --name db --network none busybox sleep 9999");
    before = await snapshotHost(host);
  });

  /** Which processes the two daemons and root's container are, and since when they run. */
  const others = async () => [
    await host.run(
      "systemctl show -p MainPID -p ActiveEnterTimestampMonotonic docker.service containerd.service",
    ),
    await host.run("docker inspect -f '{{.State.Pid}} {{.State.StartedAt}}' db"),
    await daemonStart(host, "eve"),
  ];

  test("a third one comes and goes, and both stay as they are", async () => {
    const alive = await others();
    const installation = await HostStack.on(host, "beside");
    await installation.up({
      ...wishes,
      account: { name: "app" },
      rootfulDocker: RootfulDocker.Keep,
    });
    expect(await others()).toEqual(alive);
    await importImage(host, "app");
    expect(await asAccount(host, "app", "docker run --rm busybox id -u")).toBe("0\n");
    expect(await asAccount(host, "eve", `docker ${ofEve} run --rm busybox id -u`)).toBe("0\n");
    expect(await host.run("docker ps --format '{{.Names}}'")).toBe("db\n");

    await installation.destroy();
    expect(await others()).toEqual(alive);
    const left = diffSnapshots(before, await snapshotHost(host));
    // What a container that ran for a moment leaves in its daemon's own records.
    expect(left.filter((line) => !line.includes("/home/eve/.local/share/docker/"))).toEqual([]);
  });
});

// She has no context that would find it.
const ofEve = "-H unix://$XDG_RUNTIME_DIR/docker.sock";

/** By the distribution's packages and the start script that they bring, as its documentation says. */
const rootDockerAndEve = `
  apt-get -q update
  apt-get -q -y --no-install-recommends install docker.io docker-cli rootlesskit slirp4netns uidmap dbus-user-session iproute2 iptables procps
  useradd --create-home --shell /bin/sh eve
  loginctl enable-linger eve
  systemctl restart user@$(id -u eve).service
  until [ -S /run/user/$(id -u eve)/bus ]; do sleep 0.1; done
  install -D -o eve -g eve -m 644 /dev/stdin ~eve/.config/systemd/user/docker.service <<'UNIT'
[Service]
Type=notify
NotifyAccess=all
Environment=PATH=/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/usr/share/docker.io/contrib/dockerd-rootless.sh
Delegate=yes
[Install]
WantedBy=default.target
UNIT
  chown -R eve:eve ~eve/.config`;
