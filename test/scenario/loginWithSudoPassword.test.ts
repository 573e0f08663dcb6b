import { readFileSync } from "node:fs";
import { DriftDetection, OnDestroyData, type RootlessDockerHostArgs } from "../../index";
import { createHost, destroyAllHosts, type NspawnHost, passwordOf } from "../../stand-ins/hosts";
import { connectionTo, HostStack, stepsRun } from "../support/hostStack";
import { said } from "../support/stack";

// A login that sudo makes root by its password: every step, a preview's questions, and the way back. The tests
// follow each other.
const user = "withpassword";
const password = passwordOf(user);
let host: NspawnHost;
let installation: HostStack;

beforeAll(async () => {
  host = await createHost({
    engine: true,
    suite: "trixie",
    admins: [{ name: user, sudo: "password" }],
  });
  // Names of the shell's variables that hold it, if programs got those.
  await host.run("printf 'p=x\\npassword=x\\n' >>/etc/environment");
  installation = await HostStack.on(host, "password");
});
afterAll(destroyAllHosts);

const args = (more: Partial<RootlessDockerHostArgs> = {}, sudoPassword = password) => ({
  connection: { ...connectionTo(host), user, sudoPassword },
  account: { name: "app" },
  daemon: { "log-level": "info" },
  onDestroy: { data: OnDestroyData.Delete },
  ...more,
});

/** Failed tries, as pam_faillock counts them too. */
const failures = async () =>
  Number(
    await host.run(
      "journalctl -q --no-pager | grep -c 'pam_unix(sudo:auth): authentication failure' || true",
    ),
  );

const refusal =
  /agent: privileges: sudo refuses connection\.sudoPassword for user withpassword \(sudo: .*\)\. To fix: set it to withpassword's password \(on SUSE, root's\), or add 'withpassword ALL=\(ALL\) NOPASSWD: ALL' to a file in \/etc\/sudoers\.d$/gm;

test("a preview asks a machine that has nothing of it", async () => {
  const asks = args({ operations: { driftDetection: DriftDetection.Required } });
  const outcome = await installation.stack.preview(installation.program(asks));
  expect(said(outcome, "web", "lasting").map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^web: the machine now => after pulumi up\n {2}account app: none => new/),
  );
});

test("a wrong one is one error, at once, of one try", async () => {
  const before = await failures();
  const outcome = await installation.tryUp(args({}, "wrong"));
  const lasting = said(outcome, "web-machine", "lasting").map(({ message }) => message);
  expect(lasting.join("\n").match(refusal)).toHaveLength(1);
  expect(await failures()).toBe(before + 1);
  expect((await host.ssh("test -e /var/lib/rootless-docker")).exitCode).not.toBe(0);
});

test("up, and the password is nowhere on the machine", async () => {
  const seen = new Set<string>();
  let runs = true;
  const watch = (async () => {
    while (runs) {
      for (const { pid } of host.processes()) for (const text of shownOf(pid)) seen.add(text);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const outcome = await installation.tryUp(args());
  runs = false;
  await watch;
  expect(outcome.failure).toBeUndefined();
  expect(installation.outputs).toMatchObject({ account: { name: "app" } });
  expect([...seen].some((text) => text.includes("sudo"))).toBe(true);
  expect([...seen].filter((text) => text.includes("s3cret"))).toEqual([]);
  expect(outcome.printed).not.toContain("s3cret");
  expect(installation.stack.stateText).not.toContain("s3cret");
  // Records and files of the agent, of the login, and the journal.
  expect(
    await host.run(
      `grep -rslF s3cret /var/lib/rootless-docker /run /tmp /etc /home /var/log --exclude-dir=containers || true;
       journalctl -q --no-pager | grep -c s3cret || true`,
    ),
  ).toBe("0\n");
});

function shownOf(pid: number): string[] {
  return ["cmdline", "environ"].flatMap((name) => {
    try {
      return [readFileSync(`/proc/${pid}/${name}`, "latin1")];
    } catch {
      // It has ended.
      return [];
    }
  });
}

test("a change: its words have the values, and no secret", async () => {
  const edit = args({ daemon: { "log-level": "warn" } });
  const preview = await installation.stack.previewText(installation.program(edit), { diff: true });
  expect(preview).toMatch(/stdin *: \[secret\]/);
  expect(preview).toContain(
    'web-daemon: daemon.json/log-level "info" => "warn": the daemon restarts',
  );
  expect(preview).not.toContain("s3cret");
  expect(stepsRun(await installation.stack.up(installation.program(edit)))).toEqual([
    "update web-daemon",
  ]);
  expect(await host.run("cat /home/app/.config/docker/daemon.json")).toContain('"warn"');
});

test("drift is found, and put right", async () => {
  await host.run("sysctl -q -w net.ipv4.ping_group_range='1 0'");
  const asks = args({
    daemon: { "log-level": "warn" },
    operations: { driftDetection: DriftDetection.Required },
  });
  const outcome = await installation.stack.up(installation.program(asks));
  expect(stepsRun(outcome)).toEqual(["update web-drift", "update web-machine"]);
  expect(await host.run("sysctl -n net.ipv4.ping_group_range")).toBe("0\t2147483647\n");
});

test("a rule without a password: the line is not the document's", async () => {
  await host.run(`echo '${user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/zz-${user}`);
  const edit = args({ daemon: { "log-level": "error" } });
  expect((await installation.tryUp(edit)).failure).toBeUndefined();
  expect(await host.run("cat /home/app/.config/docker/daemon.json")).toContain('"error"');
  await host.run(`rm /etc/sudoers.d/zz-${user}`);
});

test("as root it is not needed, and not in the way", async () => {
  const connection = { ...connectionTo(host), sudoPassword: password };
  const edit = args({ connection, daemon: { "log-level": "debug" } });
  expect((await installation.tryUp(edit)).failure).toBeUndefined();
  expect(await host.run("cat /home/app/.config/docker/daemon.json")).toContain('"debug"');
});

test("destroy takes all back", async () => {
  expect((await installation.tryUp(args())).failure).toBeUndefined();
  await installation.destroy();
  expect((await host.ssh("test -e /var/lib/rootless-docker || id app")).exitCode).not.toBe(0);
});
