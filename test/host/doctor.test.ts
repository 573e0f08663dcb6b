import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { asAccount, bootHost, tryAsAccount } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// Failures of later, on a host that was healthy: the doctor names each, and what it says fixes it.
afterAll(destroyAllHosts);

let host: TestHost;
let app: Installation;
const wishes: StepArgs = { account: { name: "app" } };
const agent = "/var/lib/rootless-docker/agent";

beforeAll(async () => {
  host = await bootHost({ admins: [{ name: "guest", sudo: "none" }] });
  app = new Installation(host, "d0");
  await app.applyAll(wishes);
});

interface Finding {
  status: string;
  about: string;
  found: string;
  wanted: string;
  why: string;
  fix: string;
}

async function findings(): Promise<Finding[]> {
  const { stdout, exitCode } = await host.ssh(`sh ${agent} doctor --json`);
  const [{ account, findings }] = JSON.parse(stdout) as [{ account: string; findings: Finding[] }];
  expect(account).toBe("app");
  expect(exitCode).toBe(findings.some(isProblem) ? 1 : 0);
  return findings;
}

const isProblem = ({ status }: Finding) => status === "problem";
const problems = async () => (await findings()).filter(isProblem);
const healthy = async () => expect(await problems()).toEqual([]);

/** The commands that a fix names, in its order. */
const commandsOf = ({ fix }: Finding) => [...fix.matchAll(/'([^']+)'/g)].map(([, text]) => text);

/** Carries out what a problem's fix says, up to the first "or". */
async function fix(finding: Finding): Promise<void> {
  const [first] = finding.fix.split(/, or |, and read /);
  for (const command of commandsOf({ ...finding, fix: first }))
    await (/ as app/.test(first)
      ? asAccount(host, "app", command)
      : host.run(`export PATH=$PATH:/usr/sbin; ${command}`));
}

/** A service that was started goes through "activating". */
const untilSettled = () =>
  asAccount(
    host,
    "app",
    "for i in $(seq 3000); do [ $(systemctl --user is-active docker || true) = activating ] || break; sleep 0.2; done",
  );

describe("a healthy host", () => {
  test("as a table: status 0, a line for each link and row, nothing to fix", async () => {
    const { exitCode, stdout, stderr } = await host.ssh(`sh ${agent} doctor`);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^app on \S+: Debian GNU\/Linux 13 \(trixie\), kernel \S+$/);
    expect(lines).toContainEqual(expect.stringMatching(/^ok {10}subordinate uids {11}\d+:65536$/));
    expect(lines.at(-2)).toBe("nothing to fix");
    expect(lines.filter((line) => line.startsWith("problem"))).toEqual([]);
  });

  test("its rows are those that the steps report", async () => {
    const told = (await findings()).filter(({ about }) => /^[a-z]+[A-Za-z]*$/.test(about));
    const said: Record<string, string> = {};
    for (const step of ["account", "kernel", "daemon"] as const)
      Object.assign(said, (await app.apply(step, wishes)).facts);
    const rows = [
      ...["ping", "privilegedPorts", "cgroups", "netHost", "privileged", "readOnly"],
      ...["containerIds", "bindMountOwners", "sharedMounts", "hostGateway", "clientAddresses"],
      ...["dockerSocket", "macvlanNetworks"],
    ];
    for (const row of rows) {
      const { status, found } = told.find(({ about }) => about === row) ?? {};
      expect([row, status === "ok" ? "available" : status]).toEqual([
        row,
        said[`limitations.${row}.status`],
      ]);
      expect(found).toBe(said[`limitations.${row}.evidence`]);
    }
  });

  test("as the account, without root: what it can see itself", async () => {
    const { exitCode, stdout, stderr } = await tryAsAccount(host, "app", `sh ${agent} doctor`);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^ok +docker context +docker of app reaches its daemon$/m);
    expect(stdout).toMatch(/^nothing to fix\n\(as root it sees more: .*\)\n$/m);
  });

  test("what runs out, but not yet: said, and no reason for a step to fail", async () => {
    const [most, users] = ["/proc/sys/user/max_user_namespaces", "/proc/key-users"];
    await host.run(`echo 500 >/run/most; mount --bind /run/most ${most}
      echo "$(id -u app): 190 190/190 190/200 1000/20000" >/run/users; mount --bind /run/users ${users}`);
    const found = await findings();
    const about = (name: string) => found.find((finding) => finding.about === name);
    expect(about("user.max_user_namespaces")).toMatchObject({ status: "limited", found: "500" });
    expect(about("kernel.keys.maxkeys")).toMatchObject({
      status: "limited",
      found: "200, of which 190 used by account app",
    });
    expect(about("kernel.keys.maxbytes")?.status).toBe("ok");
    await app.apply("daemon", wishes);
    // Where it is used up, or never was enough, it is one.
    const quota = "/proc/sys/kernel/keys/maxkeys";
    await host.run(`echo 191 >/run/quota; mount --bind /run/quota ${quota}`);
    const { exitCode, said } = await app.tryApply("daemon", wishes);
    expect([exitCode, said.join("\n")]).toEqual([
      1,
      expect.stringMatching(
        /^report: kernel\.keys\.maxkeys: found 191, of which 190 used by account app; wanted room .* To fix: set sysctls to \{ "kernel\.keys\.maxkeys": "20000" \}$/m,
      ),
    ]);
    await host.run(`umount ${most} ${users} ${quota}; rm /run/most /run/users /run/quota`);
  });

  test("what it looks at by name may be secret, and is no argument of a program", async () => {
    const key = "ssh-ed25519 AAAAsecretoption";
    const withKey = { account: { name: "app", authorizedKeys: [key] } };
    await app.apply("account", withKey);
    // First on its PATH: notes what it is called with.
    await host.run("cat >/usr/local/sbin/grep; chmod 755 /usr/local/sbin/grep", {
      input: '#!/bin/sh\necho "$*" >>/run/arguments\nexec /usr/bin/grep "$@"\n',
    });
    await healthy();
    await host.run("rm /usr/local/sbin/grep");
    const noted = await host.run("cat /run/arguments; rm /run/arguments");
    expect(noted).toContain("/findings");
    expect(noted).not.toContain("AAAAsecretoption");
    await app.apply("account", wishes);
  });

  test("asked wrongly: status 2, and how to ask", async () => {
    const usage = `usage: sh ${agent} doctor [--json | --problems] [ACCOUNT]...\n`;
    const wrong = await host.ssh(`sh ${agent} doctor --all`);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, `doctor: no such option '--all'\n${usage}`]);
    const other = await host.ssh(`sh ${agent} doctor app`, { user: "guest" });
    expect([other.exitCode, other.stderr]).toEqual([
      2,
      `doctor: only root, or app itself, can see what app sees\n${usage}`,
    ]);
    const nobody = await host.ssh(`sh ${agent} doctor --problems nosuch`);
    expect([nobody.exitCode, nobody.stdout]).toEqual([
      1,
      "doctor: account nosuch: found no such account; wanted it to exist. To fix: run pulumi up, which creates it\n",
    ]);
  });
});

/** What breaks the host, and the problem that it makes: about and found. */
const breaks: [string, string, [string, RegExp][]][] = [
  [
    "the setuid bit of newuidmap is lost",
    "chmod 755 /usr/bin/newuidmap",
    [["/usr/bin/newuidmap", /^755 root:root$/]],
  ],
  [
    "/usr/bin is mounted with nosuid",
    "mount --bind /usr/bin /usr/bin && mount -o remount,bind,nosuid /usr/bin",
    [["/usr/bin", /^it mounted with nosuid$/]],
  ],
  [
    "linger is off, and with it the account's service manager",
    "loginctl disable-linger app; for i in $(seq 3000); do [ $(systemctl is-active user@1001) = inactive ] && break; sleep 0.1; done",
    [
      ["linger", /^it off for app$/],
      ["user@1001.service", /^it inactive$/],
    ],
  ],
  [
    "/dev/net/tun is root's alone",
    "chmod 600 /dev/net/tun",
    [["/dev/net/tun", /^that it does not open \(Permission denied\)$/]],
  ],
  [
    "the service manager is stopped",
    "systemctl stop user@1001.service",
    [["user@1001.service", /^it inactive$/]],
  ],
  [
    "docker.service is stopped and disabled",
    "setpriv --reuid app --regid app --init-groups env XDG_RUNTIME_DIR=/run/user/1001 systemctl --user disable --now docker 2>/dev/null",
    [
      ["docker.service of app", /^it inactive$/],
      ["docker.service of app", /^it not enabled$/],
      ["/home/app/.config/systemd/user/default.target.wants", /^no such directory$/],
      ["/home/app/.config/systemd/user/default.target.wants/docker.service", /^no such link$/],
    ],
  ],
  [
    "another Docker context",
    "setpriv --reuid app --regid app --init-groups env HOME=/home/app docker context use default >/dev/null 2>&1",
    [["docker of app", /^that its context leads to /]],
  ],
  [
    "a setting changed by hand",
    "sysctl -qw net.ipv4.ping_group_range='1 0'",
    [["net.ipv4.ping_group_range", /^1 0$/]],
  ],
];

// What a failed test left is no failure of the next one.
let broken = false;
afterEach(async () => {
  if (!broken) return;
  for (const step of ["account", "engine", "kernel", "daemon"] as const)
    await app.apply(step, wishes);
});

test.each(breaks)("%s: named, and what the doctor says fixes it", async (_, command, wanted) => {
  broken = true;
  await host.run(`export PATH=$PATH:/usr/sbin; ${command}`);
  const found = await problems();
  expect(found.map(({ about }) => about)).toEqual(wanted.map(([about]) => about));
  wanted.forEach(([, value], index) => expect(found[index].found).toMatch(value));
  for (const problem of found) await fix(problem);
  await untilSettled();
  await healthy();
  broken = false;
});

test("files changed by hand: named by path, and put back by the step", async () => {
  const unit = "/home/app/.config/systemd/user/docker.service";
  await host.run(
    `chmod 666 ${unit}; echo '#' >>/home/app/.config/docker/environment; rm /etc/sysctl.d/99-zz-rootless-docker-net.ipv4.ping_group_range.conf`,
  );
  expect((await problems()).map(({ about, found }) => [about, found])).toEqual([
    ["/etc/sysctl.d/99-zz-rootless-docker-net.ipv4.ping_group_range.conf", "no such file"],
    ["/home/app/.config/docker/environment", "other content"],
    [unit, "mode 666"],
  ]);
  await app.apply("kernel", wishes);
  await app.apply("daemon", wishes);
  await healthy();
});

describe("a daemon that does not start: the step says the cause, and the journal's last words", () => {
  /** The daemon step's error after something was broken, and a restart was asked for. */
  async function failure(debug: string): Promise<string[]> {
    const { exitCode, said } = await app.tryApply("daemon", {
      ...wishes,
      daemon: { labels: [debug] },
    });
    expect(exitCode).toBe(1);
    const lines = said.filter((line) => !line.endsWith(" written"));
    expect(lines.length).toBeLessThanOrEqual(20);
    return lines;
  }

  test("no subordinate ids", async () => {
    await host.run("cp /etc/subuid /root/subuid; sed -i /^app:/d /etc/subuid");
    const said = await failure("a=1");
    expect(said[0]).toMatch(
      /^daemon: subordinate uids: found 0 for app in \/etc\/subuid; wanted 65536 at least, since .* To fix: run pulumi up/,
    );
    expect(said.join("\n")).toMatch(/journal: \[rootlesskit:parent\].*No subuid ranges found/);
    expect(said.at(-1)).toMatch(/^daemon: docker.service of app: found it does not start/);
    await app.apply("account", wishes);
    await app.apply("daemon", wishes);
    await healthy();
  });

  test("newuidmap without its bit, and no slirp4netns: both are named", async () => {
    await host.run("chmod 755 /usr/bin/newuidmap; dpkg --remove --force-depends slirp4netns");
    const said = await failure("a=2");
    expect(said[0]).toMatch(
      /^daemon: programs: found none called slirp4netns \(package slirp4netns\); wanted/,
    );
    expect(said[1]).toMatch(/^daemon: \/usr\/bin\/newuidmap: found 755 root:root; wanted setuid/);
    await app.apply("engine", wishes);
    await app.apply("daemon", wishes);
    await healthy();
  });

  test("what the daemon itself refuses: its own words, and nothing of an earlier start", async () => {
    const { exitCode, said } = await app.tryApply("daemon", {
      ...wishes,
      environment: { DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS: "--no-such-flag" },
    });
    expect(exitCode).toBe(1);
    const lines = said.filter((line) => !line.endsWith(" written"));
    expect(lines.slice(0, -1).join("\n")).toMatch(/journal: .*no-such-flag/);
    expect(lines.join("\n")).not.toMatch(/subuid|newuidmap/);
    expect(lines.length).toBeLessThanOrEqual(20);
    await app.apply("daemon", wishes);
  });
});

test("the bus of the account is not there: named, and fixed", async () => {
  await host.run(
    "dpkg --remove --force-depends dbus-user-session >/dev/null; systemctl restart user@1001.service",
  );
  await untilSettled();
  const found = await problems();
  expect(found.map(({ about, found: value }) => [about, value])).toEqual([
    ["dbus.socket of app", "it inactive"],
    ["package dbus-user-session", "not installed"],
  ]);
  await app.apply("engine", wishes);
  await app.apply("daemon", wishes);
  await healthy();
});

test("a bus that comes a moment later is waited for", async () => {
  await host.run(`
    mkdir -p /etc/systemd/user/dbus.socket.d
    printf '[Socket]\\nExecStartPre=/bin/sleep 3\\n' >/etc/systemd/user/dbus.socket.d/late.conf
    systemctl stop user@1001.service; rm -f /run/user/1001/bus
    systemctl start --no-block user@1001.service`);
  await app.apply("daemon", wishes);
  await host.run("rm -r /etc/systemd/user/dbus.socket.d");
  await healthy();
});
