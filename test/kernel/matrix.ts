import {
  createMachine,
  destroyAllMachines,
  type Machine,
  type Suite,
} from "../../stand-ins/machines";
import { engineTar } from "../../stand-ins/engine";
import { containerRows, listeners } from "../support/containerRows";
import { neighbour, noNeighbour } from "../support/neighbour";
import { importImage } from "../support/host";
import type { StepArgs } from "../support/documents";
import { type Answer, Installation } from "../support/installation";
import { rowsOf } from "../support/limitations";
import {
  busyboxOn,
  docker,
  get,
  page,
  run,
  throughApi,
  untilDaemon,
  untilPage,
  webServer,
} from "./containers";
import { appArmorProfile } from "./appArmor";
import {
  type Matrix,
  expectNoOption,
  expectOption,
  overlayWithOption,
  overlayWithoutOption,
  permitted,
} from "./overlayOption";
import { packagesOf } from "./packages";

/** What differs from kernel to kernel, engine to engine. */
export interface Expected {
  suite: Suite;
  /** Docker's current engine, which somebody has put on PATH, and not the distribution's. Defaults to false. */
  current?: boolean;
  /** The start of `uname -r`. */
  kernel: string;
  /** What Auto chooses; of the current engine its image store's, which has names of its own. */
  storageDriver: "overlay2" | "overlayfs" | "fuse-overlayfs";
  /** Controllers that systemd delegates by itself. */
  delegated: readonly string[];
  /** Limited: the daemon does it, and the docker CLI of this version loses its option. */
  blockIo: "available" | "limited";
  pidHost: "limited" | "unavailable";
  /** Whether criu is there to try a checkpoint with. */
  criu: boolean;
  /** Whether the machine has AppArmor's parser. */
  appArmor: boolean;
  /** Whether RootlessKit discards an SCTP port without an error, so that `docker run` succeeds. Defaults to false. */
  discardsSctp?: boolean;
  /** Whether the overlay module mounts in user namespaces with an option only. Not tried where it is left out. */
  overlayOption?: boolean;
}

/** The host's own settings before, each of which is in the way. */
const hardening = {
  "kernel.unprivileged_userns_clone": "0",
  "user.max_user_namespaces": "0",
  "net.ipv4.ping_group_range": "1 0",
};

const wishesOf = (current: boolean): StepArgs => ({
  account: { name: "app" },
  ...(current && { engine: { source: "preinstalled" } }),
  daemon: { experimental: true },
  onDestroy: { data: "delete" },
});

/**
 * Every row of one kernel, in the order of the tests: a machine that refuses everything is made a
 * rootless Docker host, every row of the limitation table is tried through its daemon, and compared
 * with what the row says; then it is booted again, upgraded, and given back.
 */
export function kernelMatrix(expected: Expected): void {
  const { current = false } = expected;
  const wishes = wishesOf(current);
  let machine: Machine;
  let app: Installation;
  const facts: Record<string, string> = {};

  const status = (row: string) => rowsOf(facts)[row].status;
  const apply = async (step: Parameters<Installation["apply"]>[0], more: StepArgs = {}) => {
    const answer = await app.apply(step, { ...wishes, ...more });
    Object.assign(facts, answer.facts);
    return answer;
  };
  const sysctl = async (name: string) =>
    (await machine.run(`sysctl -n ${name}`)).trim().replace("\t", " ");

  beforeAll(async () => {
    const { suite } = expected;
    machine = await createMachine({ suite, packages: packagesOf[suite] });
    const settings = Object.entries(hardening).map(([name, value]) => `${name} = ${value}\n`);
    await machine.run("cat >/etc/sysctl.d/99-hardening.conf; sysctl -q --system", {
      input: settings.join(""),
    });
    if (current)
      await machine.run("tar -x -C /usr/local/bin --strip-components=1", {
        input: await engineTar(),
      });
    app = new Installation(machine, "a1");
  });
  afterAll(destroyAllMachines);

  test("before: no account can make a user namespace, and none can ping", async () => {
    expect(await machine.run("uname -r")).toMatch(expected.kernel);
    for (const [name, value] of Object.entries(hardening)) expect(await sysctl(name)).toBe(value);
    expect(
      (await machine.ssh("setpriv --reuid 1234 --clear-groups unshare -Ur true")).exitCode,
    ).toBe(1);
  });

  test("it is made a rootless Docker host", async () => {
    const answers = await app.applyAll(wishes);
    for (const answer of Object.values<Answer>(answers)) Object.assign(facts, answer.facts);
    expect(answers.machine.changed).toEqual(
      expect.arrayContaining([
        "kernel.unprivileged_userns_clone: 1",
        "user.max_user_namespaces: 1024",
        "net.ipv4.ping_group_range: 0 2147483647",
      ]),
    );
    await importImage(machine, "app");
    await busyboxOn(machine);
    expect((await run(machine, "", "id -u")).text).toBe("0");
  });

  test(`storage: Auto chooses ${expected.storageDriver}`, async () => {
    expect(facts.storageDriver).toBe(expected.storageDriver);
    expect((await docker(machine, "info -f {{.Driver}}")).text).toBe(expected.storageDriver);
    expect(status("storageDrivers")).toBe(
      expected.storageDriver === "fuse-overlayfs" ? "limited" : "available",
    );
  });

  describe("control groups", () => {
    const limits = () =>
      run(
        machine,
        "--memory 64m --cpus 0.5 --pids-limit 50",
        "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max /sys/fs/cgroup/pids.max",
      );

    test("limits of memory, cpu and pids limit", async () => {
      expect(facts["cgroup.controllers"].split(",").sort()).toEqual(
        expect.arrayContaining(["cpu", "cpuset", "io", "memory", "pids"]),
      );
      expect(status("cgroups")).toBe("available");
      expect((await limits()).text.split("\n").slice(-3)).toEqual([
        "67108864",
        "50000 100000",
        "50",
      ]);
      const { exitCode } = await run(
        machine,
        "--memory 32m",
        "busybox dd if=/dev/zero of=/dev/null bs=64M count=1",
      );
      expect(exitCode).toBe(137);
      expect(
        // runc itself needs a dozen.
        (await run(machine, "--pids-limit 20", "for i in $(busybox seq 30); do sleep 9 & done"))
          .text,
      ).toMatch(/fork/);
    });

    test("only those that the host delegates by itself have an effect without the option", async () => {
      const { changed } = await apply("machine", {
        account: { name: "app", cgroupControllers: [] },
      });
      expect(changed).toContain(
        "/etc/systemd/system/user@1000.service.d/rootless-docker.conf: removed",
      );
      // docs/limits.md: they remain until the service manager starts again.
      await apply("daemon");
      expect(facts["cgroup.controllers"].split(",")).toContain("cpuset");
      await machine.run("systemctl restart user@1000.service");
      await apply("daemon");
      const { delegated } = expected;
      expect(facts["cgroup.controllers"].split(",").sort()).toEqual(delegated);
      const all = ["cpu", "memory", "pids"].every((name) => delegated.includes(name));
      expect(status("cgroups")).toBe(all ? "available" : "limited");
      // Engine 20.10 refuses what it cannot do, later ones warn.
      const one = async (option: string, file: string) =>
        (await run(machine, option, `cat /sys/fs/cgroup/${file}`)).text;
      expect((await one("--cpus 0.5", "cpu.max")).includes("50000 100000")).toBe(
        delegated.includes("cpu"),
      );
      expect((await one("--memory 64m", "memory.max")).includes("67108864")).toBe(
        delegated.includes("memory"),
      );
      const cpuset = await run(machine, "--cpuset-cpus 0", "cat /sys/fs/cgroup/cpuset.cpus");
      expect(/^0$/m.test(cpuset.text)).toBe(false);
      await apply("machine");
      await apply("daemon");
      expect((await run(machine, "--cpuset-cpus 0", "cat /sys/fs/cgroup/cpuset.cpus")).text).toBe(
        "0",
      );
    });

    test("limits of input and output: as the row says, by the CLI and by the API", async () => {
      expect(status("blockIo")).toBe(expected.blockIo);
      const option = "--device-read-bps /dev/vda:1mb";
      const { text } = await run(machine, option, "cat /sys/fs/cgroup/io.max");
      expect(text.includes("rbps=1048576")).toBe(expected.blockIo === "available");
      expect(
        await throughApi(
          machine,
          { BlkioDeviceReadBps: [{ Path: "/dev/vda", Rate: 1048576 }] },
          "cat /sys/fs/cgroup/io.max",
        ),
      ).toContain("rbps=1048576");
    });
  });

  test("ping: answered from a container", async () => {
    await machine.run("ip address add 192.0.2.1/32 dev lo");
    expect(status("ping")).toBe("available");
    expect((await run(machine, "", "ping -c 1 -W 30 192.0.2.1")).text).toMatch(
      /1 packets received/,
    );
    await apply("machine", { kernel: { unprivilegedPing: false } });
    expect(await sysctl("net.ipv4.ping_group_range")).toBe("1 0");
    expect(status("ping")).toBe("unavailable");
    expect((await run(machine, "", "ping -c 1 -W 3 192.0.2.1")).exitCode).not.toBe(0);
    await apply("machine");
    expect((await run(machine, "", "ping -c 1 -W 30 192.0.2.1")).text).toMatch(
      /1 packets received/,
    );
  });

  test("the rows, once more: the daemon has started anew since", async () => {
    await apply("daemon");
    expect(status("netHost")).toBe(current ? "available" : "limited");
  });

  test("--net=host: the machine's network, or the one that the row names", async () => {
    const machines = (await machine.run("readlink /proc/1/ns/net")).trim();
    const used = (await run(machine, "--net=host", "busybox readlink /proc/self/ns/net")).text;
    const { "dockerd.network": own, "dockerd.machineNetwork": ofRow } = facts;
    if (current) expect(used).toBe(machines);
    else expect([used, ofRow, own === machines]).toEqual([own, machines, false]);
  });

  test(`--pid=host: ${expected.pidHost}`, async () => {
    expect(status("pidHost")).toBe(expected.pidHost);
    const { exitCode, text } = await run(
      machine,
      "--pid=host",
      'stat -c %u /proc/1; tr "\\0" " " </proc/1/cmdline',
    );
    if (expected.pidHost === "limited")
      expect([exitCode, text.split("\n")[0]]).toEqual([0, "65534"]);
    else expect(text).toMatch(/mount.*proc.*not permitted/);
  });

  test("--read-only holds", async () => {
    expect(status("readOnly")).toBe("available");
    expect((await run(machine, "--read-only", "touch /new")).text).toMatch(/Read-only file system/);
    expect((await run(machine, "--read-only --tmpfs /tmp", "touch /tmp/new")).exitCode).toBe(0);
  });

  test("--privileged: all capabilities, and no power over the machine", async () => {
    expect(status("privileged")).toBe("limited");
    const { text } = await run(
      machine,
      "--privileged",
      "grep CapEff /proc/self/status; mknod /dev/disk b 254 0; busybox mount -t ext4 /dev/vda /mnt; busybox sysctl -w kernel.panic=1",
    );
    const capabilities = (found: RegExpExecArray | null) => BigInt(`0x${found?.[1] ?? "0"}`);
    const daemons = BigInt(`0x${facts["dockerd.capabilities"]}`);
    const containers = capabilities(/^CapEff:\t(\w+)$/m.exec(text));
    // All that this engine knows (38 of them are older than it), and none that the daemon does not have.
    expect(containers >= 0x3fffffffffn && (containers & daemons) === containers).toBe(true);
    expect(text).toMatch(/mknod: .*Operation not permitted/);
    expect(text).toMatch(/mount: .*(Operation not permitted|Permission denied|No such|can't find)/);
    expect(text).toMatch(/sysctl: .*(Permission denied|Read-only|Operation not permitted)/);
  });

  test("AppArmor: a container's label is unconfined", async () => {
    expect(status("appArmor")).toBe("unavailable");
    expect((await run(machine, "", "cat /proc/self/attr/current")).text).toMatch(
      /^(unconfined|.*\(unconfined\))?$/,
    );
    expect((await docker(machine, "info -f {{.SecurityOptions}}")).text).not.toContain("apparmor");
  });

  const matrix: Matrix = { machine: () => machine, apply };
  if (expected.appArmor)
    describe("AppArmor where the kernel restricts user namespaces", () => appArmorProfile(matrix));

  test("checkpoint fails", async () => {
    expect(status("checkpoint")).toBe("unavailable");
    await docker(machine, "run -d --name frozen busybox sleep 999");
    const { exitCode, text } = await docker(machine, "checkpoint create frozen one");
    expect([exitCode === 0, text]).toEqual([
      false,
      expect.stringMatching(expected.criu ? /criu failed/i : /criu/i),
    ]);
    await docker(machine, "rm -f frozen");
  });

  test("published SCTP ports do not work, whatever docker run says", async () => {
    expect(status("sctpPorts")).toBe("unavailable");
    const { exitCode, text } = await docker(
      machine,
      "run -d --name sctp -p 3868:3868/sctp busybox sleep 999",
    );
    if (expected.discardsSctp) expect(exitCode).toBe(0);
    else
      expect([exitCode, text]).toEqual([
        125,
        expect.stringMatching(/sctp|no IP addresses specified/i),
      ]);
    // All sockets of SCTP that the kernel has; without the module there is no such file.
    expect(await machine.run("cat /proc/net/sctp/eps 2>/dev/null || true")).not.toContain("3868");
    await docker(machine, "rm -f sctp");
  });

  test("overlay networks", async () => {
    expect(status("overlayNetworks")).toBe("unavailable");
    const swarm = await docker(machine, "swarm init --advertise-addr 127.0.0.1");
    const network = await docker(machine, "network create -d overlay --attachable across");
    const { exitCode, text } = await run(machine, "--network across", "true");
    // Only a container shows it: a swarm and its network can be made.
    expect([swarm.exitCode, network.exitCode]).toEqual([0, 0]);
    expect([exitCode, text]).toEqual([125, expect.stringMatching(/network|VXLAN|overlay/i)]);
    await docker(machine, "swarm leave --force");
  });

  describe("what a container meets", () => {
    beforeAll(() => machine.run(`${neighbour}\n${listeners}`));
    containerRows({ host: () => machine, facts: () => facts });
    afterAll(() => machine.run(`systemctl stop 'listener-*'; ${noNeighbour}`));
  });

  describe("ports below 1024", () => {
    const opens = async () => {
      const { exitCode, text } = await webServer(machine, "web", "-p 80:80");
      const answer = exitCode === 0 ? await get(machine, "http://127.0.0.1/") : text;
      await docker(machine, "rm -f web");
      return answer;
    };

    test("without: refused, as the row says", async () => {
      expect(status("privilegedPorts")).toBe("unavailable");
      expect(await opens()).toMatch(/cannot expose privileged port 80/);
    });

    test("Sysctl: at once; dropped: refused again", async () => {
      await apply("machine", { privilegedPorts: "sysctl" });
      expect(status("privilegedPorts")).toBe("available");
      expect(await opens()).toBe(page);
      await apply("machine");
      expect(await opens()).toMatch(/cannot expose privileged port 80/);
    });

    test("FileCapability: works; a new file of its package has no capability until the next up", async () => {
      const fileCapability: StepArgs = { privilegedPorts: "file-capability" };
      const capability = () => machine.run("getcap $(command -v rootlesskit)");
      await apply("machine", fileCapability);
      expect(status("privilegedPorts")).toBe("available");
      expect(await opens()).toBe(page);
      // Nobody's package has the current one: there an upgrade is another file in its place.
      await machine.run(
        current
          ? "f=$(command -v rootlesskit); cp $f $f.new && mv $f.new $f"
          : "apt-get -q -y install --reinstall rootlesskit",
      );
      // docs/limits.md says so.
      expect(await capability()).toBe("");
      const { changed } = await apply("machine", fileCapability);
      expect(changed).toContainEqual(
        expect.stringMatching(/\/rootlesskit: cap_net_bind_service=ep$/),
      );
      expect(await capability()).toMatch(/cap_net_bind_service[=+]ep/);
      await apply("daemon");
      expect(await opens()).toBe(page);
    });
  });

  // Last before the boot: what is set here has to outlive that.
  if (expected.overlayOption)
    describe("overlay2 where the module needs an option", () => overlayWithOption(matrix));
  else if (expected.overlayOption === false) overlayWithoutOption(matrix);
  const last: StepArgs = {
    ...wishes,
    ...(expected.overlayOption ? permitted : {}),
    privilegedPorts: "file-capability",
  };

  test("it stays: after a boot the daemon is up without a login, and everything holds", async () => {
    await apply("machine", last);
    await apply("daemon", last);
    await importImage(machine, "app");
    const { exitCode, text } = await webServer(machine, "stays", "-p 80:80 --restart always");
    expect([exitCode, text]).toEqual([0, expect.any(String)]);
    await machine.reboot();
    await machine.run("ip address add 192.0.2.1/32 dev lo");
    expect(await sysctl("kernel.unprivileged_userns_clone")).toBe("1");
    expect(await sysctl("user.max_user_namespaces")).toBe("1024");
    expect(await sysctl("net.ipv4.ping_group_range")).toBe("0 2147483647");
    await untilPage(machine, "http://127.0.0.1/");
    await untilDaemon(machine);
    expect((await run(machine, "--memory 64m", "cat /sys/fs/cgroup/memory.max")).text).toBe(
      "67108864",
    );
    expect((await run(machine, "", "ping -c 1 -W 30 192.0.2.1")).text).toMatch(
      /1 packets received/,
    );
    if (expected.overlayOption) await expectOption(machine);
    const answers = await app.applyAll(last);
    for (const [step, { changed }] of Object.entries(answers))
      expect([step, changed]).toEqual([step, []]);
    await docker(machine, "rm -f stays");
  });

  test("given back: the host's own settings are there again, and what a boot reads says the same", async () => {
    await app.revertAll(last);
    for (const [name, value] of Object.entries(hardening)) expect(await sysctl(name)).toBe(value);
    await machine.run(
      `none getent passwd app; none sh -c "dpkg -s docker.io | grep -q '^Status: .* installed'"
      none ls -d /var/lib/rootless-docker; none ls -d /etc/systemd/system/user@*.d`,
    );
    // Each of its settings is in a file; the module's option is one that only a boot gives back whole.
    if (expected.overlayOption) await machine.reboot();
    else await machine.run("sysctl -q --system");
    for (const [name, value] of Object.entries(hardening)) expect(await sysctl(name)).toBe(value);
    if (expected.overlayOption) await expectNoOption(machine);
  });
}
