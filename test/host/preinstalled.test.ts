import { currentEngine, engineTar } from "../../testbed/engine";
import { destroyAllHosts, diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { EngineSource, OnDestroyData, RootfulDocker } from "../../index";
import { asAccount, bootHost, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";
import { makeTlsAuthority } from "../../testkit/tlsAuthority";

afterAll(destroyAllHosts);

const wishes: StepArgs = {
  account: { name: "app" },
  engine: { source: EngineSource.Preinstalled },
  rootfulDocker: RootfulDocker.Keep,
  onDestroy: { data: OnDestroyData.Delete },
};

test("an engine that is there is used, beside root's daemon; packages, units and group stay as they are", async () => {
  const host = await bootHost({ engine: true });
  await host.run(`systemctl unmask -q docker.service docker.socket containerd.service
    systemctl start docker.service; docker network create theirs`);
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const { engine } = await app.applyAll(wishes);
  expect(engine.changed).toEqual([]);
  expect(engine.facts["versions.engine"]).toMatch(/^26\./);
  await importImage(host, "app");
  expect(await asAccount(host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);
  await app.revertAll(wishes);
  expect(await host.run("docker network ls -q -f name=theirs | wc -l")).toBe("1\n");
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("what is missing is one error before anything is changed; what Distribution brought stays until destroy", async () => {
  const host = await bootHost();
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  await app.install();
  const refused = await app.tryApply("preflight", wishes);
  expect(refused.exitCode).toBe(1);
  for (const word of ["engine.source", "no dockerd", "Preinstalled", "Distribution"])
    expect(refused.said.join("\n")).toContain(word);
  const brought = { ...wishes, engine: {} };
  for (const step of ["preflight", "engine"] as const) await app.apply(step, brought);
  for (const step of ["preflight", "engine"] as const)
    expect((await app.apply(step, wishes)).changed).toEqual([]);
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("a current engine, put on PATH by somebody", async () => {
  const host = await bootHost({ packages: ["uidmap", "slirp4netns", "dbus-user-session"] });
  await host.run("tar -x -C /usr/local/bin --strip-components=1", { input: await engineTar() });
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const { engine, daemon } = await app.applyAll(wishes);
  expect(engine.facts["versions.engine"]).toBe(currentEngine);
  await importImage(host, "app");
  // Its containers' network is apart from the daemon's, which is the machine's own.
  expect(daemon.facts["dockerd.network"]).toBe(daemon.facts["dockerd.machineNetwork"]);
  expect(await asAccount(host, "app", "docker run --rm --net host busybox ip addr")).toContain(
    "host0",
  );
  expect(await asAccount(host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);
  await app.revertAll(wishes);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

// As unattended-upgrades does. From 29.5 on the start script's own choice for dockerd is the machine's network.
test("an engine that somebody upgrades in its place: dockerd's ports stay published until the next up", async () => {
  const host = await bootHost({ engine: true });
  const app = new Installation(host, "a1");
  const { pem, version, caller, remove } = makeTlsAuthority(host.address);
  const listening = {
    ...wishes,
    tcpSocket: pem,
    daemon: { "metrics-addr": "127.0.0.1:9323" },
  };
  await app.applyAll(listening);
  const listeners = () =>
    host.run(
      "ss -Hltnp sport = :2376 or sport = :9323 | sed 's/.*((\"\\([a-z]*\\)\".*/\\1/' | sort -u",
    );
  expect(await listeners()).toBe("rootlesskit\n");
  await host.run(
    `mkdir /root/new; tar -x -C /root/new --strip-components=1; cd /root/new
    for program in *; do
      case $program in
      dockerd-rootless*) there=/usr/share/docker.io/contrib/$program ;;
      *) there=$(command -v $program || echo /usr/bin/$program) ;;
      esac
      rm -f $there; install -m 755 $program $there
    done`,
    { input: await engineTar() },
  );
  await asAccount(host, "app", "systemctl --user restart docker");
  const tcp = `tcp://${host.address}:2376`;
  expect([await version(tcp, caller), await listeners()]).toEqual([currentEngine, "rootlesskit\n"]);

  const { changed } = await app.apply("daemon", listening);
  expect(changed).toContain("daemon of app restarted");
  expect([await version(tcp, caller), await listeners()]).toEqual([currentEngine, "dockerd\n"]);
  expect((await app.apply("daemon", listening)).changed).toEqual([]);
  remove();
  await host.destroy();
});

test("programs that another login can exchange: an error, and root does not run them", async () => {
  const host = await bootHost({ engine: true });
  await host.run(`useradd -m bob; install -d -o bob /home/bob/bin
    printf '#!/bin/sh\\nid >>/tmp/ran\\n' >/home/bob/bin/dockerd; chmod 755 /home/bob/bin/dockerd
    ln -s /home/bob/bin/dockerd /usr/local/bin/dockerd`);
  const app = new Installation(host, "a1");
  await app.install();
  for (const step of ["preflight", "engine"] as const) {
    const { exitCode, said } = await app.tryApply(step, wishes);
    expect([exitCode, said.at(-1)]).toEqual([1, expect.stringContaining("/usr/local/bin/dockerd")]);
  }
  expect(await host.run("cat /tmp/ran 2>/dev/null || echo never")).toBe("never\n");
});
