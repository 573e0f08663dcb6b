import { nothingThere } from "../../src/remote/commands";
import { agentText } from "../../src/agent/agentText";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// docs/security.md: others on the machine, and the account itself, against what root does for it. This part
// needs no packages; trustOfDaemon.test.ts is the one with a daemon.

let host: TestHost;
let leases = 0;

beforeAll(async () => {
  host = await bootHost({
    admins: [
      { name: "ops", sudo: "nopasswd" },
      { name: "bob", sudo: "none" },
    ],
  });
  await host.run(`touch /etc/subuid /etc/subgid
    install -d -m 700 /root/closed; echo LEAKED >/root/closed/file; chmod 600 /root/closed/file
    install -d -o bob -m 755 /home/bob/own; echo 'ssh-rsa BOBS' >/home/bob/own/authorized_keys
    chown bob /home/bob/own/authorized_keys; chmod 666 /home/bob/own/authorized_keys`);
});
afterAll(destroyAllHosts);

const key = "ssh-ed25519 AAAAC3Nz one";

/** A new installation for an account, with nothing but it, and a key for it. */
async function give(name: string, account: object = {}) {
  const installation = new Installation(host, `c${++leases}`);
  const wishes: StepArgs = {
    owner: `project/dev/${name}`,
    resourceControllers: [],
    account: { name, authorizedKeys: [key], ...account },
  };
  await installation.install();
  await installation.apply("preflight", wishes);
  return {
    installation,
    wishes,
    apply: () => installation.tryApply("account", wishes),
    revert: () => installation.tryRevert("account", wishes),
    end: async () => {
      await installation.revert("account", wishes);
      await installation.revertAgent();
    },
  };
}

const removeAll = (lease: string) =>
  host.run(`echo delete >/var/lib/rootless-docker/leases/${lease}/on-destroy-data`);

/** What is nobody's but its owner's: everything outside the account's home and the agent's own records. */
async function outside(name: string) {
  const before = await snapshotHost(host);
  return async () =>
    diffSnapshots(before, await snapshotHost(host)).filter(
      (line) =>
        !line.includes(`/home/${name}`) &&
        !/rootless-docker|linger|user@|user-runtime|run-user|user-\d+/.test(line),
    );
}

test("links from the home to what is not the account's: nothing there is read, changed or removed", async () => {
  await host.run(
    "useradd -m mallory && install -d -o mallory -g mallory -m 700 /home/mallory/.ssh",
  );
  const untouched = await outside("mallory");
  const plants = [
    "ln -s /root/closed/file .ssh/authorized_keys",
    "ln -s /root/closed/new .ssh/authorized_keys",
    "ln -s /etc/shadow .ssh/authorized_keys",
    "ln -s /etc/passwd .ssh/authorized_keys",
    "ln -s /home/bob/own/authorized_keys .ssh/authorized_keys",
    "ln -s /dev/null .ssh/authorized_keys",
    "ln /root/closed/file .ssh/authorized_keys",
    "ln /etc/passwd .ssh/authorized_keys",
    "ln /usr/bin/su .ssh/authorized_keys",
    "ln /home/bob/own/authorized_keys .ssh/authorized_keys",
    "mkfifo .ssh/authorized_keys && chown mallory .ssh/authorized_keys && chmod 0 .ssh/authorized_keys",
    "rmdir .ssh; ln -s /root .ssh",
    "rmdir .ssh; ln -s /home/bob/own .ssh",
    "ln -s /etc/passwd .ssh/authorized_keys.rootless-docker-new",
    "ln -s /etc/passwd .ssh/authorized_keys.rootless-docker-old",
    "ln /etc/shadow .ssh/authorized_keys.rootless-docker-new",
    "mkdir .ssh/authorized_keys.rootless-docker-new .ssh/authorized_keys.rootless-docker-old",
  ];
  const mallory = await give("mallory");
  for (const plant of plants) {
    await host.run(`cd /home/mallory && ${plant}; chown -h mallory .ssh; true`);
    const [applied, reverted] = [await mallory.apply(), await mallory.revert()];
    expect([plant, reverted.exitCode]).toEqual([plant, 0]);
    const said = [...applied.said, ...reverted.said];
    expect([plant, said.filter((line) => /LEAKED|root:/.test(line))]).toEqual([plant, []]);
    const readable =
      "find /home/mallory /tmp -type f -user mallory -exec grep -lE 'LEAKED|^root:[*!$]' {} +";
    expect([plant, await host.run(`${readable}; true`)]).toEqual([plant, ""]);
    await host.run(
      "cd /home/mallory && rm -rf .ssh && install -d -o mallory -g mallory -m 700 .ssh",
    );
  }
  await mallory.end();
  expect(await untouched()).toEqual([]);
});

test("another's keys file comes back itself, unless its keys were changed meanwhile", async () => {
  await host.run(`useradd -m kim && install -d -o kim -m 700 /home/kim/.ssh; cd /home/kim/.ssh
    echo 'ssh-rsa OWN' >authorized_keys; chmod 644 authorized_keys`);
  const file =
    "cd /home/kim/.ssh && stat -c '%i %a %U:%G %h %Y' authorized_keys && cat authorized_keys && ls -A";
  const before = await host.run(file);
  const kim = await give("kim");
  for (let again = 0; again < 2; again++) await kim.apply();
  expect(
    await host.run("cd /home/kim/.ssh && stat -c '%a %U' authorized_keys && cat authorized_keys"),
  ).toBe(`644 kim\nssh-rsa OWN\n${key}\n`);
  await kim.end();
  expect(await host.run(file)).toBe(before);

  const later = await give("kim");
  await later.apply();
  await host.run("echo 'ssh-rsa LATER' >>/home/kim/.ssh/authorized_keys");
  expect((await later.revert()).said).toContain(
    "account: /home/kim/.ssh/authorized_keys belongs to kim now, and not to whom it belonged before: it was changed meanwhile",
  );
  expect(await host.run("cd /home/kim/.ssh && cat authorized_keys && ls -A")).toBe(
    "ssh-rsa OWN\nssh-rsa LATER\nauthorized_keys\n",
  );
  await later.installation.revertAgent();
});

test("an account that exchanges its files as fast as it can gains nothing", async () => {
  await host.run("useradd -m racer && install -d -o racer -g racer -m 700 /home/racer/.ssh");
  await host.run("cat >/home/racer/race && chown racer: /home/racer/race", { input: race });
  const untouched = await outside("racer");
  await host.run(
    "setsid setpriv --reuid racer --regid racer --clear-groups perl /home/racer/race >/dev/null 2>&1 </dev/null &",
  );
  const end = Date.now() + 5000;
  const racer = await give("racer");
  let runs = 0;
  do {
    await racer.apply();
    await racer.revert();
    runs++;
  } while (Date.now() < end);
  await host.run("pkill -KILL -u racer; sleep 0.1");
  expect(runs).toBeGreaterThan(0);
  expect(await untouched()).toEqual([]);
  // A file of another's there could give its rights.
  expect(
    await host.run(
      "find /home/racer /home/.root* \\( ! -user racer -o ! -group racer \\) 2>/dev/null || true",
    ),
  ).toBe("");
  await host.run("rm -rf /home/racer/.ssh /var/lib/rootless-docker");
});

// What authorized_keys leads to is now a file of its own, now /usr/bin/su, /etc/shadow or another's.
const race = `
use strict; use warnings;
chdir "/home/racer" or die;
mkdir "own"; symlink "../link/su", ".ssh/authorized_keys";
for my $name ("su", "shadow", "authorized_keys") {
  open(my $file, ">", "own/$name"); print $file "#!/bin/sh\\nid\\n"; close $file;
}
my @places = ("own", "/usr/bin", "own", "/etc", "own", "/home/bob/own");
for (my $i = 0; ; $i++) {
  my $name = ("su", "shadow", "authorized_keys")[($i / 1000) % 3];
  unlink "new"; symlink $places[$i % 6], "new"; rename "new", "link";
  # Where realpath ends with the own directory.
  if ($i % 7 == 0) { rename "link", "other"; rename "own", "link"; select(undef, undef, undef, 0.0004); rename "link", "own"; rename "other", "link"; }
  if ($i % 5 == 0) { unlink "k"; symlink "../link/$name", "k"; rename "k", ".ssh/authorized_keys"; }
  for my $plant (".rootless-docker-new", ".rootless-docker-old") {
    unlink "p"; symlink "/etc/passwd", "p"; rename "p", ".ssh/authorized_keys$plant"; unlink ".ssh/authorized_keys$plant" if $i % 2;
  }
}
`;

test("a home is made and removed only where nobody but root can change what leads to it", async () => {
  await host.run(
    "install -d -o bob /srv/bobs; ln -s /srv /alias; install -d -o bob -m 700 /srv/hop; ln -s /home /srv/hop/home",
  );
  for (const home of ["/srv/bobs/app", "/srv/bobs/deep/er/app", "/tmp/app", "/srv/hop/home/app"]) {
    const refused = new Installation(host, `c${++leases}`);
    await refused.install();
    const wishes = { account: { name: "app", home } };
    expect((await refused.tryApply("preflight", wishes)).said).toEqual([
      `preflight: account.home: found that others than root can change what leads to ${home}; wanted a place for a new home that only root can change. To fix: name a directory in a place of root's, such as /home, in account.home`,
    ]);
    await refused.revertAgent();
  }
  const aliased = await give("aliased", { home: "/alias/aliased" });
  expect((await aliased.apply()).exitCode).toBe(0);
  await removeAll(aliased.installation.lease);
  await host.run("chown bob /srv");
  expect((await aliased.revert()).said).toContain(
    "account: /alias/aliased: found that others than root can change what leads to it by now; wanted a place that only root can change, to remove it from. To fix: remove it by hand, then run again",
  );
  await host.run("chown root /srv");
  await aliased.end();
  expect(await host.run("ls -d /srv/aliased 2>/dev/null || echo gone")).toBe("gone\n");
});

/** In the record of an account: as a useradd that was killed has left it. */
const killedUseradd = "{ sed -n 's/^mark //p' made; grep '^home ' made; } >creating; rm made";

test("a home that is not complete yet: a file with a second name elsewhere keeps its owner", async () => {
  const half = await give("half");
  await half.apply();
  // As a killed run left it, with a link to an empty file of root's.
  await host.run(`cd /var/lib/rootless-docker/things/account/half/baseline && ${killedUseradd}
    cd /home/half && rm -rf .ssh .bashrc .profile && touch /root/closed/empty && ln /root/closed/empty .profile`);
  expect((await half.apply()).said.join()).toContain(
    "found files in it (.profile), before it was complete",
  );
  expect(await host.run("stat -c '%U %a' /root/closed/empty; rm /home/half/.profile")).toBe(
    "root 644\n",
  );
  await half.apply();
  await removeAll(half.installation.lease);
  await half.end();
  expect(await host.run("stat -c '%U %a %h' /root/closed/empty; rm /root/closed/empty")).toBe(
    "root 644 1\n",
  );
});

test("a home that is finished while the account exchanges what is in it", async () => {
  const filler = await give("filler");
  await filler.apply();
  // As a removal that was killed left it. The account is as quick as can be: right before the copy begins.
  await host.run(
    `echo leaving >/var/lib/rootless-docker/things/account/filler/baseline/leaving
    echo ROOTS >/etc/victim; chmod 600 /etc/victim
    install -d -o filler /srv/spool; echo LEAKED >/srv/spool/file; chmod 600 /srv/spool/file
    find /home/filler -mindepth 1 -delete
    cat >/usr/local/sbin/cp; chmod 755 /usr/local/sbin/cp`,
    {
      input: `#!/bin/sh
        as=; [ "$(id -u)" != 0 ] || as='setpriv --reuid filler --regid filler --clear-groups'
        case "$*" in */etc/skel*) $as sh -c 'ln -s /etc/victim /home/filler/.profile
          mv /srv/spool/file /home/filler/.stolen; touch /tmp/planted' ;; esac
        exec /usr/bin/cp "$@"`,
    },
  );
  expect((await filler.apply()).said).toContain("account: /home/filler made");
  await host.run("rm /usr/local/sbin/cp /tmp/planted");
  expect(
    await host.run(
      "cat /etc/victim; stat -c '%U %a' /etc/victim /home/filler/.stolen; diff -rq /etc/skel /home/filler; true",
    ),
  ).toBe("ROOTS\nroot 600\nroot 600\nOnly in /home/filler: .ssh\nOnly in /home/filler: .stolen\n");
  await removeAll(filler.installation.lease);
  await filler.end();
  await host.run("rm -rf /srv/spool /etc/victim");
});

test.each([
  [
    "half-copied by a useradd that was killed",
    "cd /home/part && chown root . && : >.profile && rm .bashrc && chmod 755 .",
  ],
  ["gone", "rm -r /home/part"],
  [
    "not root's any more, but what is in it is",
    "cd /home/part && rm .bashrc && chown root .profile",
  ],
])("a home that is not complete yet: %s", async (_, change) => {
  const part = await give("part");
  await part.apply();
  await host.run(
    `cd /var/lib/rootless-docker/things/account/part/baseline; ${killedUseradd}; rm -rf /home/part/.ssh; ${change}`,
  );
  expect((await part.apply()).said).toContain("account: /home/part made");
  expect(
    await host.run(
      "diff -rq /etc/skel /home/part; find /home/part ! -user part; stat -c %a /home/part; true",
    ),
  ).toBe("Only in /home/part: .ssh\n700\n");
  await removeAll(part.installation.lease);
  await part.end();
  expect(await host.run("ls -d /home/part 2>/dev/null || echo gone")).toBe("gone\n");
});

test("what the account cannot read in /etc/skel is not in its home, and is named", async () => {
  await host.run("echo secret >/etc/skel/.roots; chmod 600 /etc/skel/.roots");
  const without = await give("without");
  await without.apply();
  await host.run(`cd /var/lib/rootless-docker/things/account/without/baseline && ${killedUseradd}
    find /home/without -mindepth 1 -delete`);
  const { exitCode, said } = await without.apply();
  expect([exitCode, said]).toEqual([
    0,
    expect.arrayContaining([
      "account: /home/without is without /etc/skel/.roots, which without cannot read",
    ]),
  ]);
  await host.run("rm /etc/skel/.roots; ls /home/without/.bashrc");
  await removeAll(without.installation.lease);
  await without.end();
});

test("an account's end does not reach beyond its home: links, hard links, bind mounts", async () => {
  const ends = await give("ends");
  await ends.apply();
  await host.run(`cd /home/ends && ln -s /etc linked && ln /etc/passwd hard && mkdir 'a mount'
    install -d /srv/precious && echo precious >/srv/precious/file && mount --bind /srv/precious 'a mount'`);
  const untouched = await outside("ends");
  await removeAll(ends.installation.lease);
  const { exitCode, said } = await ends.revert();
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    "account: /home/ends: found something mounted at '/home/ends/a mount'; wanted nothing mounted there when it is removed. To fix: unmount it, then run again",
  ]);
  expect(await host.run("cat /srv/precious/file; umount '/home/ends/a mount'")).toBe("precious\n");
  await ends.end();
  expect(await host.run("ls -d /home/ends 2>/dev/null || echo gone; cat /srv/precious/file")).toBe(
    "gone\nprecious\n",
  );
  expect(
    (await untouched()).filter(
      (line) => !/ends|subuid|subgid|\/etc\/(passwd|group|g?shadow)/.test(line),
    ),
  ).toEqual([]);
});

test("others' files where the agent begins, in /tmp: neither run nor waited for, and no word about them", async () => {
  for (const user of ["ops", "root"]) {
    const installation = new Installation(host, `c${++leases}`, user);
    const name = `/tmp/rootless-docker.${installation.lease}`;
    await host.run(
      `mkdir ${name}.dir; mkfifo ${name}.fifo; ln -s /etc/passwd ${name}.linked; echo 'touch /tmp/ran' >${name}.script`,
      { user: "bob" },
    );
    const passwd = await host.run("sha256sum /etc/passwd");
    const { exitCode, said } = await installation.tryInstall();
    expect([exitCode, said]).toEqual([0, ["agent: /var/lib/rootless-docker/agent installed"]]);
    expect(await host.run("cat /var/lib/rootless-docker/agent")).toBe(agentText());
    expect(await host.run("sha256sum /etc/passwd; ls /tmp/ran 2>/dev/null || true")).toBe(passwd);
    await installation.revertAgent();
    await host.run(`rm -rf ${name}.*`);
  }
});

test.each([
  [
    "a directory of another's",
    "install -d -o bob $S",
    /^agent: \S+docker: found a directory of bob with mode 755; wanted/,
  ],
  [
    "one that others may write to",
    "install -d -m 777 $S",
    /^agent: \S+docker: found a directory of root with mode 777; wanted/,
  ],
  [
    "a link",
    "install -d -o bob /srv/theirs; ln -s /srv/theirs $S",
    /^agent: \S+docker: found a symbolic link of root with mode 777; wanted/,
  ],
  [
    "a link in it",
    "install -d $S; ln -s /srv $S/leases",
    /^agent: \S+docker\/leases: found a symbolic link of root/,
  ],
  [
    "a file in it",
    "install -d $S; install -o bob /dev/null $S/agent",
    /^agent: \S+docker\/agent: found a regular empty file of bob with mode 755; wanted a directory, and what is in it, that only root can change\. To fix: see what it is and who made it, move it away, then run again$/,
  ],
])(
  "the agent's own directory was there before, %s: refused before anything",
  async (_what, plant, message) => {
    const installation = new Installation(host, `c${++leases}`);
    await host.run(`S=/var/lib/rootless-docker; rm -rf $S; ${plant}`);
    const before = await snapshotHost(host);
    const { exitCode, said } = await installation.tryInstall();
    expect([exitCode, said]).toEqual([1, [expect.stringMatching(message)]]);
    expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
    await host.run("rm -rf /var/lib/rootless-docker");
  },
);

test.each(["0", "077"])(
  "the login's own environment and umask %s change nothing",
  async (umask) => {
    const login = `umask ${umask}; export IFS=/ CDPATH=/tmp ENV=/tmp/start BASH_ENV=/tmp/start POSIXLY_CORRECT=1 GREP_OPTIONS=-v LD_PRELOAD=/tmp/none.so PERL5OPT=-Mnone TMPDIR=/nowhere`;
    await host.run(`cp -a /home/ops/.bashrc /home/ops/.bashrc.before; echo 'id -un >>/tmp/started' >/tmp/start
    printf '%s\\n' '${login}' | cat - /home/ops/.bashrc.before >/home/ops/.bashrc`);
    const ops = new Installation(host, `c${++leases}`, "ops");
    const wishes = {
      owner: "project/dev/plain",
      resourceControllers: [],
      account: { name: "plain" },
      unprivilegedPing: { groups: "0 1000" },
    };
    await ops.install();
    await ops.apply("preflight", wishes);
    await ops.apply("kernel", wishes);
    const { said } = await ops.apply("account", wishes);
    // Each program that is started with it says so: the login's own, and none of root's.
    expect(said.filter((line) => line.includes("none.so")).length).toBeLessThan(5);
    expect(
      await host.run(`cd /var/lib/rootless-docker && stat -c '%a %U' . agent leases things locks
      stat -c %a /etc/sysctl.d/99-zz-rootless-docker-net.ipv4.ping_group_range.conf /etc/subuid /home/plain`),
    ).toBe("755 root\n644 root\n711 root\n700 root\n700 root\n644\n644\n700\n");
    for (const step of ["kernel", "account"] as const) await ops.revert(step, wishes);
    await ops.revertAgent();
    expect(await host.run("cat /tmp/started 2>/dev/null | grep -c root || true")).toBe("0\n");
    await host.run("mv /home/ops/.bashrc.before /home/ops/.bashrc; rm -f /tmp/started");
  },
);

test.each(["fish", "tcsh"])("a login shell that is no sh: %s", async (shell) => {
  await host.run(
    `apt-get -qq update; apt-get -qqy install --no-install-recommends ${shell} >/dev/null 2>&1; usermod -s /usr/bin/${shell} ops`,
  );
  const ops = new Installation(host, `c${++leases}`, "ops");
  const wishes = { account: { name: "plain", authorizedKeys: [key] }, resourceControllers: [] };
  await ops.install();
  for (const step of ["preflight", "account"] as const)
    expect((await ops.apply(step, wishes)).said.join("\n")).not.toMatch(/fish|csh|syntax/i);
  await ops.revert("account", wishes);
  expect((await ops.revertAgent()).said).toEqual(["agent: /var/lib/rootless-docker removed"]);
  // Where it is gone already, the login shell alone says so.
  expect((await ops.revertAgent()).said).toEqual([nothingThere]);
  expect(
    await host.run("ls -d /home/plain /var/lib/rootless-docker /tmp/rootless* 2>/dev/null || true"),
  ).toBe("");
  await host.run("usermod -s /bin/bash ops");
});

test("a file of the machine that others may write to is written anew, and said", async () => {
  const all: StepArgs = { account: { name: "app" }, unprivilegedPing: { groups: "0 1000" } };
  const file = "/etc/sysctl.d/99-zz-rootless-docker-net.ipv4.ping_group_range.conf";
  const app = new Installation(host, `c${++leases}`);
  await app.install();
  await app.apply("kernel", all);
  for (const edit of [`chmod 666 ${file}`, `chown bob ${file}`]) {
    await host.run(edit);
    expect((await app.apply("kernel", all)).changed).toEqual([`${file} written`]);
    expect(await host.run(`stat -c '%a %U:%G' ${file}`)).toBe("644 root:root\n");
  }
  await app.revert("kernel", all);
  await app.revertAgent();
});

/** Runs functions of the agent by themselves on the host. */
async function functions(script: string, run = "sh /root/functions"): Promise<string> {
  const text = agentText().replace(/main "\$@"\n$/, "");
  await host.run("cat >/root/functions", { input: `${text}\n${script}` });
  const stdout = await host.run(run);
  await host.run("rm /root/functions");
  return stdout;
}

test("what the account's programs get, and what they can say", async () => {
  await host.run("getent passwd mallory || useradd -m mallory");
  const programs = await functions(`STEP=report; know_account mallory
    exec 3>&1 6</etc/shadow 7>/dev/null 8>/dev/null 9>/dev/null
    export LD_PRELOAD= ENV=/tmp/x SECRET=x
    as_account sh -c 'ls -m /proc/$$/fd; env | cut -d = -f 1 | sort | paste -s -d " "; id -Gn; grep CapInh /proc/self/status'`);
  expect(programs).toBe(
    "0, 1, 2\nDBUS_SESSION_BUS_ADDRESS HOME LC_ALL LOGNAME PATH PWD USER XDG_RUNTIME_DIR\nmallory\nCapInh:\t0000000000000000\n",
  );
  // Where root can write nothing, it is root even so.
  const readOnly = "unshare -m sh -c 'mount -o remount,ro,bind / && sh /root/functions'";
  expect(await functions("STEP=report; know_account mallory; as_account id -un", readOnly)).toBe(
    "mallory\n",
  );
  // As a baseline has it where the account's stat lied.
  expect(
    await functions(`STEP=account; WORK=/root; know_account mallory
    echo evil | write_path_of as_account /home/mallory/forged '4755 0:0'; stat -c %U:%G /home/mallory/forged`),
  ).toBe("mallory:mallory\n");
  const answers = await functions(`STEP=report; WORK=/root; : >/root/facts; know_account mallory
    setpriv --reuid mallory --clear-groups --regid mallory sleep 60 & own=$!
    until [ "$(stat -c %U /proc/$own)" = mallory ]; do sleep 0.1; done
    for answer in $own 1 0 ../../home/mallory 1/../../etc '1 2' ''; do
      ask_systemctl() { echo "$answer"; }
      echo "<$(main_process | sed "s/^$own$/own/")>"
    done
    kill $own
    fact long "$(yes | head -c 200000)"; wc -c </root/facts; rm /root/facts`);
  expect(answers).toBe("<own>\n<>\n<>\n<>\n<>\n<>\n<>\n6155\n");
});
