import { currentEngine, earlierEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { EnginePlugin, EngineSource } from "../../index";
import { applyEngine, engineHost, type Refused, testRefused } from "../support/engineHost";
import { asAccount, daemonStart, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

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

/** What a step reported of plugins. */
const versions = ({
  "versions.buildx": buildx,
  "versions.compose": compose,
}: Record<string, string>) => ({ buildx, compose });

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

test("of the distribution: an image and a service; taken out they stay until destroy; no restart", async () => {
  const app = new Installation(given.host, "a1");
  await app.applyAll(distribution([]));
  expect(await packages()).toEqual([]);
  const started = await daemonStart(given.host, "app");
  expect(versions((await app.apply("machine", distribution([]))).facts)).toEqual({});
  const { machine } = await app.applyAll(distribution(both));
  expect(versions(machine.facts)).toEqual({ buildx: "0.13.1+ds1", compose: "2.26.1-4" });
  await useBoth();
  expect(await given.host.run("apt-get -s autoremove")).not.toMatch(/^Remv docker/m);
  for (const { changed } of Object.values(await app.applyAll(distribution(both))))
    expect(changed).toEqual([]);
  await app.applyAll(distribution([]));
  expect(await packages()).toEqual(["docker-buildx", "docker-compose"]);
  expect(await daemonStart(given.host, "app")).toBe(started);
  await app.revertAll(distribution([]));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("from one source to another each one's packages go, a version of the engine leaves them; no restart", async () => {
  const app = new Installation(given.host, "a1");
  await applyEngine(app, distribution(both));
  await app.applyAll(docker(both, { version: earlierEngine }));
  expect(await packages()).toEqual(["docker-buildx-plugin", "docker-compose-plugin"]);
  await useBoth();
  const { machine } = await app.applyAll(docker(both, { version: currentEngine }));
  expect(machine.changed.join()).not.toMatch(/buildx|compose/);
  expect(versions(machine.facts)).toEqual({
    buildx: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    compose: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
  });
  const started = await daemonStart(given.host, "app");
  const preinstalled = { source: EngineSource.Preinstalled, version: undefined };
  const one = distribution([EnginePlugin.Compose], preinstalled);
  await app.apply("machine", one);
  expect(await packages()).toEqual(["docker-buildx-plugin", "docker-compose-plugin"]);
  expect(await daemonStart(given.host, "app")).toBe(started);
  await app.apply("machine", distribution(both));
  expect(await packages()).toEqual(["docker-buildx", "docker-compose"]);
  await app.revertAll(distribution(both));
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

const program = "/usr/libexec/docker/cli-plugins/docker-compose";
const refused: Refused[] = [
  {
    what: "one that a machine with its own engine does not have",
    engine: { source: EngineSource.Preinstalled, plugins: both },
    says: /engine\.plugins: .*docker-compose/,
  },
  {
    what: "one that the distribution does not have as a plugin",
    first: "cp /etc/debian_version /root; echo 12.12 >/etc/debian_version",
    then: "mv /root/debian_version /etc",
    engine: { plugins: [EnginePlugin.Compose] },
    says: /engine\.plugins: docker-compose is not in .*, and engine\.source has no package for it/,
  },
  {
    what: "a program of somebody else's in the place of one",
    first: `install -D /bin/true ${program}`,
    then: "rm -r /usr/libexec/docker",
    engine: { plugins: both },
    says: /engine\.plugins: \S+\/docker-compose exists, and the package docker-compose would overwrite it/,
  },
];

testRefused(given, refused, (engine) => distribution([], engine));
