import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { expectNoAgent, give } from "../../testkit/accountOnly";
import { cutAt } from "../../testkit/cut";
import { bootHost } from "../../testkit/host";
import { OnDestroyData } from "../../index";
import { Installation } from "../../testkit/installation";

// docs/security.md, subordinate ids: what the first account could keep of them when the next one has them.

let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("apt-get -qq update; apt-get -qqy install uidmap >/dev/null 2>&1");
});
afterAll(destroyAllHosts);

const start = { subordinateIds: { uidStart: 300000, gidStart: 300000 } };
const inNamespace = "exec unshare --user --map-auto --map-root-user";

/** Starts a program as the account that its login and its service manager know nothing of. */
async function startAs(account: string, program: string, shown: string): Promise<void> {
  await host.run(
    `cat >/tmp/${account}.sh; systemd-run --quiet --collect --unit=cron --uid=${account} --property=KillMode=none sh /tmp/${account}.sh
    for i in $(seq 100); do ${shown} && exit; sleep 0.1; done; exit 1`,
    { input: program },
  );
}

const existing = (name: string) =>
  host.run(`useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 ${name}`);

const ranges = async () =>
  (await host.run("cat /etc/subuid")).split("\n").filter((line) => line !== "");

test.each([
  ["has none of them, and can take one", "sleep 7771"],
  ["has one as another of its groups", "setpriv --reuid 0 --groups 33 sleep 7772"],
])("a process that %s ends before they are given back", async (_, program) => {
  const name = `one${program.slice(-1)}`;
  await existing(name);
  const one = await give(host, name, start);
  await one.apply();
  const count = async () => Number(await host.run(`pgrep -c -u ${name} sleep || true`));
  await startAs(name, `${inNamespace} ${program}`, `pgrep -u ${name} sleep >/dev/null`);
  expect(await count()).toBe(1);
  await one.back();
  expect([await count(), await ranges()]).toEqual([0, []]);
});

test("a process of its own in its range: the range grows where it is", async () => {
  await existing("grows");
  const grows = await give(host, "grows");
  const range = (await grows.apply()).facts["subordinateIds.uids"];
  await startAs(
    "grows",
    `${inNamespace} setpriv --reuid 33 --regid 33 --clear-groups sleep 7774`,
    "pgrep -f '^sleep 7774' >/dev/null",
  );
  const more = { ...grows.all, subordinateIds: { count: 70000 } };
  expect((await grows.installation.apply("account", more)).facts["subordinateIds.uids"]).toBe(
    range.replace("65536", "70000"),
  );
  await grows.back();
  expect([await host.run("pgrep -f '^sleep 7774' || echo none"), await ranges()]).toEqual([
    "none\n",
    [],
  ]);
});

test("a process of root's that has one by now: the range goes back, and the process stays", async () => {
  const name = "beside";
  const beside = await give(host, name, { ...start, onDestroy: { data: "Delete" } });
  await beside.apply();
  await host.run(
    "systemd-run --quiet --unit=container setpriv --reuid 300033 --regid 300033 --clear-groups sleep infinity",
  );
  expect((await beside.back()).said.join("\n")).toMatch(
    /process \d+ \(sleep in \/system\.slice\/container\.service\) has some of the subordinate uids 300000:65536, and is none of account beside: it runs on/,
  );
  expect([await host.run("systemctl is-active container"), await ranges()]).toEqual([
    "active\n",
    [],
  ]);
  const next = await give(host, "next", start);
  expect((await next.installation.tryApply("preflight", next.all)).said[0]).toMatch(
    /taken in part, by process \d+ \(300033 to 300033\)/,
  );
  await next.installation.revertAgent();
  await host.run("systemctl stop container; ! id beside");
});

test("a process that takes one when the line goes (an account that was made) ends with the account", async () => {
  const made = await give(host, "made", start);
  await made.apply();
  await startAs(
    "made",
    `${inNamespace} perl -e 'use POSIX;
      while (1) { open F, "<", "/etc/subuid"; my $t = join "", <F>; close F; last if $t !~ /^made:/m }
      POSIX::setgid(33); POSIX::setuid(33); sleep 7773'`,
    "pgrep -u made perl >/dev/null",
  );
  expect((await made.back()).said.join()).toContain("account made and /home/made removed");
  expect(await host.run("pgrep -u 300032 || echo none; id made 2>/dev/null || echo gone")).toBe(
    "none\ngone\n",
  );
});

describe("a set-id program of theirs where everybody may put files", () => {
  const plant = (account: string) =>
    startAs(
      account,
      `${inNamespace} sh -c 'cp /usr/bin/perl /var/tmp/s; chown 33:33 /var/tmp/s; chmod 6755 /var/tmp/s'`,
      "[ -u /var/tmp/s ]",
    );

  test("of an account that was there: its ids stay, until the file is gone", async () => {
    await existing("two");
    const two = await give(host, "two", start);
    await two.apply();
    await plant("two");
    expect((await two.back()).said).toContain(
      "account: subordinate uids 300000:65536 stay with account two: /var/tmp/s is owned by one of them",
    );
    expect(await ranges()).toEqual(["two:300000:65536"]);
    await host.run("rm /var/tmp/s");
    const again = await give(host, "two", start);
    await again.apply();
    await again.back();
    expect(await ranges()).toEqual([]);
  });

  test("of an account that was made: it stays with them, until the file is gone", async () => {
    const wishes = { ...start, onDestroy: { data: "Delete" } };
    const three = await give(host, "three", wishes);
    await three.apply();
    await plant("three");
    expect((await three.back()).said).toContain(
      "account: account three stays, with its subordinate ids: /var/tmp/s is owned by one of them: see what it is and remove it, then remove the account by hand",
    );
    expect(await ranges()).toEqual(["three:300000:65536"]);
    await host.run("rm /var/tmp/s");
    const again = await give(host, "three", wishes);
    await again.apply();
    await again.back();
    expect(await ranges()).toEqual([]);
  });
});

test("a range that went back is no other account's, as long as there is an installation", async () => {
  const keeper = await give(host, "keeper");
  await keeper.apply();
  const first = await give(host, "first", start);
  await first.apply();
  await first.back();
  const next = await give(host, "next", start);
  expect((await next.installation.tryApply("preflight", next.all)).said).toEqual([
    expect.stringMatching(
      /^preflight: subordinateIds.uidStart: found ids from 300000 to 365535 taken in part, by first \(300000 to 365535, which gave them back, as \S*retired-ids says\)/,
    ),
    expect.stringMatching(/^preflight: subordinateIds.gidStart: /),
  ]);
  // Nor of the next account of that name, where the first one was removed.
  const again = await give(host, "first", start);
  expect((await again.installation.tryApply("preflight", again.all)).exitCode).toBe(1);
  await again.installation.revertAgent();
  // Its own ones it may have again.
  const own = { subordinateIds: { uidStart: 400000, gidStart: 400000 } };
  await existing("stays");
  for (let times = 0; times < 2; times++) {
    const stays = await give(host, "stays", own);
    await stays.apply();
    expect(await ranges()).toContain("stays:400000:65536");
    await stays.back();
  }
  await keeper.back();
  await next.installation.revertAgent();
  await expectNoAgent(host);
  const last = await give(host, "last", start);
  await last.apply();
  expect(await ranges()).toEqual(["last:300000:65536"]);
  await last.back();
});

test("a range whose account and line somebody removed is no other account's, while it is recorded", async () => {
  const gone = await give(host, "removed", start);
  await gone.apply();
  await host.run(
    "loginctl disable-linger removed; systemctl stop user@$(id -u removed).service; userdel removed",
  );
  expect(await ranges()).toEqual([]);
  const other = await give(host, "other", start);
  expect((await other.installation.tryApply("preflight", other.all)).said[0]).toMatch(
    /taken in part, by removed \(300000 to 365535, which has them from this package\)/,
  );
  await other.installation.revertAgent();
  await gone.back();
  await host.run("rm -r /home/removed /var/lib/rootless-docker");
});

test("a line that somebody has given a made account since goes with it, and is no other account's", async () => {
  const keeper = await give(host, "keeper");
  await keeper.apply();
  const made = await give(host, "extra");
  await made.apply();
  await host.run("usermod --add-subuids 300000-365535 --add-subgids 300000-365535 extra");
  const said = (await made.back()).said.join("\n");
  expect(said).toContain("account extra and /home/extra removed");
  expect(said).toContain(
    "'extra:300000:65536', which somebody else gave account extra, goes from /etc/subuid with it: nobody gets these ids, as ",
  );
  expect(await ranges()).toEqual(["keeper:100000:65536"]);
  const next = await give(host, "next", start);
  expect((await next.installation.tryApply("preflight", next.all)).said[0]).toMatch(
    /taken in part, by extra \(300000 to 365535, which gave them back/,
  );
  await next.installation.revertAgent();
  await keeper.back();
});

test.each([
  ["", "true"],
  [", where its destroy is cut", cutAt("userdel", "early", "after")],
])("a line that was there before a made account is named, and there after it%s", async (_, cut) => {
  await host.run("echo early:100000:65536 | tee /etc/subgid >/etc/subuid");
  const early = await give(host, "early");
  expect((await early.installation.apply("preflight", early.all)).said).toContain(
    "preflight: account early will have the ids 'early:100000:65536', which are in /etc/subuid before it: files of an earlier account of that name may have them. Remove the line first, if they are not to be its own",
  );
  await early.installation.apply("account", early.all);
  await host.run(cut);
  await early.installation.tryRevert("account", early.all);
  await host.run("rm -f /usr/local/sbin/userdel");
  await early.back();
  expect(await host.run("id early 2>/dev/null || cat /etc/subuid /etc/subgid")).toBe(
    "early:100000:65536\nearly:100000:65536\n",
  );
  await host.run(": >/etc/subuid; : >/etc/subgid");
});

/** An account with a line from before, whose destroy is cut when userdel has ended. */
async function destroyedAsFarAsUserdel() {
  await host.run("echo early:100000:65536 | tee /etc/subgid >/etc/subuid");
  const early = await give(host, "early");
  await early.apply();
  await host.run(cutAt("userdel", "early", "after"));
  await early.installation.tryRevert("account", early.all);
  await host.run("rm /usr/local/sbin/userdel");
  return early;
}

test("a line from before whose ids somebody is given before the cut destroy goes on: it is named, and stays out", async () => {
  const early = await destroyedAsFarAsUserdel();
  await host.run("echo bob:150000:65536 | tee /etc/subgid >/etc/subuid");
  expect((await early.back()).said.join("\n")).toContain(
    "'early:100000:65536' was in /etc/subuid before account early was made, and stays out: somebody has ids of it by now",
  );
  expect(await host.run("cat /etc/subuid /etc/subgid")).toBe(
    "bob:150000:65536\nbob:150000:65536\n",
  );
  await host.run(": >/etc/subuid; : >/etc/subgid");
});

test("a line from before, where a cut destroy is followed by an up: it is there, and after the next destroy", async () => {
  const early = await destroyedAsFarAsUserdel();
  await early.apply();
  await early.back();
  expect(await host.run("cat /etc/subuid /etc/subgid")).toBe(
    "early:100000:65536\nearly:100000:65536\n",
  );
  await host.run(": >/etc/subuid; : >/etc/subgid");
});

test("a line from before, where somebody makes another account of that name: it is named, and stays out", async () => {
  const early = await destroyedAsFarAsUserdel();
  await existing("early");
  expect((await early.back()).said.join("\n")).toContain(
    "'early:100000:65536' was in /etc/subuid before account early was made, and stays out: another account has that name by now",
  );
  await host.run("userdel -r early 2>/dev/null; : >/etc/subuid; : >/etc/subgid");
});

test("data on another disk, by a link and by a mount: after Delete they are named, and keep the account and its ids", async () => {
  const app = new Installation(host, "aa");
  const wishes = { account: { name: "moves" }, onDestroy: { data: OnDestroyData.Delete } };
  await app.applyAll(wishes);
  await host.run(`useradd -m bob; install -d -o bob -m 777 /home/bob/his; touch /home/bob/his/file; chmod 711 /home/bob
    systemctl stop user@$(id -u moves)
    cd /home/moves/.local/share/docker
    first=$(sed -n 's/^moves:\\([0-9]*\\):.*/\\1/p' /etc/subuid)
    for name in volumes containers; do
      mv $name /srv/$name; touch /srv/$name/file; chmod 600 /srv/$name/file; chown $((first + 32)) /srv/$name/file
    done
    ln -s /srv/volumes volumes; rm -rf image; ln -s /home/bob/his image; chown -h moves volumes image
    install -d -o moves containers; mount --bind /srv/containers containers`);
  const stays = (place: string) =>
    `daemon: ${place} stays: a link or a mount in the data of moves leads there. Remove it by hand when nothing of it is needed`;
  await app.revert("report", wishes);
  const mounted = await app.tryRevert("daemon", wishes);
  expect(mounted.exitCode).toBe(1);
  expect(mounted.said.at(-1)).toMatch(/something mounted at .*\/containers;/);
  await host.run("umount /home/moves/.local/share/docker/containers");
  const { said } = await app.revert("daemon", wishes);
  expect(said).toEqual(expect.arrayContaining([stays("/srv/containers"), stays("/srv/volumes")]));
  await app.revert("ports", wishes);
  const kept = (places: string) =>
    `account: account moves stays, with its subordinate ids: files of its ids are in ${places}, where its data were: move or remove them, then run pulumi up with it and destroy again, or remove the account by hand`;
  const account = await app.revert("account", wishes);
  expect(account.said).toContain(kept("/srv/containers; /srv/volumes"));
  expect([...mounted.said, ...said, ...account.said].join()).not.toContain("/home/bob");
  for (const step of ["secrets", "kernel", "engine"] as const) await app.revert(step, wishes);
  await app.revertAgent();
  expect(
    await host.run("ls /srv/*/file /home/bob/his; id -un moves; grep -c ^moves: /etc/subuid"),
  ).toBe("/srv/containers/file\n/srv/volumes/file\n\n/home/bob/his:\nfile\nmoves\n1\n");
  await host.run("rm -r /srv/volumes");
  const again = await give(host, "moves");
  await again.apply();
  expect((await again.back()).said).toContain(kept("/srv/containers"));
  await host.run("rm -r /srv/containers");
  const last = await give(host, "moves");
  await last.apply();
  await last.back();
  expect(await host.run("id moves 2>/dev/null || echo gone; userdel -r bob")).toBe("gone\n");
});

/** A directory beside the home, as what a container has mounted: with files of the account's, and of a container's user. */
const beside = (name: string) => `mkdir -p /srv/${name}/db; chown ${name}: /srv/${name}
  chown $(sed -n 's/^${name}:\\([0-9]*\\):.*/\\1/p' /etc/subuid) /srv/${name}/db; chmod 700 /srv/${name}/db`;

describe("data that are mounted into containers from beside the home", () => {
  afterAll(() => host.run("rmdir /srv/site"));

  test.each([
    ["keep", "/srv/shop", "true"],
    ["delete", "/srv/shop", "true"],
    // In another account's directory.
    ["keep", "/srv/site/shop", "install -d -o www-data /srv/site"],
  ])(
    "with %s, in %s, they keep an account that was made, and its ids",
    async (data, place, make) => {
      const shop = await give(host, "shop");
      await shop.apply();
      await host.run(
        `echo ${data} >/var/lib/rootless-docker/leases/${shop.installation.lease}/on-destroy-data`,
      );
      await host.run(`${make}; ${beside("shop")}; [ -e ${place} ] || mv /srv/shop ${place}`);
      expect((await shop.back()).said.join("\n")).toContain(
        `account shop stays, with its subordinate ids: ${place} is owned by one of them`,
      );
      await shop.installation.install();
      await host.run(`rm -rf /srv/shop ${place}/db; rmdir ${place} 2>/dev/null || true`);
      await shop.apply();
      expect((await shop.back()).said.join("\n")).toContain("account shop and /home/shop removed");
    },
  );

  test("an update that would give back their ids is an error", async () => {
    const moved = await give(host, "moved");
    await moved.apply();
    await host.run(
      `install -d -o www-data /srv/site; ${beside("moved")}; mv /srv/moved/db /srv/site; rmdir /srv/moved`,
    );
    const { exitCode, said } = await moved.installation.tryApply("preflight", {
      ...moved.all,
      ...start,
    });
    expect([exitCode, said.join("\n")]).toEqual([
      1,
      expect.stringMatching(/subordinateIds: found \/srv\/site\/db with one of the uids/),
    ]);
    await host.run("rm -r /srv/site/db");
    await moved.apply();
    await moved.back();
  });

  test("they keep the ids of an account that was there", async () => {
    await existing("store");
    const store = await give(host, "store");
    await store.apply();
    await host.run(beside("store"));
    expect((await store.back()).said.join("\n")).toMatch(
      /subordinate uids .* stay with account store: \/srv\/store\/db is owned by one of them/,
    );
    await store.installation.install();
    await host.run("rm -r /srv/store");
    await store.apply();
    await store.back();
    expect(await ranges()).toEqual([]);
  });

  test("an account whose uid and ids the program names goes: they may be there for others", async () => {
    const named = { account: { name: "named", uid: 1777 }, ...start };
    const named1 = await give(host, "named", named);
    await named1.apply();
    await host.run(beside("named"));
    expect((await named1.back()).said.join("\n")).toContain(
      "account named and /home/named removed",
    );
    await host.run("rm -r /srv/named");
  });
});

test("files where everybody may put some: with Keep they keep the account, with Delete they go with it", async () => {
  const kept = await give(host, "temp");
  await kept.apply();
  await host.run("install -d -o temp /var/tmp/a; install -o temp /dev/null /var/tmp/a/file");
  expect((await kept.back()).said.join("\n")).toMatch(/account temp stays.*\/var\/tmp\/a\/file/);
  await host.run("userdel -r temp 2>/dev/null; rm -r /var/tmp/a");
  const gone = await give(host, "temp");
  await gone.apply();
  await host.run(
    `echo delete >/var/lib/rootless-docker/leases/${gone.installation.lease}/on-destroy-data`,
  );
  await host.run("install -d -o temp /var/tmp/a; install -o temp /dev/null /var/tmp/a/file");
  expect((await gone.back()).said.join("\n")).toContain("account temp and /home/temp removed");
  expect(await host.run("ls -d /var/tmp/a 2>/dev/null || echo gone")).toBe("gone\n");
});

test("an account may have a uid whose files are where everybody may put some, and leaves them", async () => {
  await host.run("install -o 1500 /dev/null /var/tmp/before");
  const again = await give(host, "again", { account: { name: "again", uid: 1500 } });
  await again.apply();
  expect((await again.back()).said.join("\n")).toMatch(/account again stays.*\/var\/tmp\/before/);
  await again.installation.install();
  await host.run("rm /var/tmp/before");
  await again.apply();
  await again.back();
});

test("a new account has no uid that is in use, though no account has it", async () => {
  const next = Number(
    await host.run("useradd probe; id -u probe; userdel -r probe >/dev/null 2>&1 || true"),
  );
  await host.run(`install -d -o www-data /srv/left; install -d -o ${next} /srv/left/before
    install -d -o 0 -g ${next + 1} /srv/left-group; install -o ${next + 5} /dev/null /dev/shm/left
    echo ${next + 2}:700000:65536 >>/etc/subuid; groupadd -g ${next + 3} team
    systemd-run --quiet --unit=contained setpriv --reuid ${next + 4} --regid 0 --clear-groups sleep 1000
    perl -e '$) = $( = ${next + 6}; $> = $< = ${next + 6}; shmget(0, 4096, 01600) // die'
    setpriv --reuid www-data --regid www-data --clear-groups perl -e 'my $id = semget(0, 1, 01600);
      semctl($id, 0, 2, my $perm = ""); substr($perm, 4, 8) = pack("LL", ${next + 7}, ${next + 7}); semctl($id, 0, 1, $perm) or die'
    ipcs -s -c`);
  const fresh = await give(host, "fresh");
  await fresh.apply();
  expect(await host.run("id -u fresh; id -g fresh")).toBe(`${next + 7}\n${next + 7}\n`);
  await fresh.back();
  await host.run(
    "ipcrm --all; systemctl stop contained; rm -r /srv/left /srv/left-group /dev/shm/left; groupdel team; sed -i /:700000:/d /etc/subuid",
  );
});

test("nothing of the agent is left", () => expectNoAgent(host));
