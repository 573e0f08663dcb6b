import { currentEngine } from "../../stand-ins/engine";
import type { TestHost } from "../../stand-ins/hosts";
import { ShownControllers } from "./controllers";
import { engineHost } from "../support/engineHost";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

// What only a stock kernel shows is tested on virtual machines (test/kernel).

const given = engineHost({ engine: true });
let host: TestHost;
let app: Installation;
// Control groups are a matter of their own.
const wishes: StepArgs = { account: { name: "app", cgroupControllers: [] } };
const tryApply = (more: StepArgs = {}) => app.tryApply("machine", { ...wishes, ...more });
/** What it changes. Anything but success throws. */
const apply = async (more: StepArgs = {}) =>
  (await app.apply("machine", { ...wishes, ...more })).changed;

beforeAll(async () => {
  host = given.host;
  app = new Installation(host, "a1");
  await app.install();
  await apply();
});

describe("sysctls", () => {
  const value = async () => (await host.run("cat /proc/sys/net/core/somaxconn")).trim();

  test("a further setting is set, kept in a file, and comes back when it is dropped", async () => {
    const before = await value();
    const asked: StepArgs = { kernel: { sysctls: { "net.core.somaxconn": "1234" } } };
    await apply(asked);
    const file = "/etc/sysctl.d/99-zz-rootless-docker-net.core.somaxconn.conf";
    expect(await value()).toBe("1234");
    expect(await host.run(`tail -n 1 ${file}`)).toBe("net.core.somaxconn = 1234\n");
    expect(await apply(asked)).toEqual([]);
    await apply();
    await host.run(`none ls ${file}`);
    expect(await value()).toBe(before);
  });

  test("one that the kernel does not have is an error that names it", async () => {
    const { exitCode, said } = await tryApply({ kernel: { sysctls: { "net.core.nothing": "1" } } });
    expect(exitCode).toBe(1);
    expect(said.join("\n")).toContain("net.core.nothing");
    await apply();
  });
});

test("a setting that this kernel does not have stays absent", async () => {
  const [clone, file] = [
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/etc/sysctl.d/99-zz-rootless-docker-kernel.unprivileged_userns_clone.conf",
  ];
  await apply();
  const exists = async (path: string) => (await host.ssh(`test -e ${path}`)).exitCode === 0;
  expect(await exists(file)).toBe(await exists(clone));
});

describe("appArmorProfile", () => {
  const profile = "/etc/apparmor.d/rootless-docker.usr.bin.rootlesskit";
  // The one fact of a kernel that restricts user namespaces which the choice is made from.
  const restricted = (value: string) =>
    host.run(
      `cp -r /proc/sys/kernel /run 2>/dev/null || true
      echo ${value} >/run/kernel/apparmor_restrict_unprivileged_userns
      mountpoint -q /proc/sys/kernel || mount --bind /run/kernel /proc/sys/kernel`,
    );
  const there = async () => (await host.ssh(`test -e ${profile}`)).exitCode === 0;

  afterEach(() => host.run("mountpoint -q /proc/sys/kernel && umount /proc/sys/kernel || true"));

  test("where nothing is restricted, nothing is written", async () => {
    expect(await apply()).toEqual([]);
    await restricted("0");
    expect(await apply()).toEqual([]);
    expect(await there()).toBe(false);
  });

  test("None writes nothing where it is restricted", async () => {
    await restricted("1");
    expect(await apply({ kernel: { appArmorProfile: "none" } })).toEqual([]);
    expect(await there()).toBe(false);
  });

  test("a profile of the host's own for the same program is enough", async () => {
    await restricted("1");
    await host.run(`mkdir -p /etc/apparmor.d; cat >/etc/apparmor.d/rootlesskit`, {
      input:
        "abi <abi/4.0>,\nprofile rootlesskit /usr/bin/rootlesskit flags=(unconfined) {\n userns,\n}\n",
    });
    expect(await apply()).toEqual([]);
    expect(await there()).toBe(false);
    await host.run("rm -r /etc/apparmor.d");
  });

  test.each<[string, () => StepArgs, string]>([
    ["rootless-docker.usr.bin.rootlesskit", () => ({}), "/usr/bin/rootlesskit"],
    [
      "rootless-docker.usr.local.lib.rootless-docker.docker-.rootlesskit",
      () => given.withArchives(currentEngine),
      "/usr/local/lib/rootless-docker/docker-*/rootlesskit",
    ],
  ])(
    "without AppArmor's own parser: an error that says what to do, and nothing left by the next run: %s",
    async (name, asked, program) => {
      await restricted("1");
      const { exitCode, said } = await tryApply(asked());
      expect(exitCode).toBe(1);
      expect(said.at(-1)).toContain("apparmor_parser");
      expect(await host.run(`cat /etc/apparmor.d/${name}`)).toContain(
        `profile ${name} ${program} flags=(unconfined) {\n  userns,\n}\n`,
      );
      await restricted("0");
      await apply(asked());
      expect(await host.run("ls -d /etc/apparmor.d 2>/dev/null || true")).toBe("");
    },
  );
});

describe("cgroupControllers", () => {
  // The default: all five.
  const withAll = { account: { name: "app" } };

  // The tests above may have left an account with all of them.
  beforeAll(() => apply());

  const delegated = async () =>
    (
      await host.run("systemctl show -p DelegateControllers --value user@$(id -u app).service")
    ).trim();
  const dropin = "/etc/systemd/system/user@*.service.d/rootless-docker.conf";

  test("all five are delegated to the account, and to nobody else", async () => {
    const { changed } = await app.apply("machine", withAll);
    expect(changed).toContainEqual(
      expect.stringMatching(
        /^\/etc\/systemd\/system\/user@\d+\.service\.d\/rootless-docker\.conf: written$/,
      ),
    );
    expect((await delegated()).split(" ").sort()).toEqual([
      "cpu",
      "cpuset",
      "io",
      "memory",
      "pids",
    ]);
    expect(
      await host.run("systemctl show -p DelegateControllers --value user@12345.service"),
    ).not.toContain("cpuset");
    expect((await app.apply("machine", withAll)).changed).toEqual([]);
  });

  test("dropped, the host's own delegation is there again", async () => {
    const changed = await apply();
    expect(changed).toContainEqual(expect.stringMatching(/rootless-docker\.conf/));
    expect(await delegated()).toBe(
      (await host.run("systemctl show -p DelegateControllers --value user@12345.service")).trim(),
    );
    expect(await host.run(`ls -d ${dropin} 2>/dev/null || true`)).toBe("");
  });

  describe("where the kernel has controllers", () => {
    const all = "cpuset cpu io memory pids";
    const restarted = "service manager of app restarted";
    let shown: ShownControllers;
    const restarts = async () =>
      (await shown.calls()).filter((call) => call.startsWith("restart user@")).length;

    beforeAll(async () => {
      await host.run(
        `apt-get -q update && apt-get -q -y --no-install-recommends install dbus-user-session
        systemctl restart user@$(id -u app).service`,
      );
      shown = new ShownControllers(host);
      await shown.begin();
    });
    afterAll(() => shown.end());
    beforeEach(async () => {
      await shown.show("");
      await apply();
    });

    test("those that arrive a little later need no restart", async () => {
      await shown.show("memory pids", {
        reload: `(sleep 0.7; echo ${all} >/run/shown/account) >/dev/null 2>&1 &`,
      });
      expect((await app.apply("machine", withAll)).changed).not.toContain(restarted);
    });

    test("those that never arrive: one restart, said once", async () => {
      await shown.show("memory pids");
      const { changed, said } = await app.apply("machine", withAll);
      expect(changed).toContain(restarted);
      expect(said.join("\n")).toMatch(/app still has only the controllers '.*' of '.*'/);
      const again = await app.apply("machine", withAll);
      expect([again.changed, again.said]).toEqual([[], ["machine: nothing to change"]]);
      expect(await restarts()).toBe(1);
    });
  });
});
