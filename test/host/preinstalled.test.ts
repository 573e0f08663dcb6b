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
  expect([refused.exitCode, refused.said]).toEqual([
    1,
    [
      expect.stringMatching(
        /^preflight: engine\.source: found no dockerd \(package docker\.io of Debian's\), .*on PATH; wanted the whole engine there, for Preinstalled\. To fix: install what is missing, or set engine\.source to Distribution$/,
      ),
    ],
  ]);
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

test("from the distribution's engine, which somebody has removed, to another one on PATH: the daemon goes on with that", async () => {
  const host = await bootHost();
  const app = new Installation(host, "a1");
  await app.applyAll({ ...wishes, engine: {} });
  await host.run(
    `apt-get -q -y purge docker.io docker-cli containerd runc rootlesskit
    tar -x -C /usr/local/bin --strip-components=1`,
    { input: await engineTar() },
  );
  const { engine, daemon } = await app.applyAll(wishes);
  expect(engine.said.join()).not.toContain("not installed");
  expect(daemon.facts.storageDriver).toBeTruthy();
  expect(await asAccount(host, "app", "docker version -f '{{.Server.Version}}'")).toBe(
    `${currentEngine}\n`,
  );
  await app.revertAll(wishes);
  expect(
    await host.run("getent passwd app; pgrep dockerd; ls -d /var/lib/rootless-docker 2>&1 || true"),
  ).toMatch(/^ls: cannot access/);
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
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      expect.stringContaining(
        "/usr/local/bin/dockerd: found it, or what leads to it, another login's to change (/home/bob/bin/dockerd); wanted a program of root's",
      ),
    ]);
  }
  // Others than root may write to the engine's own, by its group or a list.
  await host.run(
    "rm /usr/local/bin/dockerd; apt-get -qq update; apt-get -qqy install acl >/dev/null 2>&1",
  );
  for (const [open, close] of [
    ["chgrp bob $p; chmod 775 $p", "chgrp root $p; chmod 755 $p"],
    ["setfacl -m u:bob:rwx $p", "setfacl -b $p"],
  ]) {
    await host.run(`p=/usr/sbin/dockerd; ${open}; cp $p /root/dockerd
      printf '#!/bin/sh\nid >>/tmp/ran\n' | setpriv --reuid bob --regid bob --clear-groups sh -c "cat >$p"`);
    const { exitCode, said } = await app.tryApply("engine", wishes);
    expect([exitCode, said.at(-1)]).toEqual([
      1,
      expect.stringContaining(
        "/usr/sbin/dockerd: found it, or what leads to it, another login's to change",
      ),
    ]);
    await host.run(`p=/usr/sbin/dockerd; cat /root/dockerd >$p; ${close}`);
  }
  // Nor to a directory with a link on the way to it.
  await host.run(`mkdir /opt/way; ln -s /usr/sbin/dockerd /opt/way/dockerd
    ln -s /opt/way/dockerd /usr/local/bin/dockerd; setfacl -m u:bob:rwx /opt/way`);
  expect((await app.tryApply("engine", wishes)).said.at(-1)).toContain(
    "/usr/local/bin/dockerd: found it, or what leads to it, another login's to change",
  );
  await host.run("rm -r /opt/way; ln -sf /home/bob/bin/dockerd /usr/local/bin/dockerd");
  // Root's own daemon runs, and would be asked for its containers.
  await host.run(`systemctl unmask -q docker.service docker.socket containerd.service
    mv /usr/local/bin/dockerd /usr/local/bin/docker; systemctl start docker.service; pgrep -x dockerd`);
  for (const step of ["preflight", "engine"] as const) {
    const { said } = await app.tryApply(step, { ...wishes, rootfulDocker: RootfulDocker.Refuse });
    expect(said).toEqual(
      expect.arrayContaining([
        expect.stringContaining("a Docker daemon run by root"),
        expect.stringContaining("/usr/local/bin/docker: found it, or what leads to it"),
      ]),
    );
  }
  expect(await host.run("cat /tmp/ran 2>/dev/null || echo never")).toBe("never\n");
});
