import { AgentTransfer, DriftDetection, OnDestroyData, PrivilegeEscalation } from "../../index";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  type HostSnapshot,
  snapshotHost,
  type TestHost,
} from "../../stand-ins/hosts";
import { connectionTo, HostStack, stepsRun } from "../support/hostStack";

// The program that runs as root gets to the machine over SFTP, or on a command's stdin where there is none.
let host: TestHost;
let before: HostSnapshot;

beforeAll(async () => {
  const names = ["homeless", "chatty", "full", "guest", "ops"];
  const sudo = (name: string) => (name === "guest" ? "none" : "nopasswd");
  host = await createHost({
    suite: "trixie",
    admins: names.map((name) => ({ name, sudo: sudo(name) })),
  });
  await host.run(`
    # Keys of a user without a home are elsewhere.
    mkdir /etc/ssh/keys && cp ~homeless/.ssh/authorized_keys /etc/ssh/keys/homeless
    chmod 644 /etc/ssh/keys/homeless && rm -r ~homeless
    echo 'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u' >/etc/ssh/sshd_config.d/keys.conf
    usermod --shell /bin/bash chatty && echo 'echo Welcome' >~chatty/.bashrc
    cp -a ~full /full.before && mount -t tmpfs -o size=64k tmpfs ~full
    cp -a /full.before/. ~full && chown full: ~full && rm -r /full.before
    systemctl restart ssh`);
  before = await snapshotHost(host);
});
afterAll(destroyAllHosts);

const as = (user: string, privilegeEscalation?: PrivilegeEscalation) => ({
  connection: { ...connectionTo(host), user, privilegeEscalation },
});
const withoutSftp = (on: boolean) =>
  host.run(
    `sed -i '${on ? "s/^Subsystem/#&/" : "s/^#Subsystem/Subsystem/"}' /etc/ssh/sshd_config && systemctl restart ssh`,
  );

/** What an \`up\` ends with, once; and then a destroy, after which nothing is left. */
async function errorOf(user: string): Promise<string[]> {
  const stack = await HostStack.on(host, `transfer-${user}`);
  const { failure } = await stack.tryUp(as(user));
  await stack.destroy();
  return [...new Set(failure?.match(/(web-\w+|agent): \w+: .* To fix: .*/g))];
}

test.each([
  [
    "homeless",
    "connection.user 'homeless' has no home in which it can write",
    "set agentTransfer to stdin",
  ],
  ["chatty", "the login prints text, or ends, before SFTP begins", "see what 'ssh USER@HOST true'"],
  [
    "full",
    "no file can be written in the home of connection.user 'full', as on a full disk",
    "see with 'df'",
  ],
  ["guest", "'sudo -n' refuses user guest", "add 'guest ALL=(ALL) NOPASSWD: ALL' to"],
])("%s: one error, and nothing is left", async (user, happened, fix) => {
  const errors = await errorOf(user);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain(`: ${happened}`);
  expect(errors[0]).toContain(`To fix: ${fix}`);
  expect(await left()).toEqual([]);
});

test("a user whom sudo refuses, then another one, then another way to be root", async () => {
  const stack = await HostStack.on(host, "users");
  const wishes = { account: { name: "app" }, onDestroy: { data: OnDestroyData.Delete } };
  const { failure } = await stack.tryUp({ ...wishes, ...as("guest") });
  expect(failure).toContain("refuses user guest");
  for (const [user, privilegeEscalation] of [
    ["root", PrivilegeEscalation.Auto],
    ["ops", PrivilegeEscalation.Auto],
    ["ops", PrivilegeEscalation.Sudo],
  ] as const) {
    const program = { ...wishes, ...as(user, privilegeEscalation) };
    await stack.up(program);
    expect(stepsRun(await stack.up(program))).toEqual([]);
  }
  await stack.destroy();
  // Nobody logs in as that user any more.
  await host.run("rm ~guest/.rootless-docker-*");
  expect(await left()).toEqual([]);
});

test("a copy that somebody changes as root is asked for: root runs what was brought", async () => {
  // It runs as the login does, in the moment between the sum and root.
  await host.run(`printf '%s\\n' '#!/bin/sh' \
    'for f in ~ops/.rootless-docker-*; do [ ! -e "$f" ] || echo "touch /root/planted" >"$f"; done' \
    'exec /usr/bin/sudo "$@"' >/usr/local/bin/sudo && chmod 755 /usr/local/bin/sudo`);
  const stack = await HostStack.on(host, "changed");
  await stack.up({
    ...as("ops"),
    account: { name: "app" },
    onDestroy: { data: OnDestroyData.Delete },
  });
  await stack.destroy();
  await host.run("rm /usr/local/bin/sudo");
  expect(await left()).toEqual([]);
});

/** But the part of a file that filled a disk, and the manager of a login that has just ended. */
async function left(): Promise<string[]> {
  const lines = diffSnapshots(before, await snapshotHost(host));
  const expected = /\/full\/\.rootless-docker-[0-9a-f]+ |(run-user-|@)\d+\.|:systemd$/;
  return lines.filter((line) => !expected.test(line));
}

test("no SFTP at all: one error; and stdin does without all of these", async () => {
  await withoutSftp(true);
  expect(await errorOf("guest")).toEqual([
    expect.stringContaining(
      "web-copy: connection: the SSH server does not support SFTP, which copies the program that runs as root (",
    ),
  ]);
  for (const user of ["homeless", "chatty"]) {
    const stack = await HostStack.on(host, `stdin-${user}`);
    const args = {
      ...as(user),
      agentTransfer: AgentTransfer.Stdin,
      account: { name: "app" },
      onDestroy: { data: OnDestroyData.Delete },
    };
    const first = stack.program({
      ...args,
      operations: { driftDetection: DriftDetection.Required },
    });
    expect(stepsRun(await stack.stack.preview(first))).toContain("create web-machine");
    await stack.up(args);
    expect(stack.outputs).toMatchObject({ storageDriver: "overlay2" });
    expect(stepsRun(await stack.up(args))).toEqual([]);
    const change = { ...args, kernel: { sysctls: { "net.ipv4.ping_group_range": "0 9" } } };
    expect(stepsRun(await stack.up(change))).toEqual(["update web-machine"]);
    // What a login prints before the answer is passed over.
    const asks = stack.program({
      ...change,
      operations: { driftDetection: DriftDetection.Required },
    });
    expect(stepsRun(await stack.stack.preview(asks))).toEqual([]);
    await host.run("sysctl -q -w net.ipv4.ping_group_range='1 0'");
    const found = stepsRun(await stack.stack.preview(asks));
    expect(found.sort()).toEqual(["update web-drift", "update web-machine"]);
    await stack.stack.up(asks);
    // Somebody else has seen the name in ps(1): that holds nothing up.
    const installation = String(stack.stack.outputs("web-installation").hex);
    const planted =
      `/tmp/rootless-docker.${installation}.${await host.run(`id -u ${user}`)}`.trim();
    await host.run(`mkdir ${planted}`);
    await stack.up({ ...change, account: { name: "app", create: false } });
    await stack.destroy();
    await host.run(`rmdir ${planted}`);
  }
  await withoutSftp(false);
  expect(await left()).toEqual([]);
});
