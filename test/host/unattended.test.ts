import { currentEngine, earlierEngine } from "../../testbed/engine";
import { engineHost } from "../../testkit/engineHost";
import { asAccount, daemonStart, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// Debian's unattended-upgrades, allowed to upgrade Docker's packages, replaces them under a daemon that runs.
const given = engineHost();
let app: Installation;

/** What the program says: a version, or none. */
const apply = (version?: string) => app.applyAll(given.withRepository({ version }));
const installed = () =>
  given.host.run("dpkg-query -W -f '${Version}\\n' docker-ce docker-ce-rootless-extras | sort -u");
const packageOf = (version: string) => `5:${version}-1~debian.13~trixie`;
const container = () =>
  asAccount(given.host, "app", "docker inspect -f '{{.State.Status}} {{.State.Pid}}' kept");

/** With containers, and an earlier engine that is replaced. The program says nothing of a version, unless it does. */
async function upgradeUnder(version?: string): Promise<void> {
  await apply(earlierEngine);
  if (version === undefined) await apply();
  const before = [await daemonStart(given.host, "app"), await container()];
  const said = await given.host.run("apt-get -q update && unattended-upgrade -v");
  expect(said).toContain("All upgrades installed");
  expect(await installed()).toBe(`${packageOf(currentEngine)}\n`);
  // Nothing restarts it: it is the old one, and so are its containers; new ones start, too.
  expect(await given.version()).toBe(`${earlierEngine}\n`);
  expect([await daemonStart(given.host, "app"), await container()]).toEqual(before);
  await asAccount(given.host, "app", "docker run --rm busybox true");
}

beforeAll(async () => {
  app = new Installation(given.host, "a1");
  await apply(earlierEngine);
  await importImage(given.host, "app");
  await asAccount(
    given.host,
    "app",
    "docker run -d --name kept --restart unless-stopped busybox sleep 9999",
  );
  await given.host.run(
    `apt-get -q -y install --no-install-recommends unattended-upgrades
    echo 'Unattended-Upgrade::Origins-Pattern { "origin=Docker,label=Docker CE"; };' >/etc/apt/apt.conf.d/60docker`,
  );
});

test("a version that the program names: a preview says what is there, and the next run brings it back", async () => {
  await upgradeUnder(earlierEngine);
  const running = await container();
  expect(await app.drift()).toEqual([
    {
      step: "engine",
      about: "version of docker-ce",
      found: packageOf(currentEngine),
      wanted: earlierEngine,
      applied: expect.any(String) as string,
    },
  ]);
  const { engine, daemon } = await apply(earlierEngine);
  expect(engine.changed).toContain(`package docker-ce ${packageOf(earlierEngine)} installed`);
  expect(daemon.facts["daemon.version"]).toBe(earlierEngine);
  expect(await installed()).toBe(`${packageOf(earlierEngine)}\n`);
  // The daemon has never run with another one.
  expect(await container()).toBe(running);
  expect(await app.drift()).toEqual([]);
});

test("no version in the program: the newer one stays, and the next run starts it, once", async () => {
  await upgradeUnder();
  expect(await app.drift()).toEqual([]);
  const steps = await apply();
  // By the first step that comes to its end.
  expect(Object.values(steps).flatMap(({ changed }) => changed)).toEqual([
    "daemon of app restarted",
  ]);
  expect(steps.engine.facts["versions.engine"]).toBe(currentEngine);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await container()).toMatch(/^running /);
});

test("so does a reboot, and nothing is taken for drift", async () => {
  await upgradeUnder();
  await given.host.reboot();
  await given.host.run("until [ -S /run/user/$(id -u app)/docker.sock ]; do sleep 0.2; done");
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await container()).toMatch(/^running /);
  expect(await app.drift()).toEqual([]);
  const { engine } = await apply();
  expect(engine.changed.join()).not.toContain("package");
  expect(engine.facts["versions.engine"]).toBe(currentEngine);
});
