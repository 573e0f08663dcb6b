import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { asAccount, bootHost, daemonStart } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

/** One host with everything on it: each test changes one thing, and leaves it as it likes. */
let host: TestHost;
let app: Installation;
const plain: StepArgs = { account: { name: "app" } };

beforeAll(async () => {
  host = await bootHost({ engine: true });
  app = new Installation(host, "a1");
  await app.applyAll(plain);
});

describe("kernel", () => {
  const key = "net.ipv4.ping_group_range";
  const value = async () => (await host.run(`cat /proc/sys/net/ipv4/ping_group_range`)).trim();

  test("a value follows its setting; dropped, the host's own comes back", async () => {
    await app.apply("kernel", { ...plain, unprivilegedPing: { enabled: false } });
    await host.run(`echo '7 9' >/proc/sys/net/ipv4/ping_group_range`);
    expect((await app.apply("kernel", { unprivilegedPing: { groups: "0 1000" } })).changed).toEqual(
      [`/etc/sysctl.d/99-zz-rootless-docker-${key}.conf written`, `${key}: 7 9 -> 0 1000`],
    );
    expect(await value()).toBe("0\t1000");
    expect(
      (await app.apply("kernel", { unprivilegedPing: { groups: "0 2000" } })).changed,
    ).toContain(`${key}: 0 1000 -> 0 2000`);
    const dropped = await app.apply("kernel", { unprivilegedPing: { enabled: false } });
    expect(dropped.changed).toEqual([
      `/etc/sysctl.d/99-zz-rootless-docker-${key}.conf removed`,
      `${key} restored to 7 9`,
    ]);
    expect(await value()).toBe("7\t9");
  });

  test("a file of the host's own at the same path comes back byte for byte", async () => {
    const file = `/etc/sysctl.d/99-zz-rootless-docker-${key}.conf`;
    await host.run(`printf '# mine' >${file}; chmod 640 ${file}; chown daemon ${file}`);
    await app.apply("kernel", plain);
    expect(await host.run(`tail -n 1 ${file}`)).toBe(`${key} = 0 2147483647\n`);
    await app.apply("kernel", { unprivilegedPing: { enabled: false } });
    expect(await host.run(`cat ${file}; stat -c ' %a %U' ${file}; rm ${file}`)).toBe(
      "# mine 640 daemon\n",
    );
  });
});

describe("ports", () => {
  const capability = async () => (await host.run("getcap $(command -v rootlesskit)")).trim();

  test("FileCapability survives a reinstalled package, restarts once, and goes again", async () => {
    const before = await daemonStart(host, "app");
    const { changed } = await app.apply("ports", { privilegedPorts: "FileCapability" });
    expect(changed).toContain("/usr/bin/rootlesskit: cap_net_bind_service=ep");
    expect(changed).toContain("daemon of app restarted");
    expect(await capability()).toBe("/usr/bin/rootlesskit cap_net_bind_service=ep");
    const after = await daemonStart(host, "app");
    expect(after).not.toBe(before);
    await host.run("apt-get -q update; apt-get -q install --reinstall -y rootlesskit");
    expect(await capability()).toBe("/usr/bin/rootlesskit cap_net_bind_service=ep");
    expect((await app.apply("daemon", plain)).changed).toEqual([]);
    expect(await daemonStart(host, "app")).toBe(after);
    await app.apply("ports", { privilegedPorts: "None" });
    expect(await host.run("ls /etc/dpkg/dpkg.cfg.d")).not.toContain("rootless-docker");
    expect(
      await host.run("getfattr -n security.capability /usr/bin/rootlesskit 2>&1 || true"),
    ).not.toContain("=");
    expect(await daemonStart(host, "app")).not.toBe(after);
  });

  test("a unit that somebody edited is the daemon step's to repair: no other step restarts for it", async () => {
    const unit = "/home/app/.config/systemd/user/docker.service";
    const before = await daemonStart(host, "app");
    await host.run(`echo '# mine' >>${unit}`);
    expect((await app.apply("ports", plain)).changed).toEqual([]);
    expect((await app.apply("daemon", plain)).changed).toEqual([`${unit} written`]);
    expect(await daemonStart(host, "app")).toBe(before);
  });

  test("Sysctl lets the account bind port 80, and nothing restarts", async () => {
    const before = await daemonStart(host, "app");
    const { facts } = await app.apply("ports", { privilegedPorts: "Sysctl" });
    expect(facts["limitations.privilegedPorts.status"]).toBe("available");
    expect(await host.run("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).toBe("0\n");
    await app.apply("ports", { privilegedPorts: "None" });
    expect(await host.run("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).toBe("1024\n");
    expect(await daemonStart(host, "app")).toBe(before);
  });
});

test("whose the data root is was written down before a boot could start the daemon on it", async () => {
  const [made, enabled] = (
    await host.run(
      "stat -c %.9Y /var/lib/rootless-docker/things/data/*/baseline/made /home/app/.config/systemd/user/default.target.wants/docker.service",
    )
  ).split("\n");
  expect(Number(made)).toBeLessThan(Number(enabled));
});

describe("daemon", () => {
  const info = async (field: string) =>
    (await asAccount(host, "app", `docker info --format '{{${field}}}'`)).trim();
  const environmentOfDaemon = async (name: string) =>
    host.run(
      `tr '\\n\\0' '\\0\\n' </proc/$(pgrep -u app -o dockerd)/environ | grep -a '^${name}=' | tr '\\0\\n' '\\n\\0'`,
    );

  test("daemon.json is what was asked for; a change restarts once, and dropped it is gone", async () => {
    const before = await daemonStart(host, "app");
    const wishes = {
      ...plain,
      daemon: { labels: ["a=b c", "ü='\"$(id)`\\"], "max-concurrent-downloads": 2 },
    };
    expect((await app.apply("daemon", wishes)).changed).toEqual([
      "/home/app/.config/docker/daemon.json written",
      "daemon of app restarted",
    ]);
    const text = await host.run(
      "cat /home/app/.config/docker/daemon.json; stat -c %a:%U /home/app/.config/docker/daemon.json",
    );
    expect(JSON.parse(text.slice(0, text.lastIndexOf("}") + 1))).toEqual({
      ...wishes.daemon,
      mtu: 65_520,
      "default-network-opts": { bridge: { "com.docker.network.driver.mtu": "65520" } },
    });
    expect(text).toContain("600:app");
    // In any order: dockerd keeps labels in a map.
    expect((JSON.parse(await info("json .Labels")) as string[]).sort()).toEqual(
      [...wishes.daemon.labels].sort(),
    );
    expect(await daemonStart(host, "app")).not.toBe(before);
    const dropped = await app.apply("daemon", plain);
    expect(dropped.changed).toHaveLength(2);
    expect(await info("json .Labels")).toBe("[]");
  });

  test("environment reaches the daemon byte for byte", async () => {
    const value = `-n "it's" $(id) \`id\` \\ \\n %h $HOME\n  two\tü 🐳 #;`;
    await app.apply("daemon", { ...plain, environment: { NOTE: value, EMPTY: "" } });
    expect(await environmentOfDaemon("NOTE")).toBe(`NOTE=${value}\0`);
    expect(await environmentOfDaemon("EMPTY")).toBe("EMPTY=\0");
    await app.apply("daemon", plain);
    expect(await environmentOfDaemon("NOTE")).toBe("");
  });

  test("a value that dockerd refuses changes nothing, and the daemon runs on", async () => {
    const before = await daemonStart(host, "app");
    const { exitCode, said } = await app.tryApply("daemon", {
      ...plain,
      daemon: { "log-levle": "warn" },
    });
    expect(exitCode).toBe(1);
    expect(said).toEqual([
      expect.stringMatching(
        /^daemon: daemon\.json: found that dockerd refuses it \(.*\); wanted one that it accepts\. To fix: take back/,
      ),
    ]);
    expect(said[0]).toContain("log-levle");
    expect(await daemonStart(host, "app")).toBe(before);
    expect((await app.apply("daemon", plain)).changed).toEqual([]);
  });

  test("a log driver that the daemon does not have: an error that says which there are, until it is corrected", async () => {
    const wishes = { ...plain, daemon: { "log-driver": "jsonfile" } };
    const wrong = [
      1,
      expect.stringMatching(
        /daemon\.log-driver: found 'jsonfile', which the daemon does not have; wanted a plugin of its, or one of '.*json-file.*'\. To fix: correct log-driver in daemon/,
      ),
    ];
    for (const step of ["daemon", "daemon", "report"] as const) {
      const { exitCode, said } = await app.tryApply(step, wishes);
      expect([exitCode, said.at(-1)]).toEqual(wrong);
    }
    for (const driver of ["none", "local"])
      await app.apply("daemon", { ...plain, daemon: { "log-driver": driver } });
    await app.apply("daemon", plain);
  });

  test("a daemon that does not start says why; a good value fixes it", async () => {
    const { exitCode, said } = await app.tryApply("daemon", {
      ...plain,
      daemon: { bip: "1.2.3.4/99" },
    });
    expect(exitCode).toBe(1);
    expect(said.slice(-1)[0]).toMatch(/^daemon: docker.service of app: found it does not start/);
    expect(said.join("\n")).toMatch(/1\.2\.3\.4\/99/);
    expect(said.length).toBeLessThan(14);
    // Its own step runs again, and says it again; the steps before it changed nothing that it reads.
    for (const step of ["account", "engine", "ports"] as const)
      expect([step, (await app.apply(step, plain)).changed]).toEqual([step, []]);
    await app.apply("daemon", plain);
    expect(await info(".Driver")).toBe("overlay2");
  });

  test.each([
    ["Overlay2", "overlay2"],
    ["Vfs", "vfs"],
    ["Auto", "overlay2"],
    ["FuseOverlayfs", "fuse-overlayfs"],
  ])("storage driver %s", async (storageDriver, driver) => {
    const { facts } = await app.apply("daemon", { ...plain, storageDriver });
    expect([facts.storageDriver, await info(".Driver")]).toEqual([driver, driver]);
    const { stdout } = await host.ssh("dpkg-query -W -f '${Status}' fuse-overlayfs");
    expect(stdout.includes("ok installed")).toBe(storageDriver === "FuseOverlayfs");
  });

  test("drivers that left data behind: Auto does not guess", async () => {
    const { said } = await app.tryApply("daemon", plain);
    expect(said.slice(-1)[0]).toMatch(
      /^daemon: storageDriver: found data of several drivers in \/home\/app\/\.local\/share\/docker: [a-z0-9-]+, [a-z0-9-]+; wanted one that Auto can choose\. To fix: set storageDriver/,
    );
    await asAccount(host, "app", "rootlesskit rm -rf /home/app/.local/share/docker/fuse-overlayfs");
    expect((await app.apply("daemon", plain)).facts.storageDriver).toBe("overlay2");
  });

  test("secret values: for root alone, in the daemon's environment, rotated, and gone", async () => {
    const wishes = (TOKEN: string): StepArgs => ({
      ...plain,
      secretEnvironment: { TOKEN: TOKEN },
    });
    await app.apply("secrets", wishes("one $(id) ü"));
    await app.apply("daemon", wishes("one $(id) ü"));
    expect(await environmentOfDaemon("TOKEN")).toBe("TOKEN=one $(id) ü\0");
    const files = "find /var/lib/rootless-docker/leases/a1/values -printf '%M %U\\n' | sort -u";
    expect(await host.run(files)).toBe("-rw------- 0\ndrwx------ 0\n");
    expect(await host.run("stat -c '%a %U' /home/app/.config/docker/environment")).toBe(
      "600 app\n",
    );

    const before = await daemonStart(host, "app");
    expect((await app.apply("secrets", wishes("one $(id) ü"))).changed).toEqual([]);
    expect(await daemonStart(host, "app")).toBe(before);
    const { changed, said } = await app.apply("secrets", wishes("rotated-secret"));
    expect(changed).toContain("daemon of app restarted");
    expect(said.join()).not.toContain("rotated-secret");
    expect(await environmentOfDaemon("TOKEN")).toBe("TOKEN=rotated-secret\0");
    expect((await app.apply("daemon", wishes("rotated-secret"))).changed).toEqual([]);

    // As a run leaves them that was killed before it came to the daemon.
    const values = "/var/lib/rootless-docker/leases/a1/values";
    await host.run(`cd ${values} && printf late >text/environment/TOKEN
      printf '"late"' >json/environment/TOKEN`);
    expect((await app.apply("secrets", wishes("late"))).changed).toContain(
      "daemon of app restarted",
    );
    expect(await environmentOfDaemon("TOKEN")).toBe("TOKEN=late\0");

    // What the daemon reads until its own step is known as a secret until then.
    await app.apply("secrets", plain);
    expect(await host.run(`grep -rhx late ${values}*/*/text ${values}/text || true`)).toBe(
      "late\n",
    );
    await app.apply("daemon", plain);
    expect(await host.run(`ls -d ${values}* 2>/dev/null || true`)).toBe("");
    expect(
      await host.run("grep -rl rotated-secret /home/app/.config /var/lib/rootless-docker || true"),
    ).toBe("");
  });

  test("a data root that was there before has its mode again, once nothing of an engine is in it", async () => {
    await asAccount(host, "app", "mkdir -m 755 ~/own");
    const wishes = { ...plain, daemon: { "data-root": "/home/app/own" } };
    const mode = async () => (await host.run("stat -c %a /home/app/own")).trim();
    await app.apply("daemon", wishes);
    expect(await mode()).toMatch(/^71[01]$/);
    await app.revert("daemon", wishes);
    expect(await mode()).toBe("755");
    // A volume that stays is nobody else's to read.
    await app.apply("daemon", wishes);
    await asAccount(host, "app", "docker volume create kept >/dev/null");
    await app.revert("daemon", wishes);
    expect(await mode()).toMatch(/^71[01]$/);
    await asAccount(host, "app", "rm -r ~/own");
    await app.apply("daemon", plain);
  });

  test("another data-root leaves the earlier one's data alone, until the revert", async () => {
    const wishes: StepArgs = { ...plain, onDestroy: { data: "Delete" } };
    const other: StepArgs = { ...wishes, daemon: { "data-root": "/home/app/a/b" } };
    const roots = "ls -d /home/app/.local/share/docker /home/app/a/b 2>/dev/null || true";
    for (const each of [other, wishes]) {
      const { changed } = await app.apply("daemon", each);
      expect(changed.filter((line) => line.includes("removed"))).toEqual([]);
      expect((await host.run(roots)).split("\n")).toHaveLength(3);
    }
    // The same owner with a new lease, as after a lost state: an "up" removes none of it.
    const anew = new Installation(host, "a2");
    expect((await anew.applyAll(wishes)).report.changed).toContain("installation a1 taken over");
    expect((await host.run(roots)).split("\n")).toHaveLength(3);
    await anew.revert("daemon", wishes);
    expect(await host.run("ls -d /home/app/.local /home/app/a 2>/dev/null || true")).toBe("");
  });
});
