import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { bootHost, Installation, type Wishes } from "./harness";

afterAll(destroyAllHosts);

let host: TestHost;
let leases = 0;

beforeAll(async () => {
  host = await bootHost();
  await host.run("touch /etc/subuid /etc/subgid");
});

/** A new installation for an account: preflight and account only, neither needs a package. */
async function give(name: string, wishes: Wishes = {}) {
  const installation = new Installation(host, `b${++leases}`);
  const all: Wishes = {
    owner: `project/dev/${name}`,
    // Control groups are another matter.
    resourceControllers: [],
    ...wishes,
    account: { name, ...wishes.account },
  };
  await installation.install();
  const apply = async () => {
    await installation.apply("preflight", all);
    return installation.apply("account", all);
  };
  const back = async () => {
    const answer = await installation.revert("account", all);
    await installation.revertAgent();
    return answer;
  };
  return { apply, back, installation, all };
}

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
  const first = await give("first");
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

test("ids that an account has by its number, or in several lines, are kept as they are", async () => {
  await accountWithIds("number", "UID:400000:65536");
  await accountWithIds("lines", "lines:1000000:32768", "other:1100000:65536", "UID:1200000:32768");
  const before = await idFiles();
  for (const [name, ranges] of [
    ["number", "400000:65536"],
    ["lines", "1000000:32768,1200000:32768"],
  ]) {
    const kept = await give(name);
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
    const shared = await give(name);
    const { exitCode, said } = await shared.installation.tryApply("preflight", shared.all);
    const line = (file: string) =>
      `preflight: subordinateIds: found '${first}' and '${second}' in ${file}, which share ids; wanted ids of account ${name} that no other line has: containers on the same ids could change each other's files. To mend: remove one of the two lines (account ${name} gets a free range if it has too few then), and the files that its containers have made under the old ids`;
    expect([exitCode, said]).toEqual([1, [line("/etc/subuid"), line("/etc/subgid")]]);
    await shared.back();
    expect(await idFiles()).toBe(before);
  }
  // As the mend says.
  await host.run("sed -i '/^bob:/d; /^carol:/d' /etc/subuid /etc/subgid");
  const bob = await give("bob");
  expect((await bob.apply()).facts["subordinateIds.uids"]).toBe("100000:65536");
  await bob.back();
});

test("ids that an account has are kept, and stay", async () => {
  await host.run(
    "useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 kept; echo kept:300000:65536 | tee -a /etc/subgid >>/etc/subuid",
  );
  const before = await idFiles();
  const kept = await give("kept");
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
  const few = await give("few");
  expect((await few.apply()).facts["subordinateIds.uids"]).toBe("100000:1000,101000:65536");
  expect((await few.apply()).changed).toEqual([]);
  await few.back();
  expect(await idFiles()).toBe(before);
});

test("ranges never overlap: others', numeric ones, other leases'", async () => {
  await host.run("printf '4242:101000:65536\\n' >>/etc/subuid");
  const one = await give("one");
  const two = await give("two", { subordinateIds: { count: 70000 } });
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
  const late = await give("late", { subordinateIds: { uidStart: 300100, gidStart: 700000 } });
  const { exitCode, said } = await late.installation.tryApply("preflight", late.all);
  expect([exitCode, said]).toEqual([
    1,
    [
      "preflight: subordinateIds.uidStart: found ids from 300100 to 365635 taken in part, by kept (300000 to 365535); wanted 65536 free ids. To mend: choose another start, or leave the option out for the next free range",
    ],
  ]);
  await late.back();
  const grown = await give("grown", { subordinateIds: { uidStart: 700000, gidStart: 800000 } });
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
  const none = await give("none");
  const { exitCode, said } = await none.installation.tryApply("preflight", none.all);
  expect([exitCode, said]).toEqual([
    1,
    [
      "preflight: subordinateIds: found no 65536 free ids in /etc/subuid between 100000 and 600100000; wanted one free range for account none. To mend: remove ranges of accounts that are gone from /etc/subuid, or raise SUB_UID_MAX in /etc/login.defs",
    ],
  ]);
  await none.back();
  await host.run("sed -i /^huge:/d /etc/subuid; ! getent passwd none");
});

test("an account that exists is not edited, only used", async () => {
  const other = await give("kept", { account: { uid: 4321, home: "/srv/kept" } });
  for (const step of ["preflight", "account"] as const) {
    const { said } = await other.installation.tryApply(step, other.all);
    expect(said.map((line) => line.slice(0, line.indexOf(";")))).toEqual([
      expect.stringMatching(`^${step}: account.uid: found '\\d+' at the existing account$`),
      `${step}: account.home: found '/home/kept' at the existing account`,
    ]);
  }
  await other.back();
  const missing = await give("missing", { account: { create: false } });
  expect((await missing.installation.tryApply("preflight", missing.all)).said).toEqual([
    "preflight: account.create: found no account missing; wanted it to exist, since account.create is false. To mend: create it, or leave account.create out",
  ]);
  await missing.back();
});

test("a directory where the new home would be is nobody's to take", async () => {
  await host.run("mkdir /home/squat; echo precious >/home/squat/file");
  const squat = await give("squat");
  const { said } = await squat.installation.tryApply("preflight", squat.all);
  expect(said).toEqual([
    expect.stringContaining("preflight: account.home: found something at /home/squat already"),
  ]);
  await squat.back();
  expect(
    await host.run("cat /home/squat/file; ls -d /var/lib/rootless-docker 2>&1 || true"),
  ).toContain("precious");
});

test("uid, home, shell and keys of a new account; what goes with it", async () => {
  const keys = ['ssh-ed25519 AAAAC3Nz it\'s "$(id)" ü', 'command="true" ssh-ed25519 AAAAC3Nb -n'];
  const fresh = await give("fresh", {
    account: { uid: 4100, home: "/srv/fresh", shell: "/bin/sh", authorizedKeys: keys },
  });
  await fresh.apply();
  expect(
    await host.run(
      "getent passwd fresh; cat /srv/fresh/.ssh/authorized_keys; stat -c '%a %U' /srv/fresh/.ssh /srv/fresh/.ssh/authorized_keys",
    ),
  ).toBe(`fresh:x:4100:4100::/srv/fresh:/bin/sh\n${keys.join("\n")}\n700 fresh\n600 fresh\n`);
  expect((await fresh.apply()).changed).toEqual([]);
  // Somebody is still logged in.
  await host.run(
    "setsid setpriv --reuid 4100 --regid 4100 --clear-groups sleep 300 >/dev/null 2>&1 </dev/null & sleep 0.2",
  );
  await fresh.back();
  expect(
    await host.run(
      "getent passwd fresh; getent group fresh; ls -d /srv/fresh 2>&1; pgrep -u 4100 || true",
    ),
  ).toMatch(/^ls: /);
});

test("keys: one dropped goes, those of the account stay, byte for byte", async () => {
  await host.run(
    "install -d -o kept -g kept -m 700 /home/kept/.ssh; printf 'ssh-rsa AAAA own' >/home/kept/.ssh/authorized_keys; chown kept: /home/kept/.ssh/authorized_keys; chmod 644 /home/kept/.ssh/authorized_keys",
  );
  const file = "cat /home/kept/.ssh/authorized_keys; stat -c ' %a' /home/kept/.ssh/authorized_keys";
  const [a, b] = ["ssh-ed25519 AAAAC3Nz a", "ssh-ed25519 AAAAC3Nz b"];
  const kept = await give("kept", { account: { authorizedKeys: [a, b] } });
  await kept.apply();
  expect(await host.run(file)).toBe(`ssh-rsa AAAA own\n${a}\n${b}\n 644\n`);
  const { changed } = await kept.installation.apply("account", {
    ...kept.all,
    account: { name: "kept", authorizedKeys: [b] },
  });
  expect(changed).toEqual(["one key removed from /home/kept/.ssh/authorized_keys"]);
  expect(await host.run(file)).toBe(`ssh-rsa AAAA own\n${b}\n 644\n`);
  await kept.back();
  expect(await host.run(file)).toBe("ssh-rsa AAAA own 644\n");
});

test("keys behind a link: the link stays, and so does the file's mode", async () => {
  await host.run(
    "cd /home/kept/.ssh; mv authorized_keys ../keys; ln -s ../keys authorized_keys; chmod 600 ../keys",
  );
  const file =
    "cd /home/kept; cat keys; readlink .ssh/authorized_keys; stat -c '%F %a %U' keys; ls -A . .ssh";
  const before = await host.run(file);
  const kept = await give("kept", { account: { authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] } });
  await kept.apply();
  expect(await host.run(file)).toBe(
    before.replace("ssh-rsa AAAA own", "ssh-rsa AAAA own\nssh-ed25519 AAAAC3Nz a\n"),
  );
  await kept.back();
  expect(await host.run(file)).toBe(before);
});

test("a home that was complete once is left alone, whoever owns it and wherever it is", async () => {
  const moved = await give("moved");
  await moved.apply();
  await host.run("echo precious >/home/moved/file; chown root: /home/moved");
  expect((await moved.apply()).changed).toEqual([]);
  await host.run("mv /home/moved /srv/moved; ln -s /srv/moved /home/moved");
  expect((await moved.apply()).changed).toEqual([]);
  expect(await host.run("cat /srv/moved/file; stat -c %U /srv/moved")).toBe("precious\nroot\n");
  await host.run("rm /home/moved /srv/moved/file; mv /srv/moved /home/moved");
  await moved.back();
});

test("an account that was kept, then made anew by somebody else, is not ours to remove", async () => {
  const first = await give("anew");
  await first.apply();
  // Nobody opens what is no plain file.
  await host.run("mkfifo /home/anew/pipe");
  expect((await first.back()).said.join()).toContain("account anew stays");
  await host.run("userdel -rf anew; useradd -m anew; echo mine >/home/anew/file");
  // A run was killed while it forgot a thing.
  await host.run("mkdir -p /var/lib/rootless-docker/things/.gone.account/baseline");
  const second = await give("anew");
  await second.apply();
  await host.run(
    `echo delete >/var/lib/rootless-docker/leases/${second.installation.lease}/on-destroy-data`,
  );
  await second.back();
  expect(await host.run("cat /home/anew/file; id -un anew")).toBe("mine\nanew\n");
});

test("an account removed by hand does not hold up the revert, nor does a killed one's rest", async () => {
  const gone = await give("gone");
  await gone.apply();
  await host.run(
    "userdel -rf gone 2>/dev/null || true; mkdir -p /var/lib/rootless-docker/things/.gone.account/baseline",
  );
  await gone.back();
  expect(await host.run("ls /var/lib/systemd/linger")).not.toContain("gone");
});

test("a group of the new account's name: said before useradd fails", async () => {
  await host.run("groupadd taken");
  const taken = await give("taken");
  expect((await taken.installation.tryApply("preflight", taken.all)).said).toEqual([
    "preflight: account.name: found a group taken already; wanted no such group, before the account taken is created with one of its own. To mend: remove it with 'groupdel taken', or name another account",
  ]);
  await taken.back();
});

describe("one account, two leases", () => {
  const byOther = { owner: 'b/prod/it\'s "$(x)"' };
  const taken = (lease: string, owner: string, by: string) =>
    `account: lease ${lease}: found the account held taken over from it by ${owner} (lease ${by}); wanted it to hold the account. To mend: take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back`;

  test("another owner is told who holds it", async () => {
    const first = await give("held", { owner: "a/prod/web" });
    await first.apply();
    const second = await give("held", byOther);
    const { said } = await second.installation.tryApply("preflight", second.all);
    expect(said).toEqual([
      'preflight: account held: found it held on this machine by a/prod/web; wanted it free, or held by b/prod/it\'s "$(x)". To mend: use another account, or destroy the other one first, or set takeOver to take over from it; if it is this one under an earlier name, give it aliases',
    ]);
    await second.installation.revertAgent();
    expect((await first.apply()).changed).toEqual([]);
    await first.back();
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
  });

  test("takeOver stops the first one's steps; if it does not come to its end, the first has all of it", async () => {
    const first = await give("held", { owner: "a/prod/web" });
    await first.apply();
    // What both want differently is no contradiction.
    const wishes = { ...byOther, takeOver: true, subordinateIds: { count: 131_072 } };
    const second = await give("held", wishes);
    await second.apply();
    expect(await host.run("grep -c ^held:.*:131072 /etc/subuid")).toBe("1\n");
    expect((await first.installation.tryApply("account", first.all)).said).toEqual([
      taken(first.installation.lease, byOther.owner, second.installation.lease),
    ]);
    await second.back();
    expect((await first.apply()).facts).toMatchObject({ "account.name": "held" });
    await first.back();
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
  });

  test("a new lease of the same owner takes over by itself; the old one comes back with takeOver only", async () => {
    const old = await give("held", { owner: "a/prod/web" });
    await old.apply();
    const anew = await give("held", { owner: "a/prod/web" });
    const [oldLease, newLease] = [old.installation.lease, anew.installation.lease];
    expect((await anew.installation.apply("preflight", anew.all)).said).toEqual([
      `preflight: takes the account held over from a/prod/web (lease ${oldLease})`,
      "preflight: nothing to change",
    ]);
    // Once, not with every run.
    expect((await anew.installation.apply("preflight", anew.all)).said).toEqual([
      "preflight: nothing to change",
    ]);
    expect((await old.installation.tryApply("preflight", old.all)).said).toEqual([
      `preflight: account held: found it taken over from this lease by a/prod/web (lease ${newLease}); wanted it free, or held by this lease. To mend: take this RootlessDockerHost out of its program, which changes nothing here; or set takeOver, which takes the account back`,
    ]);
    await old.installation.apply("preflight", { ...old.all, takeOver: true });
    expect((await old.installation.apply("account", old.all)).changed).toEqual([]);
    expect((await anew.installation.tryApply("account", anew.all)).said).toEqual([
      taken(newLease, "a/prod/web", oldLease),
    ]);
    await anew.back();
    await old.back();
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
  });

  test("a lease that this machine does not know changes nothing", async () => {
    const { installation, all } = await give("held");
    const { lease } = installation;
    await host.run(`rm -r /var/lib/rootless-docker/leases/${lease}`);
    expect((await installation.tryApply("account", all)).said).toEqual([
      `account: lease ${lease}: found nothing on this machine that knows it; wanted the record that the step preflight makes. To mend: give recheck a new value, with which every step runs, if the machine was made anew or given back`,
    ]);
    expect(await host.run("getent passwd held || echo gone")).toBe("gone\n");
    await installation.revertAgent();
  });
});

test("nothing of the agent is left when the last lease is gone", async () => {
  expect(
    await host.run("ls -d /var/lib/rootless-docker /run/rootless-docker* 2>/dev/null || echo gone"),
  ).toBe("gone\n");
});
