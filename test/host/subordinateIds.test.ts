import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { expectNoAgent, give } from "../../testkit/accountOnly";
import { asAccount, bootHost } from "../../testkit/host";

afterAll(destroyAllHosts);

let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("touch /etc/subuid /etc/subgid");
});

const idFiles = () => host.run("cat /etc/subuid; echo --; cat /etc/subgid");

/** An account without ids, and lines for both id files, in which UID stands for its user id. */
async function accountWithIds(name: string, ...lines: string[]) {
  await host.run(
    `useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 ${name}
    for file in /etc/subuid /etc/subgid; do sed "s/UID/$(id -u ${name})/" >>$file <<LINES
${lines.join("\n")}
LINES
    done`,
  );
}

test("no files of ids at all: made, and removed again", async () => {
  await host.run("rm /etc/subuid /etc/subgid");
  const first = await give(host, "first");
  const { facts } = await first.apply();
  expect(facts["subordinateIds.uids"]).toBe("100000:65536");
  expect(await host.run("cat /etc/subuid /etc/subgid; stat -c '%a %U' /etc/subuid")).toBe(
    "first:100000:65536\nfirst:100000:65536\n644 root\n",
  );
  expect((await first.apply()).changed).toEqual([]);
  await first.back();
  expect(await host.run("ls /etc/subuid /etc/subgid 2>/dev/null || echo gone")).toBe("gone\n");
  await host.run("touch /etc/subuid /etc/subgid");
});

test("files whose last line has no end: it stays a line of its own", async () => {
  await host.run("printf 'games:100000:65536' | tee /etc/subuid >/etc/subgid");
  const next = await give(host, "next");
  await next.apply();
  const both = (lines: string) => `${lines}--\n${lines}`;
  expect(await idFiles()).toBe(both("games:100000:65536\nnext:165536:65536\n"));
  await next.back();
  expect(await idFiles()).toBe(both("games:100000:65536\n"));
  await host.run(": >/etc/subuid; : >/etc/subgid");
});

test("ids in use without a line: a process of root's, the owner of a home, and a user namespace", async () => {
  await host.run(
    `systemd-run --quiet --unit=process setpriv --reuid 100033 --regid 100033 --clear-groups sleep infinity
    install -d /home/EXAMPLE; install -d -o 165500 -g 165500 /home/EXAMPLE/listed-nowhere
    cat >/tmp/pod.pl; systemd-run --quiet --unit=pod perl /tmp/pod.pl
    until grep -qsw 200000 $(pgrep -x sleep | sed 's|.*|/proc/&/gid_map|'); do sleep 0.1; done`,
    {
      input: `pipe R, W; my $pid = fork;
        if (!$pid) { syscall 272, 0x10000000; syswrite W, "x"; sleep 1; exec "sleep", "infinity" }
        sysread R, my $byte, 1;
        for ("uid", "gid") { open my $map, ">", "/proc/$pid/\${_}_map"; print $map "0 200000 65536\n"; close $map or die }
        waitpid $pid, 0;`,
    },
  );
  const clash = await give(host, "clash", {
    subordinateIds: { uidStart: 200000, gidStart: 90000 },
  });
  expect((await clash.installation.tryApply("preflight", clash.all)).said).toEqual([
    expect.stringMatching(
      /uidStart: found ids from 200000 to 265535 taken in part, by process \d+ \(200000 to 265535\); wanted/,
    ),
    expect.stringMatching(
      /gidStart: found ids from 90000 to 155535 taken in part, by process \d+ \(100033 to 100033\); wanted/,
    ),
  ]);
  await clash.back();
  const beside = await give(host, "beside");
  expect((await beside.apply()).facts["subordinateIds.uids"]).toBe("265536:65536");
  expect((await beside.apply()).changed).toEqual([]);
  await beside.back();
  await host.run(
    "systemctl stop process pod; rm /tmp/pod.pl; rmdir -p /home/EXAMPLE/listed-nowhere || true",
  );
  const after = await give(host, "after");
  expect((await after.apply()).facts["subordinateIds.uids"]).toBe("100000:65536");
  await after.back();
});

test("ids that an account has by its number, or in several lines, are kept as they are", async () => {
  await accountWithIds("number", "UID:400000:65536");
  await accountWithIds("lines", "lines:1000000:32768", "other:1100000:65536", "UID:1200000:32768");
  const before = await idFiles();
  for (const [name, ranges] of [
    ["number", "400000:65536"],
    ["lines", "1000000:32768,1200000:32768"],
  ]) {
    const kept = await give(host, name);
    const { changed, facts } = await kept.apply();
    expect(changed).toEqual([`linger of ${name} switched on`]);
    expect([facts["subordinateIds.uids"], facts["subordinateIds.gids"]]).toEqual([ranges, ranges]);
    await kept.back();
    expect(await idFiles()).toBe(before);
  }
});

test("two accounts on the same ids, and lines of one that overlap: said before anything changes", async () => {
  await accountWithIds("alice", "alice:2000000:65536", "bob:2000000:65536");
  await accountWithIds("carol", "carol:2200000:65536", "UID:2265535:65536");
  const before = await idFiles();
  const uid = (await host.run("id -u carol")).trim();
  for (const [name, first, second] of [
    ["alice", "alice:2000000:65536", "bob:2000000:65536"],
    // Not there yet.
    ["bob", "bob:2000000:65536", "alice:2000000:65536"],
    ["carol", "carol:2200000:65536", `${uid}:2265535:65536`],
  ]) {
    const shared = await give(host, name);
    const { exitCode, said } = await shared.installation.tryApply("preflight", shared.all);
    const line = (file: string) =>
      `preflight: subordinateIds: found '${first}' and '${second}' in ${file}, which share ids; wanted ids of account ${name} that no other line has: containers on the same ids could change each other's files. To fix: remove one of the two lines (account ${name} gets a free range if it has too few then), and the files that its containers have made under the old ids`;
    expect([exitCode, said]).toEqual([1, [line("/etc/subuid"), line("/etc/subgid")]]);
    await shared.back();
    expect(await idFiles()).toBe(before);
  }
  // As the fix says.
  await host.run("sed -i '/^bob:/d; /^carol:/d' /etc/subuid /etc/subgid");
  const bob = await give(host, "bob");
  expect((await bob.apply()).facts["subordinateIds.uids"]).toBe("100000:65536");
  await bob.back();
});

test("ids that an account has are kept, and stay", async () => {
  await host.run(
    "useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 kept; echo kept:300000:65536 | tee -a /etc/subgid >>/etc/subuid",
  );
  const before = await idFiles();
  const kept = await give(host, "kept");
  const { changed, facts } = await kept.apply();
  expect(changed).toEqual(["linger of kept switched on"]);
  expect(facts["subordinateIds.uids"]).toBe("300000:65536");
  await kept.back();
  expect(await idFiles()).toBe(before);
});

test("too few ids are filled up with the next free range, and the few stay", async () => {
  await host.run(
    "useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 few; echo few:100000:1000 | tee -a /etc/subgid >>/etc/subuid",
  );
  const before = await idFiles();
  const few = await give(host, "few");
  expect((await few.apply()).facts["subordinateIds.uids"]).toBe("100000:1000,101000:65536");
  expect((await few.apply()).changed).toEqual([]);
  await few.back();
  expect(await idFiles()).toBe(before);
});

test.each([
  [
    "with linger of this package's",
    "true",
    ["linger of served stays on"],
    /linger of served switched off[^]*uids \S+ taken back/,
    "gone\n",
  ],
  [
    "with linger from before",
    "loginctl enable-linger served",
    [],
    /uids \S+ taken back/,
    "served\ngone\n",
  ],
])(
  "a unit that an account has enabled since may need its ids, %s: they stay until it is disabled, and has ended",
  async (_name, before, stays, ends, left) => {
    await host.run(`useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 served; ${before}`);
    const runs = () =>
      asAccount(
        host,
        "served",
        "systemctl --user is-active pod; wc -l </proc/$(pgrep -u served -x sleep)/uid_map",
      );
    const first = await give(host, "served");
    await first.apply();
    await asAccount(
      host,
      "served",
      `mkdir -p ~/.config/systemd/user; cat >~/.config/systemd/user/pod.service <<'UNIT'
[Service]
ExecStart=unshare --user --map-auto --map-root-user sleep infinity
[Install]
WantedBy=default.target
UNIT
    systemctl --user daemon-reload; systemctl --user -q enable --now pod
    until pgrep -u served -x sleep; do sleep 0.1; done`,
    );
    expect(await runs()).toBe("active\n2\n");
    const pid = await host.run("pgrep -u served -x sleep");
    let lines = "";
    const enabled = "served has enabled 'default\\.target\\.wants/pod\\.service' since";
    // The second installation finds the unit, and this package's ids; the third one what runs still.
    for (const why of [enabled, enabled, "served runs 'pod\\.service'"]) {
      const again = lines === "" ? first : await give(host, "served");
      if (lines !== "") await again.apply();
      lines = await idFiles();
      if (why !== enabled) await asAccount(host, "served", "systemctl --user -q disable pod");
      const said = (await again.back()).said.join("\n");
      for (const what of [
        ...stays,
        "gids \\S+ stay with account served",
        "uids \\S+ stay with account served",
      ])
        expect(said).toMatch(new RegExp(`${what}: ${why}`));
      expect([await runs(), await idFiles(), await host.run("pgrep -u served -x sleep")]).toEqual([
        "active\n2\n",
        lines,
        pid,
      ]);
    }
    await asAccount(host, "served", "systemctl --user stop pod");
    const last = await give(host, "served");
    await last.apply();
    expect((await last.back()).said.join("\n")).toMatch(ends);
    expect(
      await host.run(
        "grep ^served /etc/sub?id; ls /var/lib/systemd/linger; ls -d /var/lib/rootless-docker; until ! pgrep -u served -x sleep; do sleep 0.1; done; echo gone",
      ),
    ).toBe(left);
    await host.run(
      "loginctl disable-linger served; systemctl stop user@$(id -u served); userdel -r served 2>/dev/null",
    );
  },
);

test("a job that an account runs without a login goes on, by linger; what the machine starts for everybody keeps none", async () => {
  await host.run(`useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 ops
    printf '[Service]\nExecStart=sleep infinity\n' >/etc/systemd/user/every.service
    systemctl --global -q add-wants default.target every.service`);
  const first = await give(host, "ops");
  await first.apply();
  const job = "systemd-run --user -q --unit=backup sleep infinity";
  await asAccount(host, "ops", `systemctl --user is-active every; ${job}`);
  const { said } = await first.back();
  expect(said.join("\n")).toMatch(
    /linger of ops stays on: ops runs 'backup\.service'[^]*uids \S+ taken back/,
  );
  // logind waits for ten seconds.
  expect(await asAccount(host, "ops", "sleep 12; systemctl --user is-active backup")).toBe(
    "active\n",
  );
  await asAccount(host, "ops", "systemctl --user stop backup");
  await host.run("loginctl disable-linger ops; systemctl stop user@$(id -u ops)");
  const next = await give(host, "ops");
  await next.apply();
  await asAccount(host, "ops", "systemctl --user is-active every");
  expect((await next.back()).said.join("\n")).toMatch(/linger of ops switched off/);
  await host.run(`systemctl stop user@$(id -u ops); userdel -r ops 2>/dev/null
    systemctl --global -q disable every; rm -r /etc/systemd/user/every.service /etc/systemd/user/default.target.wants/every.service || true`);
});

test("ranges never overlap: others', numeric ones, other leases'", async () => {
  await host.run("printf '4242:101000:65536\\n' >>/etc/subuid");
  const one = await give(host, "one");
  const two = await give(host, "two", { subordinateIds: { count: 70000 } });
  const ranges = (await Promise.all([one.apply(), two.apply()])).map((answer) => [
    answer.facts["subordinateIds.uids"],
    answer.facts["subordinateIds.gids"],
  ]);
  const lines = (await host.run("cat /etc/subuid"))
    .trim()
    .split("\n")
    .map((line) => line.split(":").slice(1).map(Number));
  lines.sort(([a], [b]) => a - b);
  for (let i = 1; i < lines.length; i++)
    expect(lines[i][0]).toBeGreaterThanOrEqual(lines[i - 1][0] + lines[i - 1][1]);
  expect(ranges.flat().every((range) => /^\d+:(65536|70000)$/.test(range))).toBe(true);
  await one.back();
  expect(await host.run("grep -c ^two: /etc/subuid")).toBe("1\n");
  await two.back();
  await host.run("sed -i /^4242:/d /etc/subuid");
});

test("a start that is taken in part is refused by name; the count follows the setting", async () => {
  const late = await give(host, "late", { subordinateIds: { uidStart: 300100, gidStart: 700000 } });
  const { exitCode, said } = await late.installation.tryApply("preflight", late.all);
  expect([exitCode, said]).toEqual([
    1,
    [
      "preflight: subordinateIds.uidStart: found ids from 300100 to 365635 taken in part, by kept (300000 to 365535); wanted 65536 free ids. To fix: choose another start, or leave the option out for the next free range",
    ],
  ]);
  await late.back();
  const grown = await give(host, "grown", {
    subordinateIds: { uidStart: 700000, gidStart: 800000 },
  });
  await grown.apply();
  const wishes = {
    ...grown.all,
    subordinateIds: { uidStart: 700000, gidStart: 800000, count: 131072 },
  };
  const { changed } = await grown.installation.apply("account", wishes);
  expect(changed).toEqual([
    "subordinate uids 700000:65536 taken back from grown",
    "subordinate uids 700000:131072 given to grown",
    "subordinate gids 800000:65536 taken back from grown",
    "subordinate gids 800000:131072 given to grown",
  ]);
  // Without the starts, both ranges stay where they are.
  const { facts } = await grown.installation.apply("account", {
    ...grown.all,
    subordinateIds: { count: 90000 },
  });
  expect(facts["subordinateIds.uids"]).toBe("700000:90000");
  expect(facts["subordinateIds.gids"]).toBe("800000:90000");
  await grown.back();
});

test("fewer than 65,536 ids free: said before anything changes", async () => {
  await host.run("echo huge:100000:600000001 >>/etc/subuid");
  const none = await give(host, "none");
  const { exitCode, said } = await none.installation.tryApply("preflight", none.all);
  expect([exitCode, said]).toEqual([
    1,
    [
      "preflight: subordinateIds: found no 65536 free ids in /etc/subuid between 100000 and 600100000; wanted one free range for account none. To fix: remove ranges of accounts that are gone from /etc/subuid, see those that /var/lib/rootless-docker/things/.retired-ids keeps, or raise SUB_UID_MAX in /etc/login.defs",
    ],
  ]);
  await none.back();
  await host.run("sed -i /^huge:/d /etc/subuid; ! getent passwd none");
});

test("nothing of the agent is left", () => expectNoAgent(host));
