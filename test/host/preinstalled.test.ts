import { currentEngine, engineTar } from "../../stand-ins/engine";
import { destroyAllHosts, diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { EngineSource, OnDestroyData, RootfulDocker } from "../../index";
import { asAccount, bootHost, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

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
  const { machine } = await app.applyAll(wishes);
  expect(machine.said.join("\n")).not.toMatch(/^engine: /m);
  expect(machine.facts["versions.engine"]).toMatch(/^26\./);
  await importImage(host, "app");
  expect(await asAccount(host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  for (const { changed } of Object.values(await app.applyAll(wishes))) expect(changed).toEqual([]);
  expect(await app.drift()).toEqual([]);
  await app.revertAll(wishes);
  expect(await host.run("docker network ls -q -f name=theirs | wc -l")).toBe("1\n");
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("what is missing is one error before anything is changed; what Distribution brought stays until destroy", async () => {
  const host = await bootHost();
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  await app.install();
  const refused = await app.tryApply("machine", wishes);
  expect(refused.exitCode).toBe(1);
  for (const word of ["engine.source", "not on PATH: dockerd", "preinstalled", "distribution"])
    expect(refused.said.join("\n")).toContain(word);
  const brought = { ...wishes, engine: {} };
  await app.apply("machine", brought);
  await app.apply("machine", wishes);
  expect(await host.run("command -v dockerd")).toBe("/usr/sbin/dockerd\n");
  await app.revert("machine", wishes);
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

test("a current engine, put on PATH by somebody", async () => {
  const host = await bootHost({ packages: ["uidmap", "slirp4netns", "dbus-user-session"] });
  await host.run("tar -x -C /usr/local/bin --strip-components=1", { input: await engineTar() });
  const before = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const { machine, daemon } = await app.applyAll(wishes);
  expect(machine.facts["versions.engine"]).toBe(currentEngine);
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

test("programs that another login can exchange: an error, and root does not run them", async () => {
  const host = await bootHost({ engine: true });
  await host.run(`useradd -m bob; install -d -o bob /home/bob/bin
    printf '#!/bin/sh\\nid >>/tmp/ran\\n' >/home/bob/bin/dockerd; chmod 755 /home/bob/bin/dockerd
    ln -s /home/bob/bin/dockerd /usr/local/bin/dockerd`);
  const app = new Installation(host, "a1");
  await app.install();
  const { exitCode, said } = await app.tryApply("machine", wishes);
  expect([exitCode, said.at(-1)]).toEqual([1, expect.stringContaining("/usr/local/bin/dockerd")]);
  expect(await host.run("cat /tmp/ran 2>/dev/null || echo never")).toBe("never\n");
});
