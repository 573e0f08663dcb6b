import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { asAccount, bootHost, daemonStart, importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

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
    await app.apply("machine", { ...plain, kernel: { unprivilegedPing: false } });
    await host.run(`echo '7 9' >/proc/sys/net/ipv4/ping_group_range`);
    const groups = (value: string) =>
      app.apply("machine", {
        ...plain,
        kernel: { sysctls: { "net.ipv4.ping_group_range": value } },
      });
    expect((await groups("0 1000")).changed.sort()).toEqual([
      `/etc/sysctl.d/99-zz-rootless-docker-${key}.conf: written`,
      `${key}: 0 1000`,
    ]);
    expect(await value()).toBe("0\t1000");
    expect((await groups("0 2000")).changed).toContain(`${key}: 0 2000`);
    await app.apply("machine", { ...plain, kernel: { unprivilegedPing: false } });
    await host.run(`none ls /etc/sysctl.d/99-zz-rootless-docker-${key}.conf`);
    expect(await value()).toBe("7\t9");
  });

  test("a file of the host's own at the same path comes back byte for byte", async () => {
    const file = `/etc/sysctl.d/99-zz-rootless-docker-${key}.conf`;
    await host.run(`printf '# mine' >${file}; chmod 640 ${file}; chown daemon ${file}`);
    await app.apply("machine", plain);
    expect(await host.run(`tail -n 1 ${file}`)).toBe(`${key} = 0 2147483647\n`);
    await app.apply("machine", { ...plain, kernel: { unprivilegedPing: false } });
    expect(await host.run(`cat ${file}; stat -c ' %a %U' ${file}; rm ${file}`)).toBe(
      "# mine 640 daemon\n",
    );
  });
});

describe("ports", () => {
  const capability = async () => (await host.run("getcap $(command -v rootlesskit)")).trim();

  test("FileCapability restarts once, is set again after an upgrade, and goes again", async () => {
    const before = await daemonStart(host, "app");
    const { changed } = await app.apply("machine", {
      ...plain,
      privilegedPorts: "file-capability",
    });
    expect(changed).toContain("/usr/bin/rootlesskit: cap_net_bind_service=ep");
    expect(changed).toContain("daemon of app restarted");
    expect(await capability()).toBe("/usr/bin/rootlesskit cap_net_bind_service=ep");
    const after = await daemonStart(host, "app");
    expect(after).not.toBe(before);
    const again = () => app.apply("machine", { ...plain, privilegedPorts: "file-capability" });
    expect((await again()).changed).toEqual([]);
    // A run that ends early keeps what the step has: the account holds up what comes after the engine.
    await host.run("su app -c 'mkdir -p ~/.ssh/authorized_keys'");
    const key = {
      account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= me"] },
    };
    expect((await app.tryApply("machine", key)).exitCode).toBe(1);
    await host.run(
      "rm -r ~app/.ssh; cd /var/lib/rootless-docker/installations/a1; grep -q libcap2-bin machine.packages",
    );
    await host.run("apt-get -q update; apt-get -q install --reinstall -y rootlesskit");
    await again();
    expect(await capability()).toBe("/usr/bin/rootlesskit cap_net_bind_service=ep");
    await app.apply("machine", { ...plain, privilegedPorts: "none" });
    expect(
      await host.run("getfattr -n security.capability /usr/bin/rootlesskit 2>&1 || true"),
    ).not.toContain("=");
    expect(await daemonStart(host, "app")).not.toBe(after);
  });

  test("a unit that somebody edited is the daemon step's to repair, and no other one's", async () => {
    const unit = "/home/app/.config/systemd/user/docker.service";
    await host.run(`echo '# mine' >>${unit}`);
    expect((await app.apply("machine", plain)).changed).toEqual([]);
    expect((await app.apply("daemon", plain)).changed).toContain(`${unit}: written`);
  });

  test("Sysctl lets the account bind port 80, and nothing restarts", async () => {
    const before = await daemonStart(host, "app");
    const { facts } = await app.apply("machine", { ...plain, privilegedPorts: "sysctl" });
    expect(facts["kernel.portStart"]).toBe("0");
    expect(await host.run("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).toBe("0\n");
    await app.apply("machine", { ...plain, privilegedPorts: "none" });
    expect(await host.run("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).toBe("1024\n");
    expect(await daemonStart(host, "app")).toBe(before);
  });
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
      "/home/app/.config/docker/daemon.json: written",
      "daemon of app restarted",
    ]);
    const text = await host.run(
      "cat /home/app/.config/docker/daemon.json; stat -c %a:%U /home/app/.config/docker/daemon.json",
    );
    expect(JSON.parse(text.slice(0, text.lastIndexOf("}") + 1))).toEqual({
      ...wishes.daemon,
      "log-driver": "local",
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
        /^daemon: daemon\.json: dockerd does not accept it \(.*\)\. To fix: correct daemon, or revert/,
      ),
    ]);
    expect(said[0]).toContain("log-levle");
    expect(await daemonStart(host, "app")).toBe(before);
    expect((await app.apply("daemon", plain)).changed).toEqual([]);
  });

  const files = () =>
    host.run("cd /home/app/.config; sha256sum docker/* systemd/user/docker.service 2>/dev/null");

  test("a daemon that does not start says why, and runs again with its earlier files", async () => {
    await importImage(host, "app");
    await asAccount(host, "app", "docker run -d --restart always --name stays busybox sleep 1000");
    const before = await files();
    for (const bip of ["1.2.3.4/99", "1.2.3.4/99"]) {
      const wrong = { ...plain, daemon: { bip }, environment: { COLOUR: "new" } };
      const { exitCode, said } = await app.tryApply("daemon", wrong);
      expect([exitCode, said.at(-1)]).toEqual([
        1,
        expect.stringMatching(
          /^daemon: docker\.service of app: .*it runs with its earlier files again/,
        ),
      ]);
      expect(said.join("\n")).toContain(bip);
      expect(await files()).toBe(before);
      expect(await asAccount(host, "app", "docker inspect -f '{{.State.Running}}' stays")).toBe(
        "true\n",
      );
    }
    await app.apply("daemon", { ...plain, daemon: { bip: "172.30.0.1/16" } });
    await app.apply("daemon", plain);
    await asAccount(host, "app", "docker rm -f stays >/dev/null; docker rmi busybox >/dev/null");
  });

  test("a secret value with which it does not start: it has the earlier one again", async () => {
    const of = (flags: string): StepArgs => ({
      ...plain,
      secretEnvironment: { DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS: flags },
    });
    await app.apply("secrets", of("--debug=false"));
    await app.apply("daemon", of("--debug=false"));
    const before = await files();
    const { exitCode, said } = await app.tryApply("secrets", of("--no-such-flag"));
    expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("docker.service")]);
    // The daemon's own words name the flag.
    expect(said.join("\n")).toContain("journalctl --since @");
    expect(said.join("\n")).not.toContain("no-such-flag");
    expect(await files()).toBe(before);
    expect(await info(".Driver")).toBe("overlay2");
    await app.apply("secrets", of("--debug=true"));
    await app.apply("daemon", of("--debug=true"));
    await app.apply("secrets", plain);
    await app.apply("daemon", plain);
  });

  test.each([
    ["overlay2", "overlay2"],
    ["vfs", "vfs"],
    ["auto", "overlay2"],
  ])("storage driver %s", async (storageDriver, driver) => {
    const { facts } = await app.apply("daemon", { ...plain, storageDriver });
    expect([facts.storageDriver, await info(".Driver")]).toEqual([driver, driver]);
  });

  test("secret values: for root alone, in the daemon's environment, rotated, and gone", async () => {
    const wishes = (TOKEN: string): StepArgs => ({
      ...plain,
      secretEnvironment: { TOKEN: TOKEN },
    });
    // As with --target for the daemon's step alone.
    const alone = await app.tryApply("daemon", wishes("one $(id) ü"));
    expect([alone.exitCode, alone.said.join()]).toEqual([
      1,
      expect.stringContaining("the machine has values of '', but the program has values of"),
    ]);
    await app.apply("secrets", wishes("one $(id) ü"));
    await app.apply("daemon", wishes("one $(id) ü"));
    expect(await environmentOfDaemon("TOKEN")).toBe("TOKEN=one $(id) ü\0");
    expect(await host.run("stat -c '%a %u' /var/lib/rootless-docker/installations/a1/values")).toBe(
      "600 0\n",
    );
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

    await app.apply("secrets", plain);
    await app.apply("daemon", plain);
    expect(
      await host.run("grep -rl rotated-secret /home/app/.config /var/lib/rootless-docker || true"),
    ).toBe("");
  });

  const properties = (...names: string[]) =>
    asAccount(
      host,
      "app",
      `systemctl --user show ${names.map((name) => `-p ${name}`).join(" ")} docker.service`,
    );

  test("directives of the unit: one restart, systemd has them; dropped, its own are back", async () => {
    const before = [await daemonStart(host, "app"), await properties("LimitNOFILE")];
    const unit = "/home/app/.config/systemd/user/docker.service";
    const Service = {
      MemoryMax: "4G",
      LimitNOFILE: 4096,
      OOMPolicy: "continue",
      ExecStartPre: ["/bin/true", "-/bin/false %n"],
    };
    const wishes: StepArgs = { ...plain, unitOverrides: { Service, Unit: { StartLimitBurst: 3 } } };
    expect((await app.apply("daemon", wishes)).changed).toEqual([
      `${unit}: written`,
      "daemon of app restarted",
    ]);
    const names = ["MemoryMax", "LimitNOFILE", "OOMPolicy", "StartLimitBurst", "NRestarts"];
    expect((await properties(...names)).trim().split("\n").sort()).toEqual([
      "LimitNOFILE=4096",
      "MemoryMax=4294967296",
      "NRestarts=0",
      "OOMPolicy=continue",
      "StartLimitBurst=3",
    ]);
    expect((await properties("ExecStartPre")).match(/argv\[\]=[^;]*/g)).toEqual([
      "argv[]=/bin/true ",
      "argv[]=/bin/false docker.service ",
    ]);
    expect((await app.apply("daemon", wishes)).changed).toEqual([]);
    // Time limits are for systemd alone.
    const started = await daemonStart(host, "app");
    const longer = { ...wishes, unitOverrides: { Service: { ...Service, TimeoutStopSec: 90 } } };
    await app.apply("daemon", {
      ...longer,
      unitOverrides: { ...longer.unitOverrides, Unit: { StartLimitBurst: 3 } },
    });
    expect(await properties("TimeoutStopUSec")).toBe("TimeoutStopUSec=1min 30s\n");
    expect(await daemonStart(host, "app")).toBe(started);
    await app.apply("daemon", plain);
    expect(await properties("LimitNOFILE")).toBe(before[1]);
    // Containers have time to end.
    expect(await properties("TimeoutStopUSec")).toBe("TimeoutStopUSec=8min\n");
    expect(await daemonStart(host, "app")).not.toBe(before[0]);
  });

  test("directives that systemd ignores, or a daemon that does not start with them", async () => {
    const before = await daemonStart(host, "app");
    const overridden = (Service: object): StepArgs => ({ ...plain, unitOverrides: { Service } });
    const ignored = await app.tryApply(
      "daemon",
      overridden({ MemoryMx: "4G", MemoryMax: "4X", CPUShares: 1024, OOMPolicy: "kill" }),
    );
    expect(ignored.exitCode).toBe(1);
    for (const word of ["MemoryMx", "4X", "unitOverrides"])
      expect(ignored.said.join("\n")).toContain(word);
    expect((await app.apply("daemon", plain)).changed).toEqual([]);
    expect(await daemonStart(host, "app")).toBe(before);

    const failing = overridden({ ExecStartPre: "/bin/false" });
    const { exitCode, said } = await app.tryApply("daemon", failing);
    expect([exitCode, said.at(-1)]).toEqual([1, expect.stringContaining("unitOverrides")]);
    expect(said.join("\n")).toMatch(/journal: docker\.service: Control process exited, .*status=1/);
    await app.apply("daemon", plain);
  });

  test("prune: what is unused goes, on a schedule; dropped, the timer is gone; a wrong schedule is an error", async () => {
    const wishes = (prune: object): StepArgs => ({ ...plain, prune: { ...prune } });
    const units = "/home/app/.config/systemd/user";
    const before = await daemonStart(host, "app");
    await importImage(host, "app");
    await asAccount(
      host,
      "app",
      "docker run -d --stop-signal KILL --name runs busybox sleep 1000 >/dev/null; docker run --name ended -v kept:/kept busybox true; sleep 2",
    );
    await app.apply("daemon", wishes({ schedule: "Sun 03:00", until: "1s", all: true }));
    expect(
      await asAccount(
        host,
        "app",
        `systemctl --user is-active docker-prune.timer; systemctl --user start docker-prune.service
        docker ps -a --format '{{.Names}}'; docker volume ls -q`,
      ),
    ).toBe("active\nruns\nkept\n");
    expect(
      (await app.apply("daemon", wishes({ schedule: "Mon 05:00", until: "1s", all: true })))
        .changed,
    ).toEqual([`${units}/docker-prune.timer: written`]);
    expect(await daemonStart(host, "app")).toBe(before);
    const wrong = await app.tryApply("daemon", wishes({ schedule: "*-13-01" }));
    expect([wrong.exitCode, wrong.said.join("\n")]).toEqual([
      1,
      expect.stringMatching(/'\*-13-01'.*prune\.schedule/),
    ]);
    await asAccount(host, "app", "docker rm -f runs >/dev/null; docker volume rm kept >/dev/null");
    await app.apply("daemon", plain);
    expect(await host.run("find /home/app -name '*docker-prune*'")).toBe("");
  });

  test("another data-root leaves the earlier one's data alone, until the revert", async () => {
    const wishes: StepArgs = { ...plain, onDestroy: { data: "delete" } };
    const other: StepArgs = { ...wishes, daemon: { "data-root": "/home/app/a/b" } };
    const roots = "ls -d /home/app/.local/share/docker /home/app/a/b 2>/dev/null || true";
    for (const each of [other, wishes]) {
      await app.apply("daemon", each);
      expect((await host.run(roots)).split("\n")).toHaveLength(3);
    }
    // Below the home of an account that was made they go with it.
    for (const step of ["daemon", "machine"] as const) await app.revert(step, wishes);
    expect(await host.run(roots)).toBe("");
  });
});
