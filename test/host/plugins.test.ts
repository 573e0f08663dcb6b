import { currentEngine, earlierEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { EnginePlugin, EngineSource } from "../../index";
import {
  applyEngine,
  engineHost,
  type Refused,
  revertEngine,
  testRefused,
} from "../../testkit/engineHost";
import { asAccount, daemonStart, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

const given = engineHost();

const both = [EnginePlugin.Buildx, EnginePlugin.Compose];

/** The distribution's engine, with plugins. */
const distribution = (plugins: EnginePlugin[], engine?: StepArgs["engine"]): StepArgs =>
  given.withRepository({
    ...{ source: undefined, mirror: undefined, mirrorKey: undefined },
    ...{ plugins, ...engine },
  });

/** Docker's packages, with plugins. */
const docker = (plugins: EnginePlugin[], engine?: StepArgs["engine"]): StepArgs =>
  given.withRepository({ plugins, ...engine });

/** Packages of plugins, whole or in part there. */
async function packages(): Promise<string[]> {
  const there = await given.host.run(
    "dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' 'docker-*' | sed -n '/^.n/d; s/.* \\(docker-\\(buildx\\|compose\\).*\\)/\\1/p'",
  );
  return there.split("\n").filter(Boolean);
}

/** Installs a package docker-compose-plugin of somebody's own, with what is in /root/deb. */
const installDeb = `mkdir -p /root/deb/DEBIAN
  printf 'Package: docker-compose-plugin\\nVersion: 1\\nArchitecture: all\\nMaintainer: x\\nDescription: x\\n' >/root/deb/DEBIAN/control
  dpkg-deb -b /root/deb /root/one.deb; dpkg -i /root/one.deb; rm -r /root/deb /root/one.deb`;

/** What a step reported of plugins. */
const versions = ({
  "versions.buildx": buildx,
  "versions.compose": compose,
}: Record<string, string>) => ({ buildx, compose });

const agent = "/var/lib/rootless-docker/agent";

/** What the doctor says of plugins, with its exit code. */
async function doctor() {
  const { exitCode, stdout, stderr } = await given.host.ssh(`sh ${agent} doctor`);
  expect(stderr).toBe("");
  const lines = stdout.split("\n").map((line) => line.replace(/ +/g, " "));
  const at = lines.findIndex((line) => / docker (buildx|compose) /.test(line));
  return { exitCode, lines: at < 0 ? [] : lines.slice(at, at + 3) };
}

/** Builds an image and runs a service of it, as the account. */
async function useBoth(): Promise<void> {
  await importImage(given.host, "app");
  const said = await asAccount(
    given.host,
    "app",
    `mkdir -p ~/try; cd ~/try
    printf 'FROM busybox\\nRUN echo built >/said\\nCMD ["cat", "/said"]\\n' >Dockerfile
    docker buildx build --load -t built . >/dev/null 2>&1
    printf 'services:\\n  one:\\n    image: built\\n' >compose.yml
    docker compose up 2>/dev/null | grep -o built
    docker compose down 2>/dev/null
    docker buildx version | cut -d ' ' -f 1; docker compose version | cut -d ' ' -f 1-3`,
  );
  expect(said).toBe("built\ngithub.com/docker/buildx\nDocker Compose version\n");
}

test("of the distribution: an image and a service; one is taken out, and comes back; no restart; destroy", async () => {
  const app = new Installation(given.host, "a1");
  await app.applyAll(distribution([]));
  expect(await packages()).toEqual([]);
  const started = await daemonStart(given.host, "app");
  expect(versions((await app.apply("engine", distribution([]))).facts)).toEqual({});
  const { engine } = await app.applyAll(distribution(both));
  expect(engine.changed.filter((line) => line.startsWith("package "))).toEqual([
    expect.stringMatching(/^package docker-buildx \S+ installed$/),
    expect.stringMatching(/^package docker-compose \S+ installed$/),
  ]);
  expect(versions(engine.facts)).toEqual({ buildx: "0.13.1+ds1", compose: "2.26.1-4" });
  await useBoth();
  expect(await given.host.run("apt-get -s autoremove")).not.toMatch(/^Remv docker/m);
  for (const { changed } of Object.values(await app.applyAll(distribution(both))))
    expect(changed).toEqual([]);
  expect((await app.applyAll(distribution([EnginePlugin.Compose]))).engine.changed).toEqual([
    "packages removed: docker-buildx",
  ]);
  expect(await packages()).toEqual(["docker-compose"]);
  expect(versions((await app.apply("engine", distribution([EnginePlugin.Compose]))).facts)).toEqual(
    { compose: "2.26.1-4" },
  );
  await app.applyAll(distribution([EnginePlugin.Buildx]));
  expect(await packages()).toEqual(["docker-buildx"]);
  expect(await daemonStart(given.host, "app")).toBe(started);
  await app.revertAll(distribution([EnginePlugin.Buildx]));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("the doctor says which one that is asked for does not answer; one of the account's own is never run", async () => {
  const app = new Installation(given.host, "a1");
  await app.applyAll(distribution(both));
  expect(await doctor()).toEqual({
    exitCode: 0,
    lines: ["ok docker buildx 0.13.1+ds1", "ok docker compose 2.26.1-4", expect.anything()],
  });
  // The account's own comes first for its own CLI.
  await asAccount(
    given.host,
    "app",
    `mkdir -p ~/.docker/cli-plugins; cd ~/.docker/cli-plugins
    printf '#!/bin/sh\\nid -u >>/tmp/ran\\necho "github.com/docker/buildx v9.9.9 x"\\n' >docker-buildx
    chmod 755 docker-buildx`,
  );
  const place = (await given.host.run("ls -d /usr/l*/docker/cli-plugins/docker-buildx")).trim();
  await given.host.run(`mv ${place} /root/docker-buildx; printf '#!/bin/sh\\nexit 1\\n' >${place}
    chmod 755 ${place}`);
  expect(await doctor()).toEqual({
    exitCode: 1,
    lines: [
      expect.stringMatching(
        /^problem docker buildx that 'docker buildx version' as app says '.*buildx.*'$/,
      ),
      " wanted: its version, since engine.plugins names it",
      " to fix: install the package docker-buildx anew with apt-get, or leave buildx out of engine.plugins",
    ],
  });
  expect(versions((await app.apply("engine", distribution(both))).facts)).toEqual({
    compose: "2.26.1-4",
  });
  await given.host.run(`rm ${place}`);
  expect((await doctor()).lines.at(-1)).toMatch(
    /^ to fix: put docker-buildx into one of \/usr\/local\/lib\/docker\/cli-plugins, .*, or leave buildx out of engine\.plugins$/,
  );
  await given.host.run("apt-get -q -y install --reinstall docker-buildx");
  expect((await doctor()).exitCode).toBe(0);
  expect((await given.host.ssh("test -e /tmp/ran")).exitCode).toBe(1);
  // One that another login can change is run by nobody but the accounts.
  const local = "/usr/local/lib/docker/cli-plugins";
  await given.host.run(`useradd bob; install -d ${local}; cp ${place} ${local}/docker-buildx
    chown bob ${local}/docker-buildx`);
  const { facts } = await app.apply("engine", distribution(both));
  expect(versions(facts)).toEqual({ compose: "2.26.1-4" });
  expect((await doctor()).exitCode).toBe(0);
  await given.host.run("rm -r /usr/local/lib/docker; userdel bob");
  await app.revertAll(distribution(both));
  await given.host.run("rm -rf /root/docker-buildx");
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("from one source to another each one's packages go, a version of the engine leaves them; no restart", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, distribution(both));
  await app.applyAll(docker(both, { version: earlierEngine }));
  expect(await packages()).toEqual(["docker-buildx-plugin", "docker-compose-plugin"]);
  await useBoth();
  const { engine } = await app.applyAll(docker(both, { version: currentEngine }));
  expect(engine.changed.join()).not.toMatch(/buildx|compose/);
  expect(versions(engine.facts)).toEqual({
    buildx: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    compose: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
  });
  const started = await daemonStart(given.host, "app");
  const preinstalled = { source: EngineSource.Preinstalled, version: undefined };
  const one = distribution([EnginePlugin.Compose], preinstalled);
  for (const step of ["preflight", "engine"] as const) await app.apply(step, one);
  expect(await packages()).toEqual(["docker-compose-plugin"]);
  expect(await daemonStart(given.host, "app")).toBe(started);
  for (const step of ["preflight", "engine"] as const) await app.apply(step, distribution(both));
  expect(await packages()).toEqual(["docker-buildx", "docker-compose"]);
  await app.revertAll(distribution(both));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("one that was there before stays, and one that another account has, as long as it has it", async () => {
  // The other one has no program in it.
  await given.host.run(
    `apt-get -q update && apt-get -q -y install --no-install-recommends docker-compose && ${installDeb}`,
  );
  const there = await snapshotHost(given.host);
  const [app, other] = ["a1", "b1"].map((lease) => new Installation(given.host, lease));
  const others = { ...distribution([EnginePlugin.Buildx]), account: { name: "other" } };
  await applyEngine(app, distribution(both));
  await applyEngine(other, others);
  const { changed } = await app.apply("engine", distribution([]));
  expect(changed).toEqual([]);
  const all = ["docker-buildx", "docker-compose", "docker-compose-plugin"];
  expect(await packages()).toEqual(all);
  await app.apply("engine", distribution([EnginePlugin.Buildx]));
  await revertEngine(other, others);
  expect(await packages()).toEqual(all);
  await revertEngine(app, distribution([]));
  expect(diffSnapshots(there, await snapshotHost(given.host))).toEqual([]);
  await given.host.run("apt-get -q -y purge docker-compose docker-compose-plugin");
});

test("one that somebody has asked for meanwhile stays, and is in the way of another source's", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, distribution(both));
  await given.host.run("apt-mark manual docker-buildx");
  const { exitCode, said } = await app.tryApply("engine", docker(both));
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    "engine: engine.plugins: found packages with the same files: docker-buildx (somebody has marked it as manually installed, or held it); wanted none but docker-buildx-plugin docker-compose-plugin. To fix: remove them yourself where nobody needs them, or leave their plugins out of engine.plugins",
  ]);
  expect((await app.apply("engine", distribution([]))).said.join()).toContain(
    "package docker-buildx stays: somebody has marked it as manually installed, or held it",
  );
  expect(await packages()).toEqual(["docker-buildx"]);
  await revertEngine(app, distribution([]));
  // It recommends docker-cli, which stays for it.
  await given.host.run(
    "apt-get -q -y purge docker-buildx docker-cli; rm -rf /var/lib/rootless-docker",
  );
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

const program = "/usr/libexec/docker/cli-plugins/docker-compose";
const refused: Refused[] = [
  {
    what: "one that a machine with its own engine does not have",
    engine: { source: EngineSource.Preinstalled, plugins: both },
    says: /engine\.plugins: found no docker-compose in \/usr\/local\/lib\/docker\/cli-plugins, .*; wanted it there, for Preinstalled\. To fix: install the package docker-compose, or leave it out of the list$/,
  },
  {
    what: "one that the distribution does not have as a plugin",
    first: "cp /etc/debian_version /root; echo 12.12 >/etc/debian_version",
    then: "mv /root/debian_version /etc",
    engine: { plugins: [EnginePlugin.Compose] },
    says: /engine\.plugins: found .*, which has no package of the plugin compose; .* set engine\.source to DockerRepository; or put docker-compose into \/usr\/local\/lib\/docker\/cli-plugins yourself$/,
  },
  {
    what: "a program of somebody else's in the place of one",
    first: `install -D /bin/true ${program}`,
    then: "rm -r /usr/libexec/docker",
    engine: { plugins: both },
    says: /engine\.plugins: found \S+\/docker-compose, which is of no package, in the place of the package docker-compose; wanted nothing there\. To fix: leave compose out of the list, and what is there stays; or remove it yourself$/,
  },
  {
    what: "a package of somebody else's in the place of one",
    first: `install -D /bin/true /root/deb${program}; ${installDeb}`,
    then: "dpkg --purge docker-compose-plugin",
    engine: { plugins: both },
    says: /engine\.plugins: found the package docker-compose-plugin, in the place of the package docker-compose; wanted nothing there/,
  },
];

test("a Compose of somebody else's, for Docker's packages: an error, and nothing is changed", async () => {
  await given.host.run("apt-get -q -y install --no-install-recommends docker-compose");
  const app = new Installation(given.host, "a1");
  await app.install();
  const { exitCode, said } = await app.tryApply("preflight", docker([EnginePlugin.Compose]));
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringContaining(
      "found the package docker-compose, in the place of the package docker-compose-plugin",
    ),
  ]);
  await app.revertAgent();
  await given.host.run("apt-get -q -y purge docker-compose");
});

testRefused(
  given,
  refused.map((row) => ({ ...row, step: "preflight" })),
  (engine) => distribution([], engine),
);
