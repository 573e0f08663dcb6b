import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { asAccount, bootHost, tryAsAccount } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// Failures of later, on a host that was healthy: the doctor names each, and what it says fixes it.
afterAll(destroyAllHosts);

let host: TestHost;
let app: Installation;
const wishes: StepArgs = { account: { name: "app" } };
const agent = "/var/lib/rootless-docker/agents/d0/agent";

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
    expect(lines.at(-2)).toBe("nothing to fix");
    expect(lines.filter((line) => line.startsWith("problem"))).toEqual([]);
  });

  test("as the account, without root: what it can see itself", async () => {
    const { exitCode, stdout, stderr } = await tryAsAccount(host, "app", `sh ${agent} doctor`);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^nothing to fix\n\(as root it sees more: .*\)\n$/m);
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
      expect.stringContaining("account nosuch: found no such account"),
    ]);
  });
});

/** What breaks the host, and what the problems that it makes are about. */
const breaks: [string, string, RegExp[]][] = [
  ["the setuid bit of newuidmap is lost", "chmod 755 /usr/bin/newuidmap", [/newuidmap/]],
  [
    "linger is off, and with it the account's service manager",
    "loginctl disable-linger app; for i in $(seq 3000); do [ $(systemctl is-active user@1001) = inactive ] && break; sleep 0.1; done",
    [/^linger/, /^user@1001\.service$/],
  ],
  ["the service manager is stopped", "systemctl stop user@1001.service", [/^user@1001\.service$/]],
  [
    "docker.service is stopped",
    "setpriv --reuid app --regid app --init-groups env XDG_RUNTIME_DIR=/run/user/1001 systemctl --user stop docker 2>/dev/null",
    [/^docker\.service of app$/],
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
  for (const about of wanted)
    expect(found.map((problem) => problem.about)).toContainEqual(expect.stringMatching(about));
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
  expect((await problems()).map(({ about }) => about).sort()).toEqual([
    "/etc/sysctl.d/99-zz-rootless-docker-net.ipv4.ping_group_range.conf",
    "/home/app/.config/docker/environment",
    unit,
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
    const lines = said.filter((line) => !line.endsWith(": written"));
    expect(lines.length).toBeLessThanOrEqual(20);
    return lines;
  }

  test("no subordinate ids", async () => {
    await host.run("cp /etc/subuid /root/subuid; sed -i /^app:/d /etc/subuid");
    const said = await failure("a=1");
    expect(said.join("\n")).toMatch(/subordinate ids: found 0 in \/etc\/subuid/);
    expect(said.join("\n")).toMatch(/journal: \[rootlesskit:parent\].*No subuid ranges found/);
    await app.apply("account", wishes);
    await app.apply("daemon", wishes);
    await healthy();
  });

  test("what the daemon itself refuses: its own words, and nothing of an earlier start", async () => {
    const { exitCode, said } = await app.tryApply("daemon", {
      ...wishes,
      environment: { DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS: "--no-such-flag" },
    });
    expect(exitCode).toBe(1);
    const lines = said.filter((line) => !line.endsWith(": written"));
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
  expect(found.map(({ about }) => about)).toContain("dbus.socket of app");
  await app.apply("engine", wishes);
  await app.apply("daemon", wishes);
  await healthy();
});
