import { dirname } from "node:path";
import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { expectNoAgent, give } from "../../testkit/accountOnly";
import { cutAt } from "../../testkit/cut";
import { bootHost } from "../../testkit/host";

afterAll(destroyAllHosts);

let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ packages: ["sudo"] });
  await host.run(
    "useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 kept; echo kept:300000:65536 | tee -a /etc/subgid >>/etc/subuid",
  );
});

test("an account that exists is not edited, only used", async () => {
  const other = await give(host, "kept", { account: { uid: 4321, home: "/srv/kept" } });
  for (const step of ["preflight", "account"] as const) {
    const { said } = await other.installation.tryApply(step, other.all);
    expect(said.map((line) => line.slice(0, line.indexOf(";")))).toEqual([
      expect.stringMatching(`^${step}: account.uid: found '\\d+' at the existing account$`),
      `${step}: account.home: found '/home/kept' at the existing account`,
    ]);
  }
  await other.back();
  const missing = await give(host, "missing", { account: { create: false } });
  expect((await missing.installation.tryApply("preflight", missing.all)).said).toEqual([
    "preflight: account.create: found no account missing; wanted it to exist, since account.create is false. To fix: create it, or leave account.create out",
  ]);
  await missing.back();
});

test("a directory where the new home would be is nobody's to take", async () => {
  await host.run("mkdir /home/squat; echo precious >/home/squat/file");
  const squat = await give(host, "squat");
  const { said } = await squat.installation.tryApply("preflight", squat.all);
  expect(said).toEqual([
    expect.stringContaining("preflight: account.home: found something at /home/squat already"),
  ]);
  await squat.back();
  expect(
    await host.run("cat /home/squat/file; ls -d /var/lib/rootless-docker 2>&1 || true"),
  ).toContain("precious");
});

const byRule = "ruled ALL=(ALL) NOPASSWD: ALL";
const sudoers = "/etc/sudoers.d/ruled";
const hook = "/etc/shadow-maint/useradd-post.d/groups";

/** What is there, in which file, what the error shows of it, and what undoes it beside the file's removal. */
const rulesOfRoot: [string, string, string, string, string?][] = [
  ["by name", byRule, sudoers, "NOPASSWD: ALL"],
  ["by group", `%${byRule}`, sudoers, "NOPASSWD: ALL"],
  ["by uid", byRule.replace("ruled", "#4321"), sudoers, "NOPASSWD: ALL"],
  ["where sudo wants a terminal", `Defaults requiretty\n${byRule}`, sudoers, "NOPASSWD: ALL"],
  [
    "with a password that its group need not give",
    "Defaults exempt_group=ruled\nALL ALL=(ALL) ALL",
    sudoers,
    "exempt_group=ruled",
  ],
  ["of doas", "permit nopass ruled", "/etc/doas.conf", "permit nopass ruled"],
  ["of doas, in quotes", 'permit nopass "ruled"#x', "/etc/doas.conf", "permit nopass ruled"],
  ["of doas, by uid", "permit nopass 4321 as root", "/etc/doas.conf", "permit nopass 4321"],
  [
    "of polkit, as it was written before version 0.106",
    "[x]\nIdentity=unix-user:bob;unix-user:ruled\nAction=*\nResultAny=yes",
    "/etc/polkit-1/localauthority/50-local.d/x.pkla",
    "/etc/polkit-1/localauthority/50-local.d/x.pkla of polkit names it",
  ],
  [
    "of polkit, for everybody",
    "polkit.addRule(function() { return polkit.Result.YES; });",
    "/etc/polkit-1/rules.d/5.rules",
    "polkit allows it org.freedesktop.policykit.exec",
  ],
  [
    "of polkit",
    'if (subject.user == "ruled") return polkit.Result.YES;',
    "/etc/polkit-1/rules.d/5.rules",
    "/etc/polkit-1/rules.d/5.rules of polkit names it",
  ],
  [
    "by a hook of useradd, which leaves a program behind",
    "#!/bin/sh\nusermod -aG adm ruled\nsleep 5000 &",
    hook,
    "a hook of useradd has put it into group adm",
    "gpasswd -d ruled adm; pkill -f 'sleep 5000'",
  ],
];

test("a rule from before, by which a new account is root: an error until it is gone", async () => {
  await host.run(
    "(apt-get -qq update; apt-get -qq -y --no-install-recommends install polkitd) >/dev/null 2>&1",
  );
  const ruled = await give(host, "ruled", { account: { uid: 4321 } });
  for (const [what, rule, file, shown, undo = "true"] of rulesOfRoot) {
    await host.run(`mkdir -p ${dirname(file)}
      printf '%s\\n' '${rule}' >${file}; chmod ${file === hook ? 755 : file === sudoers ? 440 : 644} ${file}`);
    if (file === hook) await host.run("userdel ruled; rm -rf /home/ruled");
    const { exitCode, said } = await ruled.installation.tryApply("account", ruled.all);
    const error = expect.stringMatching(
      /^account: account ruled: found a rule by which it may become root without a password, from before it was made: /,
    ) as string;
    expect([what, exitCode, said.at(-1)]).toEqual([what, 1, error]);
    expect(said.at(-1)).toContain(shown);
    await host.run(`rm ${file}; ${undo}`);
  }
  await ruled.apply();
  await ruled.back();
  expect(await host.run("id ruled 2>/dev/null || ls /home")).not.toContain("ruled");
});

test("what the kernel keeps for its uid is not the next account's", async () => {
  const args = { account: { uid: 4322 } };
  const first = await give(host, "first", args);
  await first.apply();
  // add_key(2) and keyctl(2): KEYCTL_SEARCH is 10, KEYCTL_GET_PERSISTENT 22; the user's keyring is -4, that of its
  // sessions -5, the process's -2.
  const search = (keyring: string) =>
    host.run(
      `setpriv --reuid 4322 --clear-groups perl -e 'my ($type, $name) = qw(user who); my $there = ${keyring}; print syscall(250, 10, $there, $type, $name, 0) > 0 ? "there" : "gone"'`,
    );
  const keyrings = ["-4", "-5", "syscall(250, 22, -1, -2)"];
  const searched = async () => {
    const found: string[] = [];
    for (const keyring of keyrings) found.push(await search(keyring));
    return found;
  };
  await host.run(
    `setpriv --reuid 4322 --clear-groups perl -e 'my ($type, $name, $word) = qw(user who s3cret); for (${keyrings.join()}) { syscall(248, $type, $name, $word, 6, $_) > 0 or die $! }'`,
  );
  expect(await searched()).toEqual(["there", "there", "there"]);
  await first.back();
  expect(await searched()).toEqual(["gone", "gone", "gone"]);
});

test("sudo that does not answer is not taken for sudo without rules", async () => {
  await host.run(
    "printf '#!/bin/sh\\nexit 1\\n' >/usr/local/bin/sudo; chmod 755 /usr/local/bin/sudo",
  );
  const asked = await give(host, "asked");
  expect((await asked.installation.tryApply("account", asked.all)).said.at(-1)).toContain(
    "sudo says neither that it has rules nor that it has none ()",
  );
  // As sudo-rs says that there are none.
  await host.run("cat >/usr/local/bin/sudo", {
    input: `#!/bin/sh\n[ $1 != --version ] || exec echo sudo-rs 0.2.5\necho "Sorry, user root is not allowed to execute 'list' as asked on host." >&2; exit 1\n`,
  });
  await asked.apply();
  await asked.back();
  await host.run("rm /usr/local/bin/sudo");
});

test("others who become a new account by what the machine has for its name are named", async () => {
  await host.run(`mkdir /etc/ssh/keys; echo 'ssh-ed25519 AAAA old' >/etc/ssh/keys/known
    echo 'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u' >/etc/ssh/sshd_config.d/keys.conf
    echo 'bob ALL=(www-data,known) NOPASSWD: /bin/true' >/etc/sudoers.d/known`);
  const known = await give(host, "known");
  expect((await known.installation.apply("preflight", known.all)).said).toEqual([
    "preflight: account known is new, and /etc/ssh/keys/known lets others log in as it: see whether that is meant",
    "preflight: account known is new, and /etc/sudoers.d/known lets others run programs as it: see whether that is meant",
    "preflight: nothing to change",
  ]);
  await known.back();
  await host.run("rm -r /etc/ssh/keys /etc/ssh/sshd_config.d/keys.conf /etc/sudoers.d/known");
});

test("what the machine has for new users is not the account's: groups, an end, an age, a second skeleton", async () => {
  await host.run(
    `cp -a /etc/default/useradd /etc/login.defs /root; mkdir -p /usr/etc/skel; echo theirs >/usr/etc/skel/.alias
    printf 'GROUPS=adm,sudo\nEXPIRE=2020-01-01\nINACTIVE=3\n' >>/etc/default/useradd
    sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 30/; s/^USERGROUPS_ENAB.*/USERGROUPS_ENAB no/' /etc/login.defs`,
  );
  const plain = await give(host, "plain");
  await plain.apply();
  expect(
    await host.run(
      "id -nG plain; getent shadow plain | cut -d : -f 4-; ls -A /home/plain | LC_ALL=C sort",
    ),
  ).toBe("plain\n0::7:::\n.bash_logout\n.bashrc\n.profile\n");
  await plain.back();
  expect(await host.run("getent group plain || true")).toBe("");
  await host.run("mv /root/useradd /etc/default; mv /root/login.defs /etc; rm -r /usr/etc/skel");
});

test("uid, home, shell and keys of a new account; what goes with it", async () => {
  const keys = ['ssh-ed25519 AAAAC3Nz it\'s "$(id)" ü', 'command="true" ssh-ed25519 AAAAC3Nb -n'];
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
  // Somebody is still logged in.
  await host.run(
    "setsid setpriv --reuid 4100 --regid 4100 --clear-groups sleep 300 >/dev/null 2>&1 </dev/null & until pgrep -u 4100 -x sleep; do sleep 0.1; done",
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
  const kept = await give(host, "kept", { account: { authorizedKeys: [a, b] } });
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
  const kept = await give(host, "kept", {
    account: { authorizedKeys: ["ssh-ed25519 AAAAC3Nz a"] },
  });
  await kept.apply();
  expect(await host.run(file)).toBe(
    before.replace("ssh-rsa AAAA own", "ssh-rsa AAAA own\nssh-ed25519 AAAAC3Nz a\n"),
  );
  await kept.back();
  expect(await host.run(file)).toBe(before);
});

test("a home that was complete once is left alone, whoever owns it and wherever it is", async () => {
  const moved = await give(host, "moved");
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
  const first = await give(host, "anew");
  await first.apply();
  // Nobody opens what is no plain file.
  await host.run("mkfifo /home/anew/pipe");
  expect((await first.back()).said.join()).toContain("account anew stays");
  await host.run("userdel -rf anew; useradd -m anew; echo mine >/home/anew/file");
  // A run was killed while it forgot a thing.
  await host.run("mkdir -p /var/lib/rootless-docker/things/.gone.account/baseline");
  const second = await give(host, "anew");
  await second.apply();
  await host.run(
    `echo delete >/var/lib/rootless-docker/leases/${second.installation.lease}/on-destroy-data`,
  );
  await second.back();
  expect(await host.run("cat /home/anew/file; id -un anew")).toBe("mine\nanew\n");
});

test("an account removed by hand does not hold up the revert, nor does a killed one's rest", async () => {
  const gone = await give(host, "gone");
  await gone.apply();
  await host.run(
    "userdel -rf gone 2>/dev/null || true; mkdir -p /var/lib/rootless-docker/things/.gone.account/baseline",
  );
  await gone.back();
  expect(await host.run("ls /var/lib/systemd/linger")).not.toContain("gone");
});

test("an account that was made here is still so after an edit to create: false", async () => {
  const edited = await give(host, "edited");
  await edited.apply();
  const { installation, all } = edited;
  await installation.apply("account", { ...all, account: { name: "edited", create: false } });
  await edited.apply();
  expect((await edited.back()).said.join()).toContain("account edited and /home/edited removed");
});

test("a group whose line somebody has removed keeps no account", async () => {
  const alone = await give(host, "alone");
  await alone.apply();
  await host.run("sed -i /^alone:/d /etc/group /etc/gshadow");
  expect((await alone.back()).said.join()).toContain("account alone and /home/alone removed");
});

test("a group of the new account's name: said before useradd fails", async () => {
  await host.run("groupadd taken");
  const taken = await give(host, "taken");
  expect((await taken.installation.tryApply("preflight", taken.all)).said).toEqual([
    "preflight: account.name: found a group taken already; wanted no such group, before the account taken is created with one of its own. To fix: remove it with 'groupdel taken', or name another account",
  ]);
  await taken.back();
});

test("what has the new account's name before it: groups that it would come into, mail and crontab of an earlier one", async () => {
  const crontab = "/var/spool/cron/crontabs/named";
  await host.run(`groupadd deploy; sed -i 's/^deploy:.*/&other,named/' /etc/group
    sed -i 's/^sudo:[^:]*:/&named/' /etc/gshadow
    mkdir -p /var/mail $(dirname ${crontab}); echo theirs | tee ${crontab} >/var/mail/named; chown 4000 /var/mail/named`);
  const named = await give(host, "named");
  const { said } = await named.installation.tryApply("preflight", named.all);
  expect(said).toEqual([
    "preflight: account.name: found named in the lines of the groups deploy sudo already; wanted it in none, since a new account comes into no group. To fix: take it out of /etc/group and /etc/gshadow with 'vigr' and 'vigr -s', or name another account",
    `preflight: account.name: found ${crontab}; /var/mail/named; /var/spool/mail/named already; wanted nothing that an earlier account of this name has left. To fix: move it away, or name another account`,
  ]);
  expect(await host.run(`id named || cat ${crontab} /var/mail/named`)).toBe("theirs\ntheirs\n");
  await host.run(
    `rm ${crontab} /var/mail/named; groupdel deploy; sed -i /^sudo:/s/named// /etc/gshadow`,
  );
  await named.apply();
  expect(await host.run("id -nG named")).toBe("named\n");
  await named.back();
});

test("another SKEL of useradd's is for the administrator's accounts", async () => {
  await host.run(`cp -a /etc/default/useradd /root/useradd; cp -a /etc/skel /etc/skel.corp
    echo hello >/etc/skel.corp/README; echo SKEL=/etc/skel.corp >>/etc/default/useradd`);
  const fresh = await give(host, "skel");
  await fresh.apply();
  expect(await host.run("diff -r /etc/skel /home/skel")).toBe("");
  await host.run("mv /root/useradd /etc/default/useradd; rm -r /etc/skel.corp");
  expect((await fresh.back()).said.join()).toContain("account skel and /home/skel removed");
});

test("a uid that another account has: said before useradd fails", async () => {
  await host.run("useradd -u 3900 other");
  const taken = await give(host, "second", { account: { uid: 3900 } });
  expect((await taken.installation.tryApply("preflight", taken.all)).said).toEqual([
    "preflight: account.uid: found uid 3900 to be that of account other; wanted one that nobody has, for the new account second. To fix: name another uid, or leave account.uid out",
  ]);
  await taken.back();
});

test("a useradd that failed: a group of that name that somebody makes then stays", async () => {
  const failed = await give(host, "fails");
  await failed.installation.apply("preflight", failed.all);
  await host.run(
    `printf '#!/bin/sh\nexit 1\n' >/usr/local/sbin/useradd; chmod 755 /usr/local/sbin/useradd`,
  );
  expect((await failed.installation.tryApply("account", failed.all)).exitCode).toBe(1);
  await host.run("rm /usr/local/sbin/useradd; groupadd fails");
  expect((await failed.installation.tryApply("account", failed.all)).said.join()).toContain(
    "account.name: found a group fails already",
  );
  expect((await failed.back()).said).toContain(
    "account: group fails stays: it may be somebody's by now. Remove it with 'groupdel fails' when nobody needs it",
  );
  await host.run("groupdel fails");
});

test("a destroy that was killed after userdel: a group of that name that somebody makes then stays", async () => {
  const after = await give(host, "after");
  await after.apply();
  await host.run(`printf '#!/bin/sh\ncase "$*" in "-f "*/etc*) [ -e /home/after ] || kill -KILL $PPID;; esac\nexec /usr/bin/sync "$@"\n' >/usr/local/sbin/sync
    chmod 755 /usr/local/sbin/sync`);
  expect((await after.installation.tryRevert("account", after.all)).exitCode).not.toBe(0);
  await host.run("/usr/bin/rm /usr/local/sbin/sync; ! id after 2>/dev/null; groupadd after");
  expect((await after.back()).said.join()).toContain("group after stays");
  await host.run("groupdel after");
});

test.each(["up", "destroy"])(
  "a destroy that was killed after the home, before the account: %s goes on",
  async (next) => {
    const half = await give(host, "half");
    await half.apply();
    await host.run(cutAt("unshare", "; userdel"));
    expect((await half.installation.tryRevert("account", half.all)).exitCode).not.toBe(0);
    expect(await host.run("rm /usr/local/sbin/unshare; id -un half; ls /home")).not.toContain(
      "half\nhalf",
    );
    if (next === "up") {
      await half.apply();
      expect(await host.run("stat -c '%U %a' /home/half; ls -A /home/half | grep -c .")).toMatch(
        /^half 700\n[1-9]/,
      );
      expect((await half.apply()).changed).toEqual([]);
    }
    expect((await half.back()).said.join()).toContain("account half and /home/half removed");
    expect(await host.run("getent passwd half || ls /home")).not.toContain("half");
  },
);

test("copies of the files of accounts that end in a number are no locks that a killed program has left", async () => {
  const copies = "passwd.20261128 shadow.1 group.lock.1 gshadow.2 subuid.3".replaceAll(
    /\S+/g,
    "/etc/$&",
  );
  await host.run(
    `for f in ${copies}; do echo kept >$f; done; echo 999999 | tee /etc/subgid.999999 >/etc/passwd.lock.999999`,
  );
  const copied = await give(host, "copied");
  await host.run(": >/etc/group.20261128");
  await copied.apply();
  await copied.back();
  await host.run("rm /etc/group.20261128");
  expect(await host.run(`cat ${copies} && rm ${copies}; ls /etc/*.999999 2>&1 || true`)).toMatch(
    /^(kept\n){5}ls: /,
  );
});

test("a lock that somebody holds while the account is removed: said, and done with the next run", async () => {
  const lock = await give(host, "lock");
  await lock.apply();
  // Taken once the agent has looked at the locks.
  await host.run(`systemd-run -q --unit=holder sh -c 'exec 9>/etc/.pwd.lock
    while [ -d /home/lock ]; do :; done; echo $$$$ >/etc/passwd.lock; exec sleep 300'`);
  const { exitCode, said } = await lock.installation.tryRevert("account", lock.all);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /^account: \/etc\/passwd\.lock: found it held by process \d+; wanted it free\. To fix: let what changes accounts end, then run again$/,
    ),
  ]);
  expect(await host.run("systemctl stop holder; rm -f /etc/passwd.lock; id -un lock")).toBe(
    "lock\n",
  );
  expect((await lock.back()).said.join()).toContain("account lock and /home/lock removed");
  expect(await host.run("getent passwd lock || ls /home")).not.toContain("lock");
});

test("a destroy that was killed after the home: another directory in its place is nobody's to remove", async () => {
  const put = await give(host, "put");
  await put.apply();
  await host.run(`${cutAt("unshare", "; userdel")}
    echo delete >/var/lib/rootless-docker/leases/${put.installation.lease}/on-destroy-data`);
  await put.installation.tryRevert("account", put.all);
  await host.run(
    "rm /usr/local/sbin/unshare; mkdir /home/put; echo precious >/home/put/file; chown -R put: /home/put",
  );
  // Not even where an up comes in between.
  await put.apply();
  expect((await put.back()).said.join()).toContain("/home/put is another directory");
  expect(await host.run("cat /home/put/file; id -un put; userdel -r put 2>/dev/null")).toBe(
    "precious\nput\n",
  );
  await host.run("rm -rf /var/lib/rootless-docker; sed -i /^put:/d /etc/subuid /etc/subgid");
});

test("an account that was made, kept and taken over is found by whoever says create: false", async () => {
  const first = await give(host, "tilda");
  await first.apply();
  await host.run("su -l tilda -c 'echo notes >notes'");
  expect((await first.back()).said.join()).toContain("account tilda stays");
  await host.run("usermod -c 'Tilda' -s /bin/sh tilda");
  const second = await give(host, "tilda", { account: { create: false } });
  await second.apply();
  await host.run(
    `echo delete >/var/lib/rootless-docker/leases/${second.installation.lease}/on-destroy-data`,
  );
  await second.back();
  expect(await host.run("ls /home/tilda; id -un tilda; userdel -r tilda 2>/dev/null")).toBe(
    "notes\ntilda\n",
  );
});

test("a record of version 0.1.0, which knows less, is compared as far as it goes", async () => {
  const said = async (name: string, change: string) => {
    const old = await give(host, name);
    await old.apply();
    const lease = `/var/lib/rootless-docker/leases/${old.installation.lease}`;
    await host.run(`echo delete >${lease}/on-destroy-data
      cd /var/lib/rootless-docker/things; sed -i -n 1p account/${name}/baseline/made; rm -f */*${name}*/left
      ${change}`);
    return (await old.back()).said.join("\n");
  };
  expect(await said("old1", "true")).toContain("account old1 and /home/old1 removed");
  // usermod refuses an account whose service manager runs already.
  await said(
    "old2",
    "mkdir /srv/old2; echo precious >/srv/old2/file; sed -i s,:/home/old2:,:/srv/old2:, /etc/passwd",
  );
  await said("old3", "mv /home/old3 /srv/old3; ln -s /srv/old3 /home/old3; touch /srv/old3/file");
  await said("old4", "userdel -rf old4; useradd -m old4; echo mine >/home/old4/file");
  expect(await host.run("cd /srv; ls old2/file old3/file /home/old4/file; id -un old4")).toBe(
    "/home/old4/file\nold2/file\nold3/file\nold4\n",
  );
  await host.run(
    "for name in old2 old3 old4; do userdel -f $name; done; rm -rf /var/lib/rootless-docker",
  );
});

test("nothing of the agent is left", () => expectNoAgent(host));
