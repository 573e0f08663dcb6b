import { readFileSync } from "node:fs";
import { join } from "node:path";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { EngineSource, OnDestroyData, RootfulDocker } from "../../index";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, bootHost } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// docs/security.md, destroy: packages that somebody else has there, and that apt would remove for ours.

let host: TestHost;

beforeAll(async () => {
  host = await bootHost();
  await host.run("apt-get -qq update");
});
afterAll(destroyAllHosts);

const wishes: StepArgs = { account: { name: "app" } };
const purge: StepArgs = { ...wishes, rootfulDocker: RootfulDocker.Purge };

/** Installs a package of somebody's, which says this of others. */
const install = (field: string) =>
  host.run(`mkdir -p /tmp/theirs/DEBIAN
    printf 'Package: theirs\\nVersion: 1\\nArchitecture: all\\nMaintainer: m\\nDescription: d\\n${field}\\n' >/tmp/theirs/DEBIAN/control
    dpkg-deb -b /tmp/theirs /tmp/theirs.deb >/dev/null; apt-get -qq -y install --no-install-recommends /tmp/theirs.deb >/dev/null 2>&1`);

const theirs = () => host.run("dpkg-query -W -f '${db:Status-Abbrev}' theirs");

async function start(lease: string): Promise<Installation> {
  const app = new Installation(host, lease);
  await app.install();
  return app;
}

test("one that the engine's take the place of: an error that names it, before anything is installed", async () => {
  await install("Conflicts: containerd");
  const before = await snapshotHost(host);
  const app = await start("a1");
  const { exitCode, said } = await app.tryApply("engine", wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /apt-get install .*: found that it removes theirs \(not brought by this installation alone\); wanted nobody else's removed/,
    ),
  ]);
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  await host.run("dpkg -P theirs");
});

test("the certificates that a mirror needs, and what somebody trusts by them: they stay", async () => {
  await host.run("apt-get -qq -y purge ca-certificates openssl >/dev/null 2>&1");
  const app = await start("ca");
  const [source, mirror] = [EngineSource.StaticArchive, "https://127.0.0.1:1"];
  const [sha256, rootlessExtrasSha256] = ["a".repeat(64), "b".repeat(64)];
  const engine = { source, mirror, version: "29.8.1", sha256, rootlessExtrasSha256 };
  expect((await app.tryApply("engine", { ...wishes, engine })).exitCode).toBe(1);
  await host.run("echo '!mozilla/theirs.crt' >>/etc/ca-certificates.conf");
  const { said } = await app.revert("engine", { ...wishes, engine });
  expect(said).toContain(
    "engine: package ca-certificates stays: anything may trust by it by now (marked as manually installed now)",
  );
  await app.revertAgent();
  await host.run(
    "grep theirs /etc/ca-certificates.conf; apt-mark showmanual | grep -x ca-certificates",
  );
});

test("one that depends on what Purge removes: an error that names it, before anything is removed", async () => {
  await host.run("apt-get -qq -y install --no-install-recommends docker.io >/dev/null 2>&1");
  await install("Depends: docker.io");
  const app = await start("a2");
  const { exitCode, said } = await app.tryApply("engine", purge);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /rootfulDocker: found the packages theirs, which would go with docker\.io; wanted nobody else's/,
    ),
  ]);
  expect(await theirs()).toBe("ii ");
  await app.revert("engine", purge);
  await app.revertAgent();
  await host.run("dpkg -P theirs");
});

test("one in the place of what Purge removed: destroy leaves it, and says what does not come back", async () => {
  const app = await start("a3");
  await app.apply("engine", purge);
  await host.run("apt-get -qq -y purge docker.io >/dev/null 2>&1");
  await install("Conflicts: docker.io");
  const { said } = await app.revert("engine", purge);
  expect(said.join("\n")).toMatch(
    /package docker\.io stays at absent: version \S+ takes the place of theirs, which this package has not brought/,
  );
  expect(await theirs()).toBe("ii ");
  await app.revertAgent();
  await host.run("dpkg -P theirs");
});

test("a containerd that runs where there is no Docker is not Disable's to stop", async () => {
  await host.run(`apt-get -qq -y purge --autoremove docker.io >/dev/null 2>&1 || true
    apt-get -qq -y install --no-install-recommends containerd >/dev/null 2>&1; systemctl start containerd.service`);
  const disable = { ...wishes, rootfulDocker: RootfulDocker.Disable };
  const app = await start("a6");
  await app.apply("engine", disable);
  // Also when the engine's own units are there.
  expect((await app.apply("engine", disable)).changed).toEqual([]);
  const runs = "systemctl is-active containerd.service docker.service docker.socket || true";
  expect(await host.run(runs)).toBe("active\ninactive\ninactive\n");
  await app.revert("engine", disable);
  await app.revertAgent();
  expect(await host.run("systemctl is-active containerd.service")).toBe("active\n");
});

test("a package that dpkg does not remove is an error that says why, until it does", async () => {
  const app = await start("a6");
  await app.apply("engine", wishes);
  // As where hooks of apt's make it writable, which dpkg knows nothing of.
  await host.run("mount --bind /usr /usr; mount -o remount,bind,ro /usr");
  const readOnly = await app.tryRevert("engine", wishes);
  expect([readOnly.exitCode, readOnly.said.at(-1)]).toEqual([
    1,
    "engine: /usr: found it read-only; wanted it writable while packages are removed. To fix: remount it, then run again",
  ]);
  expect(await host.run("dpkg --audit; umount -l /usr")).toBe("");
  const script = "/var/lib/dpkg/info/slirp4netns.prerm";
  await host.run(`printf '#!/bin/sh\nexit 1\n' >${script}; chmod 755 ${script}`);
  const { exitCode, said } = await app.tryRevert("engine", wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringContaining(
      "packages slirp4netns: found dpkg does not remove them: dpkg: error processing package slirp4netns (--purge): installed slirp4netns package pre-removal script subprocess returned error exit status 1; wanted them gone",
    ),
  ]);
  await host.run(`rm ${script}`);
  await app.revert("engine", wishes);
  await app.revertAgent();
  await host.run("! dpkg -s slirp4netns libslirp0");
});

test("on Debian 12, whose packages name files by /lib: a containerd that runs, and a mask whose package stays", async () => {
  const old = await bootHost({ suite: "bookworm" });
  await old.run(`apt-get -qq update
    apt-get -qq -y install --no-install-recommends containerd >/dev/null 2>&1; systemctl start containerd.service`);
  const disable = { ...wishes, rootfulDocker: RootfulDocker.Disable };
  const app = new Installation(old, "a1");
  await app.install();
  await app.apply("engine", disable);
  expect((await app.apply("engine", disable)).changed).toEqual([]);
  await old.run(`systemctl is-active containerd.service; mkdir -p /etc/cron.d
    echo '0 3 * * * root docker system prune -f' >/etc/cron.d/nightly`);
  const said = (await app.revert("engine", disable)).said.join("\n");
  expect(said).toContain("package docker.io stays: /etc/cron.d/nightly names its /usr/bin/docker");
  expect(said).toContain("docker.service stays masked, since docker.io stays and would start it");
  await app.revertAgent();
  await old.destroy();
});

test("the group of the engine's package goes with the last of two installations, whichever source that has", async () => {
  const preinstalled = { ...wishes, engine: { source: EngineSource.Preinstalled } };
  const [first, second] = [await start("a4"), await start("a5")];
  await host.run(
    "apt-get -qq -y purge --autoremove docker.io containerd runc >/dev/null 2>&1; groupdel docker 2>/dev/null || true",
  );
  await first.apply("engine", wishes);
  await second.apply("engine", preinstalled);
  await first.revert("engine", wishes);
  await first.revertAgent();
  // As a power cut in the package's own groupadd leaves it.
  await host.run(
    "sed -i /^docker:/d /etc/gshadow; printf 4194304 >/etc/gshadow.lock; cp /etc/gshadow /etc/gshadow+; cp /etc/shadow /etc/shadow+; touch -d yesterday /etc/shadow+",
  );
  await second.revert("engine", preinstalled);
  await second.revertAgent();
  expect(
    await host.run(
      "getent group docker || echo gone; ls -d /var/lib/rootless-docker /etc/*shadow+ /etc/*.lock 2>/dev/null || true",
    ),
  ).toBe("gone\n");
});

test("a group that fstab names stays: without it the machine would not boot", async () => {
  const app = await start("a4");
  await app.apply("engine", wishes);
  await host.run("echo 'tmpfs /srv/a/b/share tmpfs gid=docker,mode=0770 0 0' >>/etc/fstab");
  expect((await app.revert("engine", wishes)).said.join("\n")).toMatch(
    /group docker stays: \/etc\/fstab names it, which is not this package's/,
  );
  await host.run("getent group docker; groupdel docker; sed -i /gid=docker/d /etc/fstab");
  await app.revertAgent();
});

test("a group that somebody is administrator of stays", async () => {
  const app = await start("a6");
  await app.apply("engine", wishes);
  await host.run("useradd -M ada; gpasswd -A ada docker");
  const { said } = await app.revert("engine", wishes);
  expect(said.join("\n")).toContain("group docker stays: somebody changed it");
  await app.revertAgent();
  await host.run("grep ^docker:.*:ada: /etc/gshadow; groupdel docker; userdel ada");
});

test("the account itself, with a unit of its own that has subordinate ids: what gave them stays, and gives them again", async () => {
  await host.run("useradd -m pods; sed -i /^pods:/d /etc/subuid /etc/subgid");
  const mine: StepArgs = { account: { name: "pods", create: false } };
  const app = await start("a6");
  for (const step of ["preflight", "engine", "account"] as const) await app.apply(step, mine);
  await asAccount(
    host,
    "pods",
    `mkdir -p ~/.config/systemd/user; cd ~/.config/systemd/user
    printf '[Service]\nExecStart=unshare --user --map-auto --map-root-user sleep 1000\n[Install]\nWantedBy=default.target\n' >pod.service
    systemctl --user daemon-reload; systemctl --user -q enable --now pod
    until pgrep -u pods -x sleep; do sleep 0.1; done`,
  );
  expect((await app.revert("account", mine)).said.join("\n")).toMatch(
    /subordinate uids \S+ stay with account pods: pods has enabled/,
  );
  expect((await app.revert("engine", mine)).said.join("\n")).toMatch(
    /package uidmap stays.*: pods runs its /,
  );
  await app.revertAgent();
  expect(
    await asAccount(
      host,
      "pods",
      "systemctl --user restart pod; sleep 1; systemctl --user is-active pod; command -v dockerd || true",
    ),
  ).toBe("active\n");
  await host.run(
    `loginctl disable-linger pods; systemctl stop user@$(id -u pods); userdel -r pods 2>/dev/null
    apt-get -qq -y purge --autoremove uidmap dbus-user-session libpam-systemd >/dev/null 2>&1; rm -rf /var/lib/rootless-docker`,
  );
});

test("a file system below /etc that does not answer holds up no removal: what may be named there stays", async () => {
  const app = await start("a7");
  await app.apply("engine", wishes);
  await host.run("mkdir /etc/shared; cat >/srv/mute.pl", {
    input: `use Fcntl; sysopen my $fuse, "/dev/fuse", O_RDWR or die $!;
      my ($source, $at, $type) = ("nfs", "/etc/shared", "fuse");
      my $options = "fd=" . fileno($fuse) . ",rootmode=40000,user_id=0,group_id=0,allow_other\0";
      syscall(165, $source, $at, $type, 0, $options) == 0 or die $!; sleep 600;`,
  });
  await host.run(
    "systemd-run -q --collect --unit=mute perl /srv/mute.pl; until grep -q /etc/shared /proc/mounts; do sleep 0.1; done",
  );
  try {
    const { said } = await app.revert("engine", wishes);
    expect(said.join()).toContain(
      "runc stays: not all units, jobs and scripts of administrators could be read",
    );
  } finally {
    await host.run("systemctl kill -s KILL mute; umount -l /etc/shared; rmdir /etc/shared");
  }
  await app.revertAgent();
  await host.run(
    `apt-get -qq -y purge --autoremove docker.io docker-cli containerd runc uidmap slirp4netns \\
      dbus-user-session libpam-systemd iptables >/dev/null 2>&1; rm -rf /var/lib/rootless-docker
    find /etc/systemd/system -lname /dev/null -delete; systemctl daemon-reload; groupdel docker`,
  );
});

const awaitProgram =
  "for i in $(seq 600); do pgrep -u near -x x && break; sleep 0.1; done; sleep 5";

test.each([
  [
    "program is where nobody answers any more",
    "perl /srv/unanswered.pl /srv/near /bin/busybox",
    awaitProgram,
  ],
  [
    "program is, by a link of its own on this machine, where nobody answers",
    "sh -c 'mount -t tmpfs x /srv/near; perl /srv/unanswered.pl /srv/near /bin/busybox'",
    `${awaitProgram}; ln -s /proc/$(pgrep -u near -x x)/root/srv/near/overlay /srv/near/overlay`,
  ],
  [
    "mapping of a file waits for an answer",
    "perl /srv/mapped.pl /srv/near",
    `p=$(systemctl show -p MainPID --value near)
    for i in $(seq 60); do timeout 1 cat /proc/$p/maps >/dev/null || exit 0; sleep 0.1; done; exit 1`,
  ],
])(
  "a neighbour's process whose %s holds up no removal",
  async (_, program, prepare) => {
    const app = await start("a4");
    await app.apply("engine", wishes);
    await host.run(
      "apt-get -qqy install busybox-static >/dev/null 2>&1; useradd -m near; install -d -o near /srv/near",
    );
    for (const name of ["unanswered.pl", "mapped.pl"])
      await host.run(`cat >/srv/${name}`, { input: readFileSync(join(__dirname, name)) });
    await host.run(
      `systemd-run -q --collect --unit=near --uid=near unshare --user --map-root-user --mount ${program}\n${prepare}`,
    );
    try {
      const { said } = await app.revert("engine", wishes);
      expect(said.join()).not.toContain("near runs");
    } finally {
      await host.run(
        "systemctl kill -s KILL near; sleep 1; userdel -r near 2>/dev/null; rm -rf /srv/near",
      );
    }
    await app.revertAgent();
  },
  120_000,
);

test("a user whose processes have subordinate ids, by a program of their own: what gave them stays", async () => {
  const app = await start("a4");
  await app.apply("engine", wishes);
  await host.run(`useradd -m bob; grep -q ^bob: /etc/subuid || echo bob:700000:65536 | tee -a /etc/subuid >>/etc/subgid
    systemd-run -q --unit=bobs --uid=bob unshare --user --map-auto --map-root-user sleep 1000
    until [ "$(wc -l </proc/$(pgrep -u bob -x sleep)/uid_map)" = 2 ]; do sleep 0.1; done`);
  const { said } = await app.revert("engine", wishes);
  for (const name of ["uidmap", "dbus-user-session"])
    expect(said.join("\n")).toMatch(new RegExp(`package ${name} stays.*: bob runs its `));
  expect(await host.run("command -v newuidmap; command -v dockerd || true")).toBe(
    "/usr/bin/newuidmap\n",
  );
  await host.run("systemctl stop bobs; userdel -r bob 2>/dev/null");
  await app.revertAgent();
});

describe("what others use of what came with the engine", () => {
  const said: string[] = [];
  let synced = "";

  beforeAll(async () => {
    await host.run(
      "apt-get -qq -y purge --autoremove dbus-user-session libpam-systemd slirp4netns uidmap docker-cli iptables runc >/dev/null 2>&1",
    );
    const app = await start("a9");
    await host.run(`mv /usr/bin/sync /usr/bin/sync.real
      printf '#!/bin/sh\\necho "$*" >>/run/synced\\nexec sync.real "$@"\\n' >/usr/bin/sync; chmod 755 /usr/bin/sync`);
    await app.apply("engine", wishes);
    synced = await host.run("mv /usr/bin/sync.real /usr/bin/sync; cat /run/synced; rm /run/synced");
    await host.run(`useradd -m ben; systemctl start user@$(id -u ben)
      # Whose root looks as if theirs were that of another one, which has another.
      useradd -m imp; cp /usr/bin/perl /home/imp/perl
      imp() { systemd-run -q --unit="$1" --uid=imp /home/imp/perl -e \
        'syscall(272, 0x10000000) == 0 or die; chroot $ARGV[0] or die; chdir "/"; sleep 9999' "$2"; }
      imp imp /dev/shm; sleep 0.5
      cp /usr/bin/slirp4netns /usr/local/bin/theirs; printf 'unshare -rn sleep 9999 & sleep 1; exec /usr/local/bin/theirs $! tap0' >/tmp/run
      systemd-run -q --unit=bens --uid=ben sh /tmp/run; until pgrep -u ben -x theirs; do sleep 0.1; done
      p=$(pgrep -u ben -x theirs); d=$(printf '/home/imp/y\\n/proc/%sdev/shm' "$p"); setpriv --reuid imp mkdir -p "$d"
      until imp imp2 "$d"; ! expr "$p/" '>' "$(systemctl show -p MainPID --value imp2)/"; do systemctl stop imp2; done; sleep 0.5
      printf '[Socket]\\nListenStream=/run/theirs.sock\\nSocketGroup=docker\\n' >/etc/systemd/system/theirs.socket
      printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/theirs.service
      systemctl daemon-reload; systemctl start theirs.socket
      printf '[Service]\\nType=oneshot\\nExecStart=/opt/firewall/start\\n' >/etc/systemd/system/firewall.service
      mkdir -p /opt/firewall; printf '#!/bin/sh\\nLC_ALL=C sudo -n iptables-restore /etc/firewall.rules\\n' >/opt/firewall/start
      printf '# runc\\n[Service]\\nExecStart=docker -H ssh://app@other ps\\n' >/usr/lib/systemd/system/nightly.service
      mkdir -p /etc/wireguard; printf '[Interface]\\nPostUp = newuidmap --help\\n# runc\\n' >/etc/wireguard/wg0.conf
      printf 'backend = runc\\nruntimes: [runc]\\nrunc a word\\n' >/etc/words.conf
      printf '#!/bin/sh\\ncommand -v runc\\n' >/etc/words
      install -d /var/spool/cron/crontabs; for i in $(seq 210); do echo "0 0 1 1 * /srv/none/$i"; done >/var/spool/cron/crontabs/ben
      printf '[Unit]\\nDescription=after runc\\nAfter=runc.service\\n[Service]\\nExecStart=/bin/echo runc.service\\n' \\
        >/etc/systemd/system/later.service
      # None of these holds the removal up.
      mkfifo /usr/local/bin/fifo; cd /usr/local/bin
      perl -e 'print "#!/usr/bin/env node\n", "call(a,b);" x 390000' >bundle; ln -s /opt/bundle linked
      perl -e 'print "#!/usr/bin/env node\n", "call(a,b);" x 4000000' >/opt/bundle`);
    said.push(...(await app.revert("engine", wishes)).said);
    await app.revertAgent();
  });
  afterAll(() =>
    host.run(`systemctl stop bens user@$(id -u ben) theirs.socket
      cd /etc/systemd/system; rm theirs.* firewall.service later.service
      rm /usr/local/bin/theirs /usr/local/bin/fifo /usr/local/bin/bundle /usr/local/bin/linked
      rm -r /opt/bundle /opt/firewall /etc/wireguard /etc/words /etc/words.conf /var/spool/cron/crontabs/ben /usr/lib/systemd/system/nightly.service
      systemctl stop imp imp2; userdel -r imp 2>/dev/null; systemctl daemon-reload; groupdel docker
      apt-get -qq -y purge --autoremove libslirp0 docker-cli iptables uidmap >/dev/null 2>&1`),
  );

  test("what a package's own script writes is on the disk before the next one's runs", () => {
    expect(synced.match(/^-f \/etc$/gm)?.length).toBeGreaterThan(5);
  });

  test("libraries of a neighbour's own program that runs stay", async () => {
    expect(said.join("\n")).toMatch(/package libslirp0\S* stays.*: ben runs its \S*\/libslirp\.so/);
    expect(await host.run("command -v slirp4netns || /usr/local/bin/theirs --version")).toMatch(
      /libslirp/,
    );
  });

  test("a group that a unit of the administrator's names stays", async () => {
    expect(said.join("\n")).toMatch(
      /group docker stays: \/etc\/systemd\/system\/theirs\.socket is there/,
    );
    await host.run("systemctl restart theirs.socket; getent group docker");
  });

  test.each([
    ["iptables", "sbin/iptables-restore", "unit's script", "/opt/firewall/start"],
    [
      "docker-cli",
      "bin/docker",
      "unit beside packages'",
      "/usr/lib/systemd/system/nightly.service",
    ],
    ["uidmap", "bin/newuidmap", "setting of another program", "/etc/wireguard/wg0.conf"],
  ])("%s, whose %s a %s of the administrator's starts, stays", async (name, program, _, file) => {
    expect(said.join("\n")).toContain(`package ${name} stays: ${file} names its /usr/${program}`);
    await host.run(`test -x /usr/${program}; apt-get -qq -y autoremove; test -x /usr/${program}`);
  });

  test("what comments, descriptions and names of units say of a program keeps no package", async () => {
    await host.run("! dpkg -s runc && ! command -v runc");
  });

  test("what starts a service manager that has no services goes", async () => {
    await host.run("! ls /etc/pam.d/systemd-user && ! dpkg -s libpam-systemd");
  });
});

test.each([
  ["lea", "lingers", "loginctl enable-linger lea", "true"],
  ["sam", "runs a service", "true", "systemd-run -q --user sleep 9999"],
])(
  "a neighbour (%s) that %s, by a service manager that came with ours: it stays",
  async (name, _, before, run) => {
    const app = await start("a9");
    await app.apply("engine", wishes);
    await host.run(`useradd -m ${name}; ${before}; systemctl start user@$(id -u ${name})`);
    await asAccount(host, name, run);
    const { said } = await app.revert("engine", wishes);
    await app.revertAgent();
    for (const one of ["libpam-systemd", "dbus-user-session"])
      expect(said.join("\n")).toMatch(
        new RegExp(`package ${one}\\S* stays.*: ${name} has a service manager of its own`),
      );
    // The next one has another uid: the machine's logind may not be done with this one's.
    await host.run(`systemctl restart user@$(id -u ${name}); loginctl disable-linger ${name}
      systemctl stop user@$(id -u ${name})
      apt-get -qq -y purge --autoremove dbus-user-session libpam-systemd >/dev/null 2>&1`);
  },
);

test("a user with a rootless daemon of its own that does not run now: what it is made of stays, and is named", async () => {
  const app = await start("a7");
  await app.apply("engine", wishes);
  await host.run(
    "useradd -m -s /bin/bash ann; loginctl enable-linger ann; systemctl start user@$(id -u ann)",
  );
  await asAccount(
    host,
    "ann",
    `export PATH=/usr/share/docker.io/contrib:$PATH
    sh /usr/share/docker.io/contrib/dockerd-rootless-setuptool.sh install --skip-iptables 2>&1 || true
    docker -H unix:///run/user/$(id -u)/docker.sock volume create mine`,
  );
  // As people have it who keep what is in there elsewhere.
  await asAccount(host, "ann", "mv ~/.config ~/dotfiles; ln -s dotfiles ~/.config");
  await host.run("loginctl disable-linger ann; systemctl stop user@$(id -u ann); ! pgrep -u ann");
  const said = (await app.revert("engine", wishes)).said.join("\n");
  for (const name of ["docker.io", "rootlesskit", "slirp4netns"])
    expect(said).toMatch(
      new RegExp(
        `package ${name} stays.*: ann has a daemon of its own, by /home/ann/.config/systemd/user/docker.service`,
      ),
    );
  expect(said).toContain("docker.service stays masked, since docker.io stays and would start it");
  await host.run(`apt-get -qq -y install --reinstall docker.io >/dev/null 2>&1
    if systemctl is-active docker.service docker.socket containerd.service; then exit 1; fi
    systemctl unmask docker.service docker.socket containerd.service`);
  await app.revertAgent();
  const purging = await start("a8");
  const refused = await purging.tryApply("engine", purge);
  expect([refused.exitCode, refused.said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /rootfulDocker: found that others run what Purge would remove: ann has a daemon of its own, by \/home\/ann\/\.config\/systemd\/user\/docker\.service; wanted nobody else's engine removed by Purge/,
    ),
  ]);
  await purging.revert("engine", purge);
  await purging.revertAgent();
  await host.run("loginctl enable-linger ann; systemctl start user@$(id -u ann)");
  expect(
    await asAccount(
      host,
      "ann",
      "systemctl --user start docker; docker -H unix:///run/user/$(id -u)/docker.sock volume ls -q",
    ),
  ).toBe("mine\n");
  await host.run(
    "loginctl disable-linger ann; systemctl stop user@$(id -u ann); userdel -r ann 2>/dev/null",
  );
});

describe("Purge: an engine that others have, or may have, is an error that names them", () => {
  const refused = async (lease: string): Promise<string> => {
    const app = await start(lease);
    const { exitCode, said } = await app.tryApply("engine", purge);
    await app.revert("engine", purge);
    await app.revertAgent();
    return `${exitCode}: ${said.join(" | ")}`;
  };
  const found = (who: string): unknown =>
    expect.stringMatching(
      new RegExp(
        `^1: .*rootfulDocker: found that others run what Purge would remove: .*${who}.*; wanted nobody else's`,
      ),
    );

  beforeAll(async () => {
    await host.run(`apt-get -qq -y install --no-install-recommends docker.io docker-cli rootlesskit slirp4netns uidmap \
        dbus-user-session iptables >/dev/null 2>&1
      systemctl unmask -q docker.service docker.socket containerd.service
      useradd -m -s /bin/bash eve; loginctl enable-linger eve; systemctl start user@$(id -u eve)`);
  });

  test("one that runs, beside root's", async () => {
    await host.run("systemctl start docker.service");
    await asAccount(
      host,
      "eve",
      `systemd-run -q --user --unit=mine --setenv=PATH=/usr/share/docker.io/contrib:/usr/sbin:/usr/bin \
        /usr/share/docker.io/contrib/dockerd-rootless.sh --iptables=false
      until docker -H unix:///run/user/$(id -u)/docker.sock version >/dev/null 2>&1; do sleep 0.2; done`,
    );
    expect(await refused("b1")).toEqual(found("eve runs its /usr/sbin/dockerd"));
    await asAccount(host, "eve", "systemctl --user stop mine");
    await host.run("systemctl stop docker.service docker.socket containerd.service");
  });

  const unit = "[Service]\nExecStart=/usr/share/docker.io/contrib/dockerd-rootless.sh\n";
  test.each([
    [
      "a system account's",
      `useradd --system -m -s /bin/bash runner; d=/home/runner/.config/systemd/user
      mkdir -p $d; printf '${unit}' >$d/docker.service; chown -R runner: /home/runner`,
      "userdel -r runner 2>/dev/null",
      "runner has a daemon of its own, by /home/runner/.config/systemd/user/docker.service",
    ],
    [
      "by an administrator's unit, which an account has enabled",
      `printf '${unit}[Install]\nWantedBy=default.target\n' >/etc/systemd/user/docker.service
      setpriv --reuid eve --regid eve --clear-groups env HOME=/home/eve XDG_RUNTIME_DIR=/run/user/$(id -u eve) systemctl --user -q enable docker.service`,
      "rm /etc/systemd/user/docker.service; rm -r /home/eve/.config/systemd",
      "the machine has a rootless daemon, by /etc/systemd/user/docker.service; " +
        "eve has a daemon of its own, by /home/eve/.config/systemd/user/default.target.wants/docker.service",
    ],
    [
      "of an account that a directory has, by a unit of another name",
      `useradd -m -s /bin/bash dora; d=/home/dora/.config/systemd/user
      mkdir -p $d; printf '${unit}' >"$d/x. To fix: run 'sh a'.service"; chown -R dora: /home/dora
      apt-get -qqy install libnss-extrausers >/dev/null 2>&1; grep ^dora: /etc/passwd >/var/lib/extrausers/passwd
      sed -i /^dora:/d /etc/passwd; sed -i '/^passwd:/s/files/files extrausers/' /etc/nsswitch.conf`,
      `sed -i 's/ extrausers//' /etc/nsswitch.conf; cat /var/lib/extrausers/passwd >>/etc/passwd
      userdel -r dora 2>/dev/null; apt-get -qqy purge libnss-extrausers >/dev/null 2>&1`,
      `dora has a daemon of its own, by '/home/dora/.config/systemd/user/x. To fix: run "sh a".service'`,
    ],
    [
      "of nerdctl's",
      `d=/home/eve/.config/systemd/user; mkdir -p $d
      printf '[Service]\\nExecStart=/usr/local/bin/containerd-rootless.sh\\n' >$d/containerd.service; chown -R eve: /home/eve`,
      "rm /home/eve/.config/systemd/user/containerd.service",
      "eve has a daemon of its own, by /home/eve/.config/systemd/user/containerd.service",
    ],
    [
      "an administrator's BuildKit, for accounts",
      `printf '[Service]\\nExecStart=/usr/bin/rootlesskit --net=slirp4netns buildkitd\\n' >/etc/systemd/user/buildkit.service`,
      "rm /etc/systemd/user/buildkit.service",
      "the machine has a rootless daemon, by /etc/systemd/user/buildkit.service",
    ],
    [
      "by a unit of the machine's",
      `printf '${unit}User=eve\n' >/etc/systemd/system/eves.service`,
      "rm /etc/systemd/system/eves.service",
      "the machine has a rootless daemon, by /etc/systemd/system/eves.service",
    ],
  ])("one that does not run: %s", async (_, before, after, who) => {
    await host.run(before);
    expect(await refused("b2")).toEqual(found(who));
    await host.run(after);
  });

  test("one that does not run: another installation's, of an engine that was there", async () => {
    const args: StepArgs = {
      account: { name: "own" },
      engine: { source: EngineSource.Preinstalled },
      rootfulDocker: RootfulDocker.Keep,
      onDestroy: { data: OnDestroyData.Delete },
    };
    const own = new Installation(host, "b3");
    await own.applyAll(args);
    await host.run("systemctl stop user@$(id -u own)");
    expect(await refused("b4")).toEqual(
      found("own has a daemon of its own, by /home/own/.config/systemd/user/docker.service"),
    );
    await host.run("systemctl start user@$(id -u own)");
    await own.revertAll(args);
  });

  /** Accounts that stop whatever runs as them, and one after them that has a daemon, which does not run. */
  const silence = `for name in mute1 mute2 mute3 mute4 mute5; do
      useradd -m -s /bin/bash $name
      systemd-run -q --unit=$name --uid=$name -p Nice=-15 perl -e 'while (1) { kill "STOP", -1; select undef, undef, undef, 0.0002 }'
    done
    useradd -m -s /bin/bash zoe; mkdir -p /home/zoe/.config/systemd/user
    touch /home/zoe/.config/systemd/user/docker.service`;
  const mute = "mute\\d does not say whether it has a daemon of its own";

  test("by accounts that do not answer; nobody else is taken for one without", async () => {
    await host.run(silence);
    expect(await refused("b5")).toEqual(
      found(`(${mute}; ){3}(.*; )?zoe was not asked whether it has a daemon of its own`),
    );
  });

  test("nor does a destroy remove packages where three accounts do not answer", async () => {
    await host.run(
      "apt-get -qq -y purge --autoremove docker.io docker-cli rootlesskit slirp4netns uidmap >/dev/null 2>&1",
    );
    const app = await start("b6");
    await app.apply("engine", wishes);
    const said = (await app.revert("engine", wishes)).said.join("\n");
    for (const name of ["docker.io", "rootlesskit", "slirp4netns", "uidmap"])
      expect(said).toMatch(new RegExp(`package ${name} stays.*: ${mute}`));
    await app.revertAgent();
  });
});
