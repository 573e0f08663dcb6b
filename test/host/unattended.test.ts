import { currentEngine, type Distribution, earlierEngine } from "../../stand-ins/engine";
import { engineHost } from "../support/engineHost";
import { asAccount, daemonStart, importImage } from "../support/host";
import { Installation } from "../support/installation";

// A machine that upgrades its packages by itself, Docker's too, under a daemon that runs.

interface Machine {
  by: string;
  like?: Distribution;
  /** What its administrator does once. */
  first: string;
  /** What a timer runs. */
  upgrades: string;
  /** The version of the package docker-ce of an engine, and the command that prints the one that is there. */
  packaged: (engine: string) => string;
  asks: string;
}

const machines: Machine[] = [
  {
    by: "unattended-upgrades, allowed to upgrade what is Docker's",
    first: `apt-get -q -y install --no-install-recommends unattended-upgrades
      echo 'Unattended-Upgrade::Origins-Pattern { "origin=Docker,label=Docker CE"; };' >/etc/apt/apt.conf.d/60docker`,
    upgrades: "apt-get -q update && unattended-upgrade -v",
    packaged: (engine) => `5:${engine}-1~debian.13~trixie`,
    asks: "dpkg-query -W -f '${Version}' docker-ce",
  },
  {
    by: "dnf-automatic",
    like: "fedora",
    first: "test -e /etc/dnf/automatic.conf",
    // The one line of its program, which Debian's package of dnf does not have.
    upgrades: `python3 -c 'import sys; from dnf.automatic.main import main; sys.exit(main(["--installupdates"]))'`,
    packaged: (engine) => `3:${engine}-1.fc44`,
    asks: "rpm -q --qf '%{EPOCH}:%{VERSION}-%{RELEASE}' docker-ce",
  },
];

describe.each(machines)("by $by", ({ like, first, upgrades, packaged, asks }) => {
  const given = engineHost({ like });
  let app: Installation;

  const apply = (version?: string) => app.applyAll(given.withRepository({ version }));
  const container = () =>
    asAccount(given.host, "app", "docker inspect -f '{{.State.Status}} {{.State.Pid}}' kept");

  /** The earlier engine is replaced. The program names it, or no version. */
  async function upgradeUnder(version?: string): Promise<void> {
    await apply(earlierEngine);
    if (version === undefined) await apply();
    const before = [await daemonStart(given.host, "app"), await container()];
    await given.host.run(upgrades);
    expect(await given.host.run(asks)).toBe(packaged(currentEngine));
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
    await given.host.run(first);
  });

  test("a version that the program names: a preview says what is there, and the next run brings it back", async () => {
    await upgradeUnder(earlierEngine);
    const running = await container();
    expect(await app.drift()).toEqual([
      {
        step: "machine",
        about: "version of docker-ce",
        found: packaged(currentEngine),
        wanted: earlierEngine,
        applied: expect.any(String) as string,
      },
    ]);
    const { machine, daemon } = await apply(earlierEngine);
    expect(machine.changed).toContain(`package docker-ce ${packaged(earlierEngine)} installed`);
    expect(daemon.facts["daemon.version"]).toBe(earlierEngine);
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
    expect(steps.machine.facts["versions.engine"]).toBe(currentEngine);
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
    const { machine } = await apply();
    expect(machine.changed.join()).not.toContain("package");
    expect(machine.facts["versions.engine"]).toBe(currentEngine);
  });
});
