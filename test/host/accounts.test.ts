import { destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { execOrThrow } from "../../stand-ins/hosts/exec";
import { expectNoAgent, give } from "../support/accountOnly";
import { bootHost } from "../support/host";
import type { StepArgs } from "../support/documents";

// The step machine alone: who runs the daemon, and its subordinate ids.
afterAll(destroyAllHosts);

let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run(
    "useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 kept; touch /etc/subuid /etc/subgid",
  );
});

/** Not even root changes a file with `+i`. */
const chattr = (flag: string, path: string) => execOrThrow("chattr", [flag, `${host.root}${path}`]);

const both = (line: string) => `echo ${line} | tee -a /etc/subgid >>/etc/subuid`;

test.each<[string, string, StepArgs, string[], string, string]>([
  [
    "missing",
    "create: false, and no such account",
    { account: { create: false } },
    ["account.create"],
    "true",
    "true",
  ],
  [
    "kept",
    "an account that exists is not edited",
    { account: { uid: 4321, home: "/srv/kept" } },
    ["account.uid", "account.home"],
    "true",
    "true",
  ],
  [
    "squat",
    "a directory where the new home would be",
    {},
    ["account.home", "/home/squat"],
    "mkdir /home/squat",
    "rmdir /home/squat",
  ],
  [
    "taken",
    "a group of the new account's name",
    {},
    ["account.name"],
    "groupadd taken",
    "groupdel taken",
  ],
  [
    "second",
    "a uid that another account has",
    { account: { uid: 3900 } },
    ["account.uid"],
    "useradd -u 3900 other",
    "userdel other",
  ],
  [
    "kept",
    "two accounts on the same ids",
    {},
    ["account.subordinateIds", "kept:2000000:65536", "bob:2000000:65536"],
    `${both("kept:2000000:65536")}; ${both("bob:2000000:65536")}`,
    "sed -i /2000000/d /etc/subuid /etc/subgid",
  ],
  [
    "late",
    "a start that is taken in part",
    { account: { subordinateIds: { uidStart: 300100, gidStart: 700000 } } },
    ["account.subordinateIds", "300100"],
    both("bob:300000:65536"),
    "sed -i /300000/d /etc/subuid /etc/subgid",
  ],
  [
    "kept",
    "a range that begins where it is asked for, and has fewer ids",
    { account: { subordinateIds: { uidStart: 800000, gidStart: 800000 } } },
    ["account.subordinateIds", "800000", "1000"],
    both("kept:800000:1000"),
    "sed -i /:800000:/d /etc/subuid /etc/subgid",
  ],
  [
    "kept",
    "ids of accounts",
    {},
    ["account.subordinateIds", "kept:1000:65536"],
    both("kept:1000:65536"),
    "sed -i /:1000:/d /etc/subuid /etc/subgid",
  ],
  [
    "kept",
    "a file of ids that others can change",
    {},
    ["/etc/subuid"],
    "chmod 666 /etc/subuid",
    "chmod 644 /etc/subuid",
  ],
  [
    "kept",
    "a file of root's where the account's are written",
    {},
    ["/home/kept/.docker", "move it"],
    "mkdir /home/kept/.docker",
    "rmdir /home/kept/.docker",
  ],
])(
  "%s: %s: one error, by its option, and nothing is changed",
  async (name, _what, wishes, words, first, then) => {
    await host.run(first);
    const app = await give(host, name, wishes);
    const { exitCode, said } = await app.installation.tryApply("machine", app.all);
    await app.back();
    await host.run(then);
    expect(exitCode).toBe(1);
    for (const word of words) expect(said.join("\n")).toContain(word);
    expect(await host.run("getent passwd missing squat taken second late || true")).toBe("");
  },
);

test("what the machine has for new users is not the account's: groups, an end, an age", async () => {
  await host.run(
    `cp -a /etc/default/useradd /etc/login.defs /root
    printf 'GROUPS=adm,sudo\nEXPIRE=2020-01-01\nINACTIVE=3\n' >>/etc/default/useradd
    sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 30/' /etc/login.defs`,
  );
  const plain = await give(host, "plain");
  await plain.apply();
  expect(await host.run("id -nG plain; getent shadow plain | cut -d : -f 5-")).toMatch(
    /^plain\n(-1)?:7:::\n$/,
  );
  await plain.back();
  expect(await host.run("getent group plain || true")).toBe("");
  await host.run("mv /root/useradd /etc/default; mv /root/login.defs /etc");
});

test("uid, home, shell and keys of a new account; what goes with it", async () => {
  const keys = [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= it\'s "$(id)" ü',
    'command="true" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTmI= -n',
  ];
  const fresh = await give(host, "fresh", {
    account: { uid: 4100, home: "/srv/fresh", shell: "/bin/sh", authorizedKeys: keys },
  });
  await fresh.apply();
  expect(
    await host.run(
      "getent passwd fresh | sed 's/rootless-docker fresh/MARK/'; cat /srv/fresh/.ssh/authorized_keys; stat -c '%a %U' /srv/fresh/.ssh /srv/fresh/.ssh/authorized_keys",
    ),
  ).toBe(`fresh:x:4100:4100:MARK:/srv/fresh:/bin/sh\n${keys.join("\n")}\n700 fresh\n600 fresh\n`);
  expect((await fresh.apply()).changed).toEqual([]);
  // Somebody is still logged in, and a write was cut off.
  await host.run(
    "install -o fresh /dev/null /srv/fresh/.ssh/authorized_keys.rootless-docker-new; setsid setpriv --reuid 4100 --regid 4100 --clear-groups sleep 300 >/dev/null 2>&1 </dev/null & until pgrep -u 4100 -x sleep; do sleep 0.1; done",
  );
  await fresh.back();
  await host.run(
    "none getent passwd fresh; none getent group fresh; none ls -d /srv/fresh; none pgrep -u 4100",
  );
});

test("keys: one dropped goes, those of the account stay, byte for byte, behind a link too", async () => {
  await host.run(
    `install -d -o kept -g kept -m 700 /home/kept/.ssh; printf 'ssh-rsa AAAAB3NzaC1yc2EAAAABMA== own' >/home/kept/keys
    chown kept: /home/kept/keys; chmod 644 /home/kept/keys; ln -s ../keys /home/kept/.ssh/authorized_keys
    chown -h kept: /home/kept/.ssh/authorized_keys`,
  );
  const file = "cat /home/kept/keys; stat -c ' %a' /home/kept/keys; readlink /home/kept/.ssh/*";
  const before = await host.run(file);
  const [a, b] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= a",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= b",
  ];
  const kept = await give(host, "kept", { account: { authorizedKeys: [a, b] } });
  await kept.apply();
  expect(await host.run(file)).toContain(`ssh-rsa AAAAB3NzaC1yc2EAAAABMA== own\n${a}\n${b}\n`);
  await kept.installation.apply("machine", {
    ...kept.all,
    account: { name: "kept", authorizedKeys: [b] },
  });
  expect(await host.run(file)).toContain(`ssh-rsa AAAAB3NzaC1yc2EAAAABMA== own\n${b}\n`);
  await kept.back();
  expect((await host.run(file)).replace("own\n ", "own ")).toBe(before);
  await host.run("rm -r /home/kept/.ssh /home/kept/keys");
});

test("ids: of a new account its own, and they go with it; of one that was there they stay; a new range is above all", async () => {
  await host.run(`: >/etc/subuid; : >/etc/subgid; ${both("games:100000:65536")}`);
  const fresh = await give(host, "fresh");
  const start = Number((await fresh.apply()).facts["subordinateIds.uids"].split(":")[0]);
  expect(start).toBeGreaterThanOrEqual(165536);
  expect((await fresh.apply()).changed).toEqual([]);
  await fresh.back();
  expect(await host.run("cat /etc/subuid /etc/subgid")).toBe(
    "games:100000:65536\ngames:100000:65536\n",
  );
  // By its number, in two lines: enough, and left as they are.
  await host.run(`${both("$(id -u kept):400000:32768")}; ${both("kept:500000:32768")}`);
  const kept = await give(host, "kept");
  expect((await kept.apply()).facts["subordinateIds.uids"]).toBe("400000:32768,500000:32768");
  await kept.back();
  // Too few: filled up, and they stay.
  await host.run("sed -i '/^kept:/d' /etc/subuid /etc/subgid");
  const few = await give(host, "kept");
  const [, more] = (await few.apply()).facts["subordinateIds.uids"].split(",");
  expect(Number(more.split(":")[0])).toBeGreaterThan(start);
  await few.back();
  expect(await host.run("grep -c ^kept: /etc/subuid")).toBe("1\n");
  await host.run(": >/etc/subuid; : >/etc/subgid");
});

test("an account removed by hand does not hold up the revert", async () => {
  const gone = await give(host, "gone");
  await gone.apply();
  await host.run("userdel -rf gone 2>/dev/null");
  await gone.back();
});

test("a home that useradd cannot make: no account is left, and the next run makes it", async () => {
  const late = await give(host, "late");
  await chattr("+i", "/home");
  const { exitCode, said } = await late.installation.tryApply("machine", late.all);
  expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("useradd late")]);
  await chattr("-i", "/home");
  await host.run("none id late");
  await late.apply();
  await late.back();
});

test("another account of that name by now is an error, and untouched", async () => {
  const first = await give(host, "anew");
  await first.apply();
  await host.run(
    "userdel -rf anew 2>/dev/null; useradd -u 4567 -m anew; echo mine >/home/anew/file",
  );
  const { exitCode, said } = await first.installation.tryRevert("machine", first.all);
  expect([exitCode, said.join("\n")]).toEqual([1, expect.stringContaining("account anew")]);
  const [, command] = /'(rm [^']*)'/.exec(said.join("\n")) ?? [];
  await host.run(`${command}; grep -q mine /home/anew/file`);
  await first.back();
  await host.run("grep -q mine /home/anew/file; userdel -rf anew 2>/dev/null");
});

test("nothing of the agent is left", () => expectNoAgent(host));
