import { brokenEngine, currentEngine, earlierEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { PrivilegedPorts } from "../../index";
import { engineHost } from "../support/engineHost";
import { asAccount, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

const given = engineHost();

const wishes: typeof given.withArchives = (...args) => given.withArchives(...args);

test("a version, a container, another version with its data; back from one that does not start; destroy", async () => {
  const app = new Installation(given.host, "a1");
  const ports = { privilegedPorts: PrivilegedPorts.FileCapability };
  await app.applyAll(wishes(earlierEngine, {}, ports));
  expect(await given.version()).toBe(`${earlierEngine}\n`);
  await importImage(given.host, "app");
  expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  const { machine } = await app.applyAll(wishes(currentEngine, {}, ports));
  expect(machine.facts["versions.engine"]).toBe(currentEngine);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  // A port below 1024 by the capability, which the new version's program has, too.
  expect(
    await asAccount(
      given.host,
      "app",
      "docker run --rm -p 80:80 busybox echo here; docker image ls -q | wc -l",
    ),
  ).toBe("here\n1\n");
  expect(await given.host.run("ls /usr/local/lib/rootless-docker | wc -l")).toBe("2\n");
  for (const { changed } of Object.values(await app.applyAll(wishes(currentEngine, {}, ports))))
    expect(changed).toEqual([]);

  expect((await app.tryApply("machine", wishes(brokenEngine, {}, ports))).exitCode).toBe(1);
  await app.applyAll(wishes(currentEngine, {}, ports));
  expect(await given.version()).toBe(`${currentEngine}\n`);
  await app.revertAll(wishes(currentEngine, {}, ports));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("from the distribution's engine to it and back: the packages go and come, the data stay", async () => {
  const app = new Installation(given.host, "a2");
  const distribution: StepArgs = { ...wishes(currentEngine), engine: {} };
  await app.applyAll(distribution);
  await asAccount(given.host, "app", "docker volume create kept");
  await app.applyAll(wishes(currentEngine));
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(
    await given.host.run("dpkg -l docker.io rootlesskit 2>/dev/null | grep -c ^ii || true"),
  ).toBe("0\n");
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  await app.applyAll(distribution);
  expect(await given.version()).toMatch(/^26\./);
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  await app.revertAll(distribution);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("two accounts, each with a version of its own, and the distribution's beside them", async () => {
  const [app, other, third] = ["a3", "a4", "a5"].map(
    (installation) => new Installation(given.host, installation),
  );
  const of = (name: string, engine: StepArgs) => ({ ...engine, account: { name } });
  await app.applyAll(wishes(earlierEngine));
  await other.applyAll(of("other", wishes(currentEngine)));
  const distribution = of("third", { ...wishes(currentEngine), engine: {} });
  const { machine } = await third.applyAll(distribution);
  // Nobody else's daemon starts again for it.
  expect(machine.changed.join()).not.toMatch(/daemon of (app|other)/);
  const versions = await Promise.all(["app", "other", "third"].map(given.version));
  expect(versions).toEqual([
    `${earlierEngine}\n`,
    `${currentEngine}\n`,
    expect.stringMatching(/^26\./),
  ]);
  await app.revertAll(wishes(earlierEngine));
  await third.revertAll(distribution);
  await other.revertAll(of("other", wishes(currentEngine)));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test.each([
  {
    what: "another sum than the one that is named",
    engine: { rootlessExtrasSha256: "0".repeat(64) },
    says: /docker-rootless-extras-29\.8\.1\.tgz: .*0{64}/,
  },
  {
    what: "a mirror that does not have it",
    engine: { version: "29.9.9" },
    says: /docker-29\.9\.9\.tgz: .*404/,
  },
])("$what: an error, and nothing is changed", async ({ engine, says }) => {
  const app = new Installation(given.host, "a6");
  const wrong = wishes(currentEngine, engine);
  await app.install();
  const { exitCode, said } = await app.tryApply("machine", wrong);
  expect([exitCode, said.at(-1)]).toEqual([1, expect.stringMatching(says)]);
  expect(await given.host.run("ls /usr/local/lib/rootless-docker 2>/dev/null || true")).toBe("");
  await app.revert("machine", wrong);
  await app.revertAgent();
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

const folder = "/usr/local/lib/rootless-docker";
const root = (command: string): Promise<string> => given.host.run(command);

test("cut off while it unpacks, removes, or starts a version that does not: the next run goes on", async () => {
  const app = new Installation(given.host, "a1");
  const kill = (when: string) =>
    root(
      `until ${when}; do sleep .01; done; kill -9 $(pgrep -f 'agents/a1/agent (apply|update) machine')`,
    );
  await app.install();
  const [unpacking] = await Promise.all([
    app.tryApply("machine", wishes(earlierEngine)),
    kill(`ls -d ${folder}/*.new 2>/dev/null`),
  ]);
  expect(unpacking.exitCode).not.toBe(0);
  await app.applyAll(wishes(earlierEngine));
  expect(await root(`ls -d ${folder}/*.new 2>/dev/null || true`)).toBe("");
  const [starting] = await Promise.all([
    app.tryApply("machine", wishes(brokenEngine)),
    kill(`readlink ${folder}/a1 | grep -q ${brokenEngine}`),
  ]);
  expect(starting.exitCode).not.toBe(0);
  await app.applyAll(wishes(earlierEngine));
  expect(await given.version()).toBe(`${earlierEngine}\n`);
  const runc = `${given.host.root}${folder}/docker-${earlierEngine}-*/runc`;
  await execOrThrow("sh", ["-c", `chattr +i ${runc}`]);
  const { exitCode } = await app.tryApply("machine", wishes(currentEngine));
  await execOrThrow("sh", ["-c", `chattr -i ${runc}`]);
  expect(exitCode).not.toBe(0);
  await app.applyAll(wishes(earlierEngine));
  await app.revertAll(wishes(earlierEngine));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a docker of somebody's own on PATH stays, and the link is nobody else's", async () => {
  const app = new Installation(given.host, "a1");
  await root(
    "printf '#!/bin/sh\\necho theirs\\n' >/usr/local/bin/docker; chmod +x /usr/local/bin/docker",
  );
  await app.applyAll(wishes(currentEngine));
  expect(await root("docker")).toBe("theirs\n");
  await app.revertAll(wishes(currentEngine));
  expect(await root("docker; rm /usr/local/bin/docker")).toBe("theirs\n");
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("root runs nothing of a place that another login can change", async () => {
  await root(`useradd evil; mkdir -p ${folder}/a1; chown -R evil ${folder}
    for name in cat sed id stat mktemp dockerd; do
      printf '#!/bin/sh\\ntouch /run/planted\\n' >${folder}/a1/$name; chmod +x ${folder}/a1/$name
    done`);
  const app = new Installation(given.host, "a1");
  expect((await app.tryUp(wishes(currentEngine))).exitCode).toBe(1);
  await app.tryDestroy();
  await root(`none ls /run/planted; userdel evil; rm -rf ${folder}`);
});
