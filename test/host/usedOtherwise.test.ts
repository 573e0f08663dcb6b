import { dirname } from "node:path";
import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { OnDestroyData, StorageDriver } from "../../index";
import { expectNoAgent, give } from "../../testkit/accountOnly";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, bootHost, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// docs/security.md, destroy: what somebody does with the account and its data that this package has not set up.

let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
});
afterAll(destroyAllHosts);

interface Use {
  what: string;
  args?: StepArgs;
  /** What somebody does; NAME is the account. */
  does: string;
  /** What destroy says. */
  says: RegExp;
  /** Commands, and what they print then; without this, that the account is there. */
  there?: [string, string];
  undo?: string;
}

const remove = { onDestroy: { data: OnDestroyData.Delete } };
const atJobs = "/var/spool/cron/atjobs";
const crontabs = "/var/spool/cron/crontabs";
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK me";

/** Becomes the account without a login. */
const asUid = "setpriv --reuid NAME --regid NAME --clear-groups";

/** Starts a service of the machine, of a program that becomes the account where it says UID. */
const startService = (unit: string, program: string, properties = "") =>
  `systemd-run -q ${properties} --unit=${unit} ${program.replace("UID", asUid)}
  until pgrep -u NAME -x sleep; do sleep 0.1; done`;

const uses: Use[] = [
  {
    what: "a file system mounted in the home",
    does: "mkdir /home/NAME/data; mount -t tmpfs disk /home/NAME/data; echo precious >/home/NAME/data/file; chown -R NAME: /home/NAME/data",
    says: /account NAME stays, with its subordinate ids: something is mounted at \/home\/NAME\/data, where files of it may be/,
    undo: "umount /home/NAME/data",
  },
  {
    what: "a crontab",
    does: `install -d ${crontabs}; echo '* * * * * true' >${crontabs}/NAME; chown NAME ${crontabs}/NAME`,
    says: /account NAME stays, with its subordinate ids: .*files of its own \(\/var\/spool\/cron\/crontabs\/NAME\)/,
    undo: `rm ${crontabs}/NAME`,
  },
  {
    what: "a service of the machine that runs as it, by its template",
    args: remove,
    does: "printf '[Service]\\nUser=%%i\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/runner@.service; systemctl start runner@NAME.service",
    says: /account NAME stays, .*: \/etc\/systemd\/system\/runner@\.service runs a service as it/,
    undo: "systemctl stop runner@NAME.service; rm /etc/systemd/system/runner@.service",
  },
  {
    what: "a service of the machine that runs as it",
    args: remove,
    does: "printf '[Service]\\nUser = NAME\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/runner.service",
    says: /account NAME stays, .*: \/etc\/systemd\/system\/runner\.service runs a service as it: remove that, then the account by hand/,
    undo: "rm /etc/systemd/system/runner.service",
  },
  {
    what: "a key of this package's with other options",
    args: { account: { name: "used4", create: false, authorizedKeys: [key] } },
    does: "sed -i 's/^/from=\"10.0.0.0\\/8\" /' /home/NAME/.ssh/authorized_keys",
    says: /\/home\/NAME\/\.ssh\/authorized_keys: a key of this package's stays: somebody changed its line/,
  },
  {
    what: "a service that somebody has linked, and systemd not read yet",
    args: remove,
    does: "printf '[Service]\\nUser=NAME\\nExecStart=/bin/true\\n' >/srv/nightly.service; ln -s /srv/nightly.service /etc/systemd/system/",
    says: /account NAME stays, .*: \/etc\/systemd\/system\/nightly\.service runs a service as it/,
    undo: "rm /etc/systemd/system/nightly.service /srv/nightly.service",
  },
  ...[
    ["/etc/cron.d/nightly", "0 3 * * * NAME true"],
    ["/etc/sudoers.d/deploy", "bob,NAME ALL=(root) /usr/bin/true"],
    ["/etc/tmpfiles.d/cache.conf", "d /run/cache 0755 NAME NAME -"],
    ["/etc/cron.d/boot", "@reboot NAME true"],
    ["/etc/sudoers.d/as", "bob ALL=(root, NAME) NOPASSWD: /usr/bin/true"],
    ["/etc/logrotate.d/site", "/var/log/site.log { su NAME adm }"],
    ["/etc/fstab", "/dev/disk/by-label/usb /srv/usb vfat noauto,nofail,uid='$(id -u NAME)'"],
    ["/var/lib/dpkg/statoverride", "root NAME 4750 /usr/lib/apt/methods/cdrom"],
  ].map(([file, line]) => ({
    what: `a line of ${file}: ${line}`,
    args: remove,
    does: `install -d ${dirname(file)}; ! [ -e ${file} ] || cp -p ${file} /root/before; echo '${line}' >>${file}`,
    says: new RegExp(`account NAME stays, .*: ${file} names it: remove that, then the account by`),
    undo: `mv /root/before ${file} 2>/dev/null || rm ${file}`,
  })),
  {
    what: "an instance of a template that is enabled",
    args: remove,
    does: "ln -s /dev/null /etc/systemd/system/multi-user.target.wants/code@NAME.service",
    says: /account NAME stays, .*: \/etc\/systemd\/system\/multi-user\.target\.wants\/code@NAME\.service names it/,
    undo: "rm /etc/systemd/system/multi-user.target.wants/code@NAME.service",
  },
  // Debian's place, and those of Fedora, openSUSE and Arch.
  ...[atJobs, "/var/spool/at", "/var/spool/atjobs", "/var/spool/atd"].map((place) => ({
    what: `a job of at(1) in ${place}`,
    does: `install -d ${place}; echo true >${place}/NAME; chown NAME: ${place}/NAME`,
    says: new RegExp(
      `account NAME stays, with its subordinate ids: .*files of its own \\(${place}/NAME\\)`,
    ),
    undo: `rm ${place}/NAME`,
  })),
  ...["/var/spool/cron", "/var/spool/cron/tabs"].map((place) => ({
    what: `a crontab in ${place}`,
    does: `install -d ${place}; echo '* * * * * true' >${place}/NAME; chown NAME ${place}/NAME`,
    says: new RegExp(
      `account NAME stays, with its subordinate ids: .*files of its own \\(${place}/NAME\\)`,
    ),
    undo: `rm ${place}/NAME`,
  })),
  {
    what: "its mail is a directory",
    args: remove,
    does: "install -d -o NAME /var/mail/NAME; echo 'From somebody' >/var/mail/NAME/1",
    says: /account NAME stays, .*: \/var\/mail\/NAME is no file: see whose that is and move it away, then remove the account by hand/,
    there: [
      "id -un NAME; cat /var/mail/NAME/1; ls -d /home/NAME",
      "NAME\nFrom somebody\n/home/NAME\n",
    ],
    undo: "rm -r /var/mail/NAME",
  },
  ...["/var/mail", crontabs].map((place) => ({
    what: `root's own file of its name in ${place}`,
    args: remove,
    does: `install -d ${place}; echo theirs >${place}/NAME`,
    says: new RegExp(
      `account NAME stays, .*: ${place}/NAME belongs to root: see whose that is and move it away, then remove the account by hand`,
    ),
    there: [`id -un NAME; cat ${place}/NAME`, "NAME\ntheirs\n"] as [string, string],
    undo: `rm ${place}/NAME`,
  })),
  ...["subuid", "subgid"].map((file) => ({
    what: `a line by its uid in /etc/${file}`,
    args: remove,
    does: `echo "$(id -u NAME):700000:65536" >>/etc/${file}`,
    says: new RegExp(
      `account NAME stays, .*: '\\d+:700000:65536' in /etc/${file} gives ids to its uid: remove that line when no file has them`,
    ),
  })),
  {
    what: "a container of root's with a program of its uid",
    args: remove,
    does: startService("NAME-c", "unshare --pid --fork --kill-child sh -c 'UID sleep 9999 & wait'"),
    says: /account NAME stays, .*: process \d+ \(sleep in \/system\.slice\/NAME-c\.service\) runs with its uid: end that, then remove the account by hand/,
    there: [
      "systemctl is-active NAME-c; id -un NAME; ls -d /home/NAME",
      "active\nNAME\n/home/NAME\n",
    ],
    undo: "systemctl stop NAME-c",
  },
  {
    what: "a container of root's, started in a login",
    args: remove,
    does: `setsid unshare --pid --fork --kill-child sh -c 'UID sleep 9998 & wait' >/dev/null 2>&1 </dev/null &
      until pgrep -u NAME -x sleep; do sleep 0.1; done`.replace("UID", asUid),
    says: /account NAME stays, .*: process \d+ \(sleep in \S+\) runs with its uid/,
    there: ["pgrep -c -u NAME -x sleep", "1\n"],
    undo: "pkill -u NAME -x sleep",
  },
  {
    what: "a service of the machine that becomes it by itself, and starts again",
    args: remove,
    does: startService("NAME-p", "UID sleep 9999", "-p Restart=always -p RestartSec=0"),
    says: /account NAME stays, .*: process \d+ \(sleep in \/system\.slice\/NAME-p\.service\) runs with its uid/,
    there: [
      "systemctl show --value -p NRestarts NAME-p; id -un NAME; grep -c ^NAME: /etc/subuid",
      "0\nNAME\n1\n",
    ],
    undo: "systemctl stop NAME-p",
  },
  ...["Group", "SupplementaryGroups"].map((key) => ({
    what: `a service of another user's with ${key}=`,
    args: remove,
    does: `printf '[Service]\\nUser=daemon\\n${key}=NAME\\nExecStart=/bin/true\\n' >/etc/systemd/system/web.service`,
    says: /account NAME stays, .*: \/etc\/systemd\/system\/web\.service has its group: remove that, then the account by hand/,
    there: ["getent group NAME | cut -d : -f 1", "NAME\n"] as [string, string],
    undo: "rm /etc/systemd/system/web.service",
  })),
  {
    what: "a service with its group that systemd has loaded from elsewhere",
    args: remove,
    does: "printf '[Service]\\nUser=daemon\\nSupplementaryGroups=tty NAME\\nExecStart=/bin/sleep 9999\\n' >/usr/lib/systemd/system/web.service; systemctl daemon-reload; systemctl start web",
    says: /account NAME stays, .*: \/usr\/lib\/systemd\/system\/web\.service has its group/,
    undo: "systemctl stop web; rm /usr/lib/systemd/system/web.service; systemctl daemon-reload",
  },
];

test.each(uses.map((use, number) => [use.what, use, `used${number}`] as const))(
  "%s",
  async (_what, { args, does, says, there = ["id -un NAME", "NAME\n"], undo = "true" }, name) => {
    const named = (text: string) => text.replaceAll("NAME", name);
    if (args?.account !== undefined)
      await host.run(`useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 ${name}`);
    const given = await give(host, name, args);
    await given.apply();
    await host.run(named(does));
    const { said } = await given.back();
    expect(said.join("\n")).toMatch(new RegExp(named(says.source)));
    expect(await host.run(named(there[0]))).toBe(named(there[1]));
    await host.run(
      `${named(undo)}; ! id ${name} 2>/dev/null || userdel -r ${name} 2>/dev/null
      rm -rf /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid`,
    );
  },
);

test("an account's name that stands for something else in root's files does not keep it", async () => {
  const files = Object.entries({
    "/etc/cron.d/words": "25 6 * * * root test -x /bin/true && test",
    "/etc/tmpfiles.d/words.conf": "d /run/test 0755 root root test",
    "/etc/logrotate.d/words": "/var/log/test.log { postrotate\\ntest -x /x test\\nendscript }",
    "/etc/sudoers.d/words": "bob ALL=(root) NOPASSWD: /usr/bin/test test",
    "/etc/ssh/sshd_config.d/words.conf": "AllowUsers root test",
    "/etc/words.conf":
      "DB_USER=test\\n# user = test\\nuser = test-user\\nThe users like the test\\ntest: user",
  });
  for (const [file, text] of files)
    await host.run(`install -d ${dirname(file)}; printf '${text}\\n' >${file}`);
  const app = await give(host, "test");
  await app.apply();
  await app.back();
  expect(await host.run("id test 2>/dev/null || echo gone")).toBe("gone\n");
  await host.run(`rm ${files.map(([file]) => file).join(" ")}`);
});

test("a service that becomes it once the account goes: an error, and nothing of its uid is ended", async () => {
  const late = await give(host, "late");
  await late.apply();
  // What names the account keeps it: not where that is looked for.
  await host.run("cat >/root/start", {
    input: startService("late", "UID sleep 9999").replaceAll("NAME", "late"),
  });
  await host.run("cat >/usr/local/sbin/systemctl; chmod 755 /usr/local/sbin/systemctl", {
    input: `#!/bin/sh
      case "$*" in "stop "*user-runtime-dir@*) rm "$0"; sh /root/start ;; esac
      exec /usr/bin/systemctl "$@"\n`,
  });
  const { exitCode, said } = await late.installation.tryRevert("account", late.all);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /^account: account late: found that process \d+ \(sleep in \/system\.slice\/late\.service\) runs with its uid; wanted only its own processes, to end them\. To fix: end that, then run again$/,
    ),
  ]);
  expect(
    await host.run(
      "systemctl is-active late; ls -d /home/late; grep -c ^late: /etc/subuid; systemctl stop late; rm /root/start",
    ),
  ).toBe("active\n/home/late\n1\n");
  expect((await late.back()).said.join()).toContain("account late and /home/late removed");
});

interface Hidden {
  what: string;
  name: string;
  before: StepArgs;
  after: StepArgs;
}

const hidden: Hidden[] = [
  {
    what: "another storage driver",
    name: "vfs",
    before: { storageDriver: StorageDriver.Overlay2 },
    after: { storageDriver: StorageDriver.Vfs },
  },
  {
    what: "another image store",
    name: "store",
    before: { storageDriver: StorageDriver.Overlay2 },
    after: { daemon: { features: { "containerd-snapshotter": true } } },
  },
];

test.each(hidden)(
  "a container that the daemon does not see under $what: Keep keeps it",
  async ({ before, after, name }) => {
    const app = new Installation(host, "aa");
    const wishes = { account: { name } };
    await app.applyAll({ ...wishes, ...before });
    await importImage(host, name);
    await asAccount(
      host,
      name,
      "docker create --name db busybox true; cd; echo yes >precious; docker cp precious db:/; rm precious",
    );
    await app.applyAll({ ...wishes, ...after });
    expect(await asAccount(host, name, "docker ps -aq")).toBe("");
    await app.revertAll({ ...wishes, ...after });
    expect(await host.run(`id -un ${name}; find /home/${name} -name precious | wc -l`)).toMatch(
      new RegExp(`^${name}\n[1-9]`),
    );
    await host.run("rm -rf /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid");
  },
);

test("an account's word about its data root binds nobody else, and does not keep itself", async () => {
  const app = new Installation(host, "ad");
  const wishes = { account: { name: "evil" }, ...remove };
  await app.applyAll(wishes);
  await host.run(
    `useradd -m bob; install -d -o bob /home/bob/docker/containers
    echo '{"data-root":"/home/bob/docker"}' >/home/evil/.config/docker/daemon.json
    systemctl stop user@$(id -u evil).service`,
  );
  await app.revert("report", wishes);
  const { said } = await app.revert("daemon", wishes);
  expect(said.join()).not.toContain("/home/bob");
  await app.revert("ports", wishes);
  for (const step of ["secrets", "kernel", "account", "engine"] as const)
    await app.revert(step, wishes);
  await app.revertAgent();
  expect(
    await host.run("id evil 2>/dev/null || echo gone; ls /home/bob/docker; userdel -r bob"),
  ).toBe("gone\ncontainers\n");
});

test("the uid of an account that somebody removed is no other's, while it is recorded", async () => {
  const first = await give(host, "first");
  await first.apply();
  await host.run("userdel -f first 2>/dev/null; echo precious >/home/first/file");
  const second = await give(host, "second");
  await second.apply();
  expect(await host.run("[ $(id -u second) != $(stat -c %u /home/first) ] && echo another")).toBe(
    "another\n",
  );
  await second.back();
  await first.back();
  await host.run("rm -rf /home/first /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid");
});

test("an account that goes takes its crontab and jobs along: the next one of its name runs none", async () => {
  const app = new Installation(host, "ac");
  const wishes = { account: { name: "goes" }, ...remove };
  await app.applyAll(wishes);
  const crontabsOf = [crontabs, "/var/spool/cron", "/var/spool/cron/tabs"];
  const jobsOf = [atJobs, "/var/spool/at", "/var/spool/atjobs", "/var/spool/atd"];
  await host.run(
    [
      ...crontabsOf.map(
        (place) =>
          `install -d ${place}; echo '* * * * * true' >${place}/goes; chown goes ${place}/goes`,
      ),
      ...jobsOf.map(
        (place) => `install -d ${place}; echo true >${place}/job; chown goes: ${place}/job`,
      ),
    ].join("\n"),
  );
  await app.revertAll(wishes);
  expect(
    await host.run("find /var/spool -name goes -o -name job; id goes 2>/dev/null || true"),
  ).toBe("");
});

test.each([
  ["in daemon.json", `echo '{"data-root":"/srv/docker"}' >~/.config/docker/daemon.json`, ""],
  [
    "by a flag, of a daemon that is stopped",
    `mkdir ~/.config/systemd/user/docker.service.d
    { printf "[Service]\\nExecStart=\\n"; sed -n "s:^ExecStart=.*:& --data-root /srv/docker:p" ~/.config/systemd/user/docker.service; } >~/.config/systemd/user/docker.service.d/data.conf
    systemctl --user daemon-reload`,
    "systemctl --user stop docker.service",
  ],
])(
  "a data root that somebody has set %s: it is named, and its ids and the account stay",
  async (_, set, stop) => {
    const app = new Installation(host, "ab");
    const wishes = { account: { name: "app" }, ...remove };
    await app.applyAll(wishes);
    await host.run("install -d -o app -g app /srv/docker");
    await asAccount(
      host,
      "app",
      `${set}
    systemctl --user restart docker; docker -H unix://$XDG_RUNTIME_DIR/docker.sock volume create kept
    ${stop}`,
    );
    await app.revert("report", wishes);
    const { said } = await app.revert("daemon", wishes);
    expect(said.join("\n")).toContain(
      "'/srv/docker' stays: the daemon says that it used it, and this package has not set it",
    );
    await app.revert("ports", wishes);
    expect((await app.revert("account", wishes)).said.join("\n")).toMatch(
      /account app stays, with its subordinate ids: files of its ids are in \/srv\/docker/,
    );
    for (const step of ["secrets", "kernel", "engine"] as const) await app.revert(step, wishes);
    await app.revertAgent();
    expect(await host.run("id -un app; grep -c ^app: /etc/subuid; ls /srv/docker/volumes")).toMatch(
      /^app\n1\n[^]*kept/,
    );
    await host.run(
      "systemctl stop user@$(id -u app).service; userdel -r app 2>/dev/null; rm -rf /var/lib/rootless-docker /srv/docker; : >/etc/subuid; : >/etc/subgid",
    );
  },
);

test("a home without room at destroy: the file that cannot come back is named, and comes with the next", async () => {
  await host.run(`useradd -M found; mkdir /home/found
    mount -t tmpfs -o size=48m,mode=700,uid=$(id -u found),gid=$(id -g found) tmpfs /home/found`);
  const theirs = `{ "log-level": "warn" }${" ".repeat(20_000)}\n`;
  const file = "/home/found/.config/docker/daemon.json";
  await asAccount(
    host,
    "found",
    `mkdir -p $(dirname ${file}); cat >${file} <<'TEXT'\n${theirs}TEXT`,
  );
  const app = new Installation(host, "b5");
  const wishes = { account: { name: "found", create: false } };
  await app.applyAll(wishes);
  await asAccount(host, "found", "dd if=/dev/zero of=$HOME/fill 2>/dev/null || true");
  const { exitCode, said } = await app.tryRevert("daemon", wishes);
  expect([exitCode, said.slice(-2)]).toEqual([
    1,
    [
      "daemon: a program that runs as found says 'cat: write error: No space left on device'",
      `daemon: ${file}: found that it cannot be written, as the line above says; wanted what was there before. To fix: see to that, then run again`,
    ],
  ]);
  await host.run("rm /home/found/fill");
  await app.revertAll(wishes);
  expect(await host.run(`cat ${file}`)).toBe(theirs);
  await host.run(
    "systemctl stop user@$(id -u found); umount /home/found; userdel found; rmdir /home/found",
  );
});

test("a name of two lines makes no data root of another account's one that is too near", async () => {
  const evils: StepArgs = { account: { name: "evil" } };
  const victims: StepArgs = { account: { name: "victim" }, ...remove };
  const [evil, victim] = [new Installation(host, "e5"), new Installation(host, "e6")];
  await evil.applyAll(evils);
  await victim.applyAll(victims);
  await host.run(`install -d -o victim -g victim /srv/vd
    printf '{"data-root": "/srv/vd"}\n' >/home/victim/.config/docker/daemon.json`);
  await asAccount(host, "victim", "systemctl --user restart docker");
  await importImage(host, "victim");
  await asAccount(host, "victim", "docker volume create vv");
  await asAccount(
    host,
    "evil",
    `systemctl --user stop docker.service
    d=$(printf '/tmp/p\n/srv/vd'); mkdir -p "$d/containers"; ln -s "$d" /tmp/l
    printf '{\n  "data-root": "/tmp/l"\n}\n' >~/.config/docker/daemon.json`,
  );
  await evil.revertAll(evils);
  await victim.revertAll(victims);
  expect(await host.run("id -un victim; grep -c ^victim: /etc/subuid")).toBe("victim\n1\n");
  await host.run("userdel -rf victim; rm -r /srv/vd /tmp/p* /tmp/l /var/lib/rootless-docker");
});

test("mail that came keeps the account; the empty file for it goes", async () => {
  await host.run("mkdir -p /var/mail; echo CREATE_MAIL_SPOOL=yes >>/etc/default/useradd");
  const post = await give(host, "post");
  await post.apply();
  await host.run("[ -e /var/mail/post ]");
  await post.back();
  expect(await host.run("ls /var/mail")).toBe("");
  const app = await give(host, "post");
  await app.apply();
  await host.run("echo 'From somebody' >/var/mail/post");
  await app.back();
  expect(await host.run(`id -un post`)).toBe("post\n");
  await host.run("userdel -r post; rm -rf /var/lib/rootless-docker");
});

test("data-root edited by hand, and an up after that: what is there is named, and keeps its ids", async () => {
  const app = new Installation(host, "b1");
  const wishes = { account: { name: "byhand" } };
  await app.applyAll(wishes);
  await host.run("install -d -o byhand -g byhand /srv/byhand");
  await asAccount(
    host,
    "byhand",
    `echo '{"data-root":"/srv/byhand"}' >~/.config/docker/daemon.json
    systemctl --user restart docker; docker -H unix://$XDG_RUNTIME_DIR/docker.sock volume create kept`,
  );
  const { said } = await app.apply("daemon", { ...wishes, environment: { A: "b" } });
  expect(said.join("\n")).toContain(
    "'/srv/byhand' stays: the daemon says that it used it, and this package has not set it. From now on it does not see what is in there: set data-root in daemon to that directory to go on with it",
  );
  expect((await app.apply("daemon", { ...wishes, environment: { A: "b" } })).said).toEqual([
    "daemon: nothing to change",
  ]);
  await app.revertAll(wishes);
  expect(
    await host.run("id -un byhand; ls -d /srv/byhand/volumes/kept; grep -c ^byhand: /etc/subuid"),
  ).toBe("byhand\n/srv/byhand/volumes/kept\n1\n");
  await host.run(
    "systemctl stop user@$(id -u byhand); userdel -rf byhand 2>/dev/null; rm -rf /srv/byhand /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid",
  );
});

test.each([
  ["onDestroy.data: Keep", { onDestroy: { data: OnDestroyData.Keep } }],
  ["account.create: false", { ...remove, account: { name: "older", create: false } }],
])("a machine that is older than the state, which has %s: destroy goes by that", async (_, now) => {
  const app = new Installation(host, "b2");
  const older = { account: { name: "older" } };
  await app.applyAll({ ...older, ...remove });
  await asAccount(host, "older", "docker volume create kept; echo theirs >~/theirs");
  await app.revertAll({ ...older, ...now });
  expect(await host.run("id -un older; cat /home/older/theirs")).toBe("older\ntheirs\n");
  await host.run(
    "systemctl stop user@$(id -u older); userdel -rf older 2>/dev/null; rm -rf /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid",
  );
});

test("a machine that is older than the state: without its secret values the daemon is not made anew", async () => {
  const app = new Installation(host, "b3");
  const wishes = { account: { name: "secretive" }, secretEnvironment: { TOKEN: "s3cret" } };
  await app.applyAll(wishes);
  await host.run("rm -r /var/lib/rootless-docker/leases/b3/values");
  const { exitCode, said } = await app.tryApply("daemon", wishes);
  expect([exitCode, said]).toEqual([
    1,
    [
      "daemon: secret values: found the values of '' on this machine; wanted those of 'environment/TOKEN'. To fix: run pulumi up with a new value of recheck, which brings them",
    ],
  ]);
  expect(await host.run("cat /home/secretive/.config/docker/environment")).toContain("s3cret");
  await app.apply("secrets", wishes);
  await app.apply("daemon", wishes);
  await app.revertAll(wishes);
  await host.run("userdel -rf secretive 2>/dev/null || true");
});

test("an account with any number of files of others, and of names that are taken, holds up nobody", async () => {
  const app = new Installation(host, "af");
  const wishes = { account: { name: "many" } };
  await app.applyAll(wishes);
  await host.run("groupadd staffers; usermod -aG staffers many");
  await asAccount(
    host,
    "many",
    `cd ~/.config/docker; echo '{ }' >daemon.json; echo x >daemon.json.rootless-docker-old
    perl -e 'my $n = "daemon.json.before-rootless-docker"; symlink "x", "$n~"; symlink "x", "$n.$_~" for 2 .. 20000;'
    perl -e 'chdir $ENV{HOME}; my $n = "d" x 250; for (1..8) { mkdir $n; chdir $n }
      for (1..5000) { open my $f, ">", "f$_"; chown -1, (getgrnam "staffers")[2], "f$_" }'`,
  );
  await host.run(
    "(until [ -e /run/ended ]; do du -sk /run; sleep 0.05; done) >/root/used 2>/dev/null & echo",
  );
  await app.revert("report", wishes);
  const began = Date.now();
  const { said } = await app.revert("daemon", wishes);
  expect(Date.now() - began).toBeLessThan(60_000);
  expect(said.join("\n")).toMatch(/what was there before is in \S+rootless-docker\.[0-9a-f]{16}~/);
  for (const step of ["ports", "secrets", "kernel"] as const) await app.revert(step, wishes);
  const { said: account } = await app.revert("account", wishes);
  expect(account.join("\n")).toMatch(/others have something below \/home\/many/);
  const used = await host.run("touch /run/ended; sort -n /root/used | sed -n '1p;$p'");
  const [least, most] = used.split("\n").map((line) => parseInt(line));
  expect(most - least).toBeLessThan(2000);
  await app.revert("engine", wishes);
  await app.revertAgent();
  await host.run(
    "userdel -rf many 2>/dev/null; groupdel staffers; rm -rf /var/lib/rootless-docker /root/used; : >/etc/subuid; : >/etc/subgid",
  );
});

test("nothing of the agent is left", () => expectNoAgent(host));
