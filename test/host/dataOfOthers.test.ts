import { StorageDriver } from "../../index";
import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import type { StepArgs } from "../../testkit/documents";
import { bootHost } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// docs/security.md: what root removes for an account, and says of its data, while the account moves into them
// what is not its own.

const wishes: StepArgs = { account: { name: "app" }, onDestroy: { data: "Delete" } };
const root = "/home/app/.local/share/docker";

let host: TestHost;
let app: Installation;

beforeAll(async () => {
  host = await bootHost({ engine: true, admins: [{ name: "bob", sudo: "none" }] });
  app = new Installation(host, "f1");
  await host.run("useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 app; chmod 755 /home/app");
  await app.applyAll(wishes);
  await app.revert("report", wishes);
});
afterAll(destroyAllHosts);

/** Starts a program as the account, which is at work when this returns. */
const startAs = (script: string) =>
  host.run(
    `cat >/tmp/app.sh; systemd-run --quiet --collect --uid=app --property=WorkingDirectory=/home/app sh /tmp/app.sh`,
    { input: script },
  );

/** Perl: waits until the account's part of the removal begins, or has come to its end. */
const begins = `my $r = "/run/user/$</rootless-docker"; while (!-d $r) { select undef, undef, undef, 0.005 }`;
const ends = `${begins} while (-d $r) { select undef, undef, undef, 0.002 }`;

/** What bob keeps below the account's home, in a directory that the account may rename. */
const bobKeeps = () =>
  host.run(`install -d -o app -g app -m 1777 /home/app/shared
    setpriv --reuid bob --regid bob --clear-groups sh -c 'mkdir -m 700 /home/app/shared/bobs; echo precious >/home/app/shared/bobs/file'`);

test("files of another that the account moves into its data: they stay, and are named", async () => {
  await bobKeeps();
  await host.run(
    `setpriv --reuid app --regid app --clear-groups mv /home/app/shared ${root}/volumes/shared`,
  );
  const { exitCode, said } = await app.tryRevert("daemon", wishes);
  expect(exitCode).toBe(0);
  expect(said).toContain(
    `daemon: ${root}/volumes stays: others have files there (shared/bobs of bob). Give these to whom they belong, then remove it by hand`,
  );
  expect(said.at(-1)).toMatch(/docker stays \(\S+\): not all in it is the engine's \(volumes\)$/);
  expect(
    await host.run(
      `cat ${root}/volumes/shared/bobs/file; stat -c %U ${root}; ls -d /home/.root* 2>/dev/null; true`,
    ),
  ).toBe("precious\napp\n");
  await host.run(`rm -r ${root}`);
  await app.apply("daemon", wishes);
  await app.revert("daemon", wishes);
  expect(await host.run(`ls -d ${root} 2>/dev/null || echo gone`)).toBe("gone\n");
});

test("what is beside the engine's in a data root that was made here: it stays, and is named", async () => {
  await app.apply("daemon", wishes);
  await host.run(
    `install -d ${root}/compose ${root}/volumes/old; echo precious >${root}/compose/compose.yaml`,
  );
  const { said } = await app.revert("daemon", wishes);
  expect(said.at(-1)).toMatch(/docker stays \(\S+\): not all in it is the engine's \(compose\)$/);
  expect(await host.run(`cat ${root}/*/*; ls ${root}; rm -r ${root}`)).toBe("precious\ncompose\n");
});

test("a disk that is full when root keeps a file of the account's: an error, and the file comes back", async () => {
  const state = "/var/lib/rootless-docker";
  const file = "/home/app/.config/docker/daemon.json";
  await host.run(`install -d -o app /home/app/.config /home/app/.config/docker
    printf '{"debug": true%9000s}' '' >${file}; chown app: ${file}; cp -p ${file} /root/daemon.json
    cp -a ${state} /root/state; mount -t tmpfs -o size=16m tmpfs ${state}; cp -a /root/state/. ${state}
    cat >/usr/local/sbin/perl <<'PROGRAM'
#!/bin/sh
case $(readlink /proc/$$/fd/1) in */baseline.*/content) cat /dev/zero >${state}/fill 2>/dev/null ;; esac
exec /usr/bin/perl "$@"
PROGRAM
    chmod 755 /usr/local/sbin/perl`);
  const { exitCode, said } = await app.tryApply("daemon", wishes);
  expect([exitCode, said.join("\n")]).toEqual([
    1,
    expect.stringContaining(`daemon: ${file}: found that this run cannot keep a copy of it`),
  ]);
  await host.run(`rm /usr/local/sbin/perl ${state}/fill; cmp ${file} /root/daemon.json`);
  await app.apply("daemon", wishes);
  await app.revert("daemon", wishes);
  await host.run(`cmp ${file} /root/daemon.json; rm -r ${file} ${root}
    rm -r /root/state; cp -a ${state} /root/state; umount ${state}; rm -rf ${state}; mv /root/state ${state}`);
});

const volume = `${root}/volumes/theirs/_data`;
const record = "/var/lib/rootless-docker/things/data/*/baseline/kept";

test.each([
  ["that were written to since", "true", `echo precious >${volume}/file`],
  [
    "a directory was moved to since",
    "mkdir /home/app/b; echo precious >/home/app/b/file; chown -R app /home/app/b",
    `touch /home/app/b/x; rm /home/app/b/x; mv -T /home/app/b ${volume}`,
  ],
  [
    "since nothing was mounted there, and that were written to since",
    `cp /etc/fstab /etc/fstab.saved; echo 'UUID=1 ${volume} ext4 defaults 0 0' >>/etc/fstab`,
    `mv /etc/fstab.saved /etc/fstab; echo precious >${volume}/file`,
  ],
  [
    "by a clock that was ahead, and that were written to since",
    "true",
    `echo precious >${volume}/file; touch -d '1 hour' ${record}`,
  ],
])("data that an installation kept, %s: they stay under Delete", async (_, before, since) => {
  await app.apply("daemon", { ...wishes, onDestroy: { data: "Keep" } });
  await host.run(
    `install -d -o app ${volume} ${root}/volumes/kept; touch ${root}/volumes/kept/file; ${before}`,
  );
  await app.revert("daemon", { ...wishes, onDestroy: { data: "Keep" } });
  await host.run(since);
  await app.apply("daemon", wishes);
  const { said } = await app.revert("daemon", wishes);
  expect(said.at(-1)).toMatch(/docker stays \(\S+\): it was there before \(/);
  expect(await host.run(`cat ${volume}/file; rm -r ${root}`)).toBe("precious\n");
});

test("data that an installation kept, and that nothing but a trial of the storage driver came near since: they go", async () => {
  const overlay: StepArgs = { ...wishes, storageDriver: StorageDriver.Overlay2 };
  for (const data of ["Keep", "Delete"]) {
    const now = { ...overlay, onDestroy: { data } };
    await app.apply("preflight", now);
    await app.apply("daemon", now);
    await host.run(`install -d -o app ${volume}; touch ${volume}/file`);
    const { said } = await app.revert("daemon", now);
    expect(said.at(-1)).toMatch(data === "Keep" ? /docker stays/ : /docker removed/);
  }
});

// As version 0.2.0 has kept them, which did not note when.
test.each([
  ["/home/app/.config/systemd/user/docker.service", ""],
  ["/home/app/.local/share/systemd/user/docker.service", ""],
  ["/home/app/.config/systemd/user/mine.service", "ExecStart=/usr/bin/dockerd-rootless.sh"],
  ["/etc/systemd/user/docker.service", ""],
  ["/etc/systemd/system/app.service", "User=app \\nExecStart=/usr/bin/dockerd-rootless.sh"],
  ["/etc/systemd/system/a.service", "ExecStart=runuser -u app -- /usr/bin/dockerd-rootless.sh"],
])("data that an installation kept, with %s since: they stay under Delete", async (unit, says) => {
  const keep: StepArgs = { ...wishes, onDestroy: { data: "Keep" } };
  await app.apply("daemon", keep);
  await host.run(`install -d -o app ${root}/volumes/kept; touch ${root}/volumes/kept/file`);
  await app.revert("daemon", keep);
  await host.run(`rm ${record}; install -d -o app ${root}/volumes/theirs; echo precious >${root}/volumes/theirs/file
    mkdir -p $(dirname ${unit}); chown -R app /home/app/.config /home/app/.local; printf '[Service]\\n${says}\\n' >${unit}`);
  await app.apply("daemon", wishes);
  const { said } = await app.revert("daemon", wishes);
  expect(said.at(-1)).toMatch(/docker stays \(\S+\): it was there before \(/);
  expect(await host.run(`cat ${root}/volumes/theirs/file; rm -r ${root} ${unit}`)).toBe(
    "precious\n",
  );
});

test.each([
  [
    "beside the data, where root is about to remove them",
    `while (1) { for my $to (glob "/home/.rootless-docker-*") { rename($from, "$to/bobs") and exit } }`,
  ],
  [
    "into a directory that it has open, while root removes",
    `chdir "${root}/volumes" or die;
      while (1) { my $uid = (stat "..")[4]; last if defined $uid && $uid == 0 }
      while (-e "many") { rename($from, "bobs") and exit }`,
  ],
])("files of another that the account moves %s: they stay", async (_name, moves) => {
  await app.apply("daemon", wishes);
  await bobKeeps();
  // Root's, so that the account cannot remove them by itself.
  await host.run(
    `install -d -m 755 ${root}/volumes/many /home/.rootless-docker-daemon; cd ${root}/volumes/many; seq 5000 | xargs mkdir`,
  );
  await startAs(`exec perl -e 'alarm 120; ${begins} my $from = "/home/app/shared/bobs"; ${moves}'`);
  const { exitCode, said } = await app.tryRevert("daemon", wishes);
  expect(await host.run("find /home -path '*/bobs/file' -exec cat {} +")).toBe("precious\n");
  if (said.join().includes("others have files there")) {
    const [, where] =
      /^daemon: (\S+) stays: others have files there \(\S*bobs of bob\)/m.exec(said.join("\n")) ??
      [];
    await host.run(`find ${where ?? "/nowhere"} -depth -name bobs -exec rm -r {} +`);
  }
  await app.apply("daemon", wishes);
  await app.revert("daemon", wishes);
  // An administrator's own directory of such a name stays.
  expect([
    exitCode,
    await host.run(
      `rm -rf /home/app/shared; ls -d /home/.root* ${root} 2>/dev/null; rmdir /home/.rootless-docker-daemon`,
    ),
  ]).toEqual([0, "/home/.rootless-docker-daemon\n"]);
});

const itsRange = "echo 700000:65536 >>/var/lib/rootless-docker/things/account/app/baseline/ranges";

test.each([
  [
    "an earlier account's of its name",
    "echo 'app:700000:65536:999 12 34' >>/var/lib/rootless-docker/things/.retired-ids",
    `rm /var/lib/rootless-docker/things/.retired-ids; ${itsRange}`,
    "700032",
  ],
  [
    "another account's by now",
    `${itsRange}; echo bob:700000:65536 >>/etc/subuid`,
    "sed -i /^bob:700000/d /etc/subuid",
    "700032",
  ],
  ["a user's", `${itsRange}; useradd -u 700032 -g users carol`, "userdel carol", "carol"],
])("ids of a range that are %s: the files stay", async (_name, before, after, owner) => {
  await app.apply("daemon", wishes);
  await host.run(`${before}
    cd ${root}/volumes; install -d -m 700 rooted rooted/theirs; echo precious >rooted/theirs/file; chown -R 700032 rooted/theirs`);
  const { said } = await app.tryRevert("daemon", wishes);
  expect(said.join("\n")).toContain(`others have files there (rooted/theirs of ${owner})`);
  expect(
    await host.run(
      `cat ${root}/volumes/rooted/theirs/file; rm -r ${root}/volumes/rooted/theirs; ${after}`,
    ),
  ).toBe("precious\n");
  await app.apply("daemon", wishes);
  await app.revert("daemon", wishes);
  expect(await host.run(`ls -d ${root} 2>/dev/null || echo gone`)).toBe("gone\n");
});

test("what is hidden beneath a mount that came meanwhile: it stays", async () => {
  await app.apply("daemon", wishes);
  await bobKeeps();
  await host.run(`install -d -o app ${root}/volumes/hidden; setpriv --reuid app --regid app --clear-groups mv /home/app/shared ${root}/volumes/hidden/shared
    systemd-run --quiet --collect sh -c 'until [ -d /run/user/$(id -u app)/rootless-docker ]; do :; done; exec mount -t tmpfs none ${root}/volumes/hidden'`);
  const { said } = await app.tryRevert("daemon", wishes);
  await host.run(`umount ${root}/volumes/hidden /home/.root*/data/hidden 2>/dev/null || true`);
  expect(await host.run("find /home -path '*/bobs/file' -exec cat {} +")).toBe("precious\n");
  expect(said.join("\n")).toMatch(/bobs of bob|something mounted at/);
  await host.run("find /home -depth -path '*/bobs*' -delete");
  await app.apply("daemon", wishes);
  await app.revert("daemon", wishes);
  expect(await host.run(`ls -d /home/.root* ${root} 2>/dev/null || echo gone`)).toBe("gone\n");
});

test("what root had moved and could not remove: it is named, and its ids stay", async () => {
  const place = "/home/.rootless-docker-0123456789abcdef";
  const keep: StepArgs = { ...wishes, onDestroy: { data: "Keep" } };
  await app.apply("daemon", wishes);
  await host.run(`install -d -m 700 ${place} ${place}/data; install -d -o bob ${place}/data/bobs; echo precious >${place}/data/bobs/file
    echo ${place} >/var/lib/rootless-docker/things/account/app/baseline/places`);
  const kept = `daemon: ${place} stays: data that an interrupted destroy moved there. onDestroy.data: Delete removes them`;
  expect((await app.apply("daemon", keep)).said).toContain(kept);
  expect((await app.revert("daemon", keep)).said).toContain(kept);
  await app.apply("daemon", wishes);
  const first = await app.revert("daemon", wishes);
  expect(first.said).toContain(
    `daemon: ${place} stays: others have files there (data/bobs of bob). Give these to whom they belong, then remove it by hand`,
  );
  // As long as it is there.
  for (let times = 0; times < 2; times++) {
    const then = await app.revert("account", wishes);
    expect(then.said.join("\n")).toMatch(
      new RegExp(`uids \\S+ stay with account app: its data in ${place} are owned by them`),
    );
    expect(await host.run(`cat ${place}/data/bobs/file`)).toBe("precious\n");
    await app.apply("account", wishes);
  }
  await host.run(`rm -r ${place}/data/bobs`);
  await app.apply("daemon", wishes);
  expect((await app.revert("daemon", wishes)).said).toContain(
    `daemon: removes what an interrupted destroy moved to ${place}`,
  );
  expect(await host.run(`ls -d ${place} 2>/dev/null || echo gone`)).toBe("gone\n");
});

test("a bind mount of the same file system, moved below what root removes", async () => {
  await app.apply("daemon", wishes);
  await host.run(`install -d -m 700 /srv/important; echo data >/srv/important/file
    install -d -o app -g app /home/app/own; install -d /home/app/own/important
    mount --bind /srv/important /home/app/own/important`);
  await startAs(
    `exec perl -e '${begins} rename "/home/app/own", "/home/app/.local/share/docker/volumes/own"; sleep 20'`,
  );
  const { exitCode, said } = await app.tryRevert("daemon", wishes);
  expect(await host.run("cat /srv/important/file; ls -d /home/app/own 2>/dev/null; true")).toBe(
    "data\n",
  );
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /^daemon: (\S+): found something mounted at \1\/data\/own\/important; wanted nothing mounted there when it is removed\. To fix: unmount it, then run again$/,
    ),
  ]);
  await host.run("umount /home/.root*/data/own/important");
  await app.revert("daemon", wishes);
  expect(await host.run(`ls -d /home/.root* ${root} 2>/dev/null || cat /srv/important/file`)).toBe(
    "data\n",
  );
});

test.each([
  ["here", `mount --bind ${root}/volumes/web/_data /srv/web`, "umount /srv/web", /\(\/srv\/web\)/],
  [
    "in a service of root's",
    `systemd-run --quiet --unit=web --property=BindPaths=${root}/volumes/web/_data:/srv/web sleep 1000`,
    "systemctl stop web",
    /\('\/srv\/web of process \d+'\)/,
  ],
  [
    "in a service of root's that does not run",
    `printf '[Service]\\nExecStart=/bin/true\\nBindPaths=${root}/volumes/web/_data:/srv/web\\n' >/etc/systemd/system/web.service`,
    "rm /etc/systemd/system/web.service",
    /\(\S+\/_data\)/,
  ],
])(
  "a volume that is mounted elsewhere too, %s, is not emptied",
  async (_, mount, unmount, where) => {
    await app.apply("daemon", wishes);
    await host.run(`mkdir -p /srv/web ${root}/volumes/web/_data; ${mount}
    echo upload >${root}/volumes/web/_data/upload`);
    const { exitCode, said } = await app.tryRevert("daemon", wishes);
    const found = `daemon: ${root}/volumes: found that something in it is mounted elsewhere too, or by /etc/fstab or a unit `;
    expect([exitCode, said.at(-1)]).toEqual([1, expect.stringContaining(found)]);
    expect(said.at(-1)).toMatch(where);
    expect(await host.run(`cat ${root}/volumes/web/_data/upload; ${unmount}; rmdir /srv/web`)).toBe(
      "upload\n",
    );
    await app.revert("daemon", wishes);
    expect(await host.run(`ls -d ${root} 2>/dev/null || echo gone`)).toBe("gone\n");
  },
);

test("a link in the place of what leads to the data: root removes no directory behind it", async () => {
  const keep: StepArgs = { ...wishes, onDestroy: { data: "Keep" } };
  await app.apply("daemon", keep);
  await host.run("rm -rf /etc/docker; mkdir -m 700 /etc/docker; rm -f /tmp/moved");
  await startAs(`exec perl -e 'my $h = "/home/app/.local"; ${ends}
    rename "$h/share", "$h/aside"; symlink "/etc", "$h/share"; open F, ">", "/tmp/moved"; close F; sleep 20'`);
  const { exitCode } = await app.tryRevert("daemon", keep);
  expect([exitCode, await host.run("ls -d /etc/docker /tmp/moved")]).toEqual([
    0,
    "/etc/docker\n/tmp/moved\n",
  ]);
  await host.run("cd /home/app/.local; rm -r share aside /etc/docker");
});

test("the doctor names no mount that only a file or a link of the account's leads to", async () => {
  await app.apply("daemon", wishes);
  await host.run("mount -o remount,noexec /dev/shm");
  const doctor = async () =>
    (await host.run("sh /var/lib/rootless-docker/agent doctor --problems app; true"))
      .split("\n")
      .filter((line) => line.includes("noexec"));
  await host.run(
    `sed -i 's|^{|{ "x": 1,\\n  "data-root": "/dev/shm/app",\\n  "storage-driver": "vfs",|' /home/app/.config/docker/daemon.json`,
  );
  const said = await doctor();
  await host.run(
    `sed -i 's|"data-root": "/dev/shm/app"|"y": 1|' /home/app/.config/docker/daemon.json
    cd /home/app/.local/share; mv docker /dev/shm/docker; ln -s /dev/shm/docker docker`,
  );
  said.push(...(await doctor()));
  expect(said.map((line) => /remount,exec ([^']*)'/.exec(line)?.[1])).toEqual([
    "the mount below it",
    "the mount below it",
  ]);
  await host.run(
    "cd /home/app/.local/share; rm docker; mv /dev/shm/docker docker; mount -o remount,exec /dev/shm",
  );
  await app.revert("daemon", wishes);
});

test("what is in the place of a directory in the home is named, and what to do", async () => {
  await host.run("rm -rf /home/app/.config; touch /home/app/.config; chown app: /home/app/.config");
  const { exitCode, said } = await app.tryApply("daemon", wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /^daemon: \/home\/app\/\.config(\/docker)?: found that app cannot make it \(.*\); wanted a directory of app's\. To fix: see what is in its place/,
    ),
  ]);
});
