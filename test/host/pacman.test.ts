import { currentEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { EngineSource } from "../../index";
import {
  applyEngine,
  engineHost,
  type Refused,
  revertEngine,
  testRefused,
} from "../../testkit/engineHost";
import { Installation } from "../../testkit/installation";
import {
  killEngine,
  liveThroughVersions,
  testAnotherAtWork,
  testKilled,
  testPreinstalled,
  testRemovalKilled,
} from "../../testkit/packageManagers";

// A Debian with Arch's os-release and pacman, and no apt and no dpkg.
const given = engineHost({ like: "arch" });

const wishes = (version = currentEngine, engine = {}) => given.withArchives(version, engine);

test("archives, a container, nothing to change, the next version with its data, and destroy", async () => {
  const left = await liveThroughVersions(given, wishes, async ({ changed }) => {
    expect(changed).toContain("package slirp4netns 1.0-1 installed");
    expect(await given.host.run("pacman -Qqd")).toBe("libslirp\nslirp4netns\n");
  });
  expect(left).toEqual([]);
});

/** No archives, but another source. */
const instead = (source?: EngineSource) => ({
  source,
  ...{ version: undefined, sha256: undefined, rootlessExtrasSha256: undefined, mirror: undefined },
});

const refused: Refused[] = [
  {
    what: "the distribution's engine",
    engine: instead(),
    step: "preflight",
    says: /engine\.source: found Arch Linux, whose docker lacks what a rootless daemon needs; .* set engine\.source to StaticArchive, or to Preinstalled where one is there$/,
  },
  {
    what: "Docker's own packages, of which there are none",
    engine: instead(EngineSource.DockerRepository),
    step: "preflight",
    says: /engine\.source: found Arch Linux, for which Docker has no packages; .* set engine\.source to StaticArchive$/,
  },
  {
    what: "an engine that is there, where none is",
    engine: instead(EngineSource.Preinstalled),
    step: "preflight",
    says: /engine\.source: found no dockerd \(package docker\), .* set engine\.source to StaticArchive$/,
  },
  {
    what: "a package of somebody else's that cannot stay",
    first: "pacman -S --noconfirm theirs-too",
    then: "pacman -R --noconfirm theirs-too",
    says: /pacman install .*: found that it removes theirs-too \(not brought by this installation alone\); wanted nobody else's removed/,
  },
  {
    what: "a mirror that is down, and lists that are there",
    first:
      "rm -f /var/cache/pacman/pkg/*; cp -a /etc/pacman.d/mirrorlist /root/kept; sed -i 's|:[0-9]*/os|:9/os|' /etc/pacman.d/mirrorlist",
    then: "mv /root/kept /etc/pacman.d/mirrorlist",
    says: /pacman: found .*failed retrieving file .* wanted the packages\. To fix: update this machine with 'pacman -Syu' where its lists are older than the mirror, or fix what pacman says/,
  },
  {
    what: "packages that somebody else has signed",
    first: "cp -a /etc/pacman.d/gnupg /root/gnupg; : >/etc/pacman.d/gnupg/pubring.gpg",
    then: "rm -r /etc/pacman.d/gnupg; mv /root/gnupg /etc/pacman.d/gnupg",
    says: /pacman: found .*error: .* wanted the packages\. To fix: /,
  },
  {
    what: "a lock that a pacman has left",
    first: "touch /var/lib/pacman/db.lck",
    then: "rm /var/lib/pacman/db.lck",
    says: /db\.lck: found it there, and no program at work with it, as a pacman leaves it that was killed; wanted it gone\. To fix: see in \/var\/log\/pacman\.log/,
  },
];

testRefused(given, refused, (engine) => wishes(currentEngine, engine));

test("lists are fetched where there are none, and not again", async () => {
  const before = await snapshotHost(given.host);
  await given.host.run("rm /var/lib/pacman/sync/*");
  const app = new Installation(given.host, "a1");
  await app.install();
  await app.apply("preflight", wishes());
  expect((await app.apply("engine", wishes())).said.join("\n")).toContain(
    "fetches the package lists",
  );
  await revertEngine(app, wishes());
  await given.host.run("touch -d 2020-01-01 /var/lib/pacman/sync/*");
  await applyEngine(app, wishes());
  await revertEngine(app, wishes());
  expect(
    await given.host.run("find /var/lib/pacman/sync -name '*.db' ! -newermt 2020-01-02 | wc -l"),
  ).toBe("1\n");
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

testAnotherAtWork(given, wishes, {
  installs: "pacman -S --noconfirm slow",
  removes: "pacman -R --noconfirm slow",
  says: /waits for another package manager, 5 minutes at most: \/var\/lib\/pacman\/db\.lck, held by process \d/,
});

test("what somebody needs or has asked for meanwhile stays, and reasons are as they were", async () => {
  await given.host.run("pacman -D --asdeps libcap; pacman -S --noconfirm passt");
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run("pacman -S --noconfirm theirs");
  expect(await revertEngine(app, wishes())).toContain("package slirp4netns stays: others need it");
  await given.host.run(
    "pacman -R --noconfirm theirs slirp4netns libslirp; rm -rf /var/lib/rootless-docker",
  );
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
  for (const [wish, reason] of [
    [
      "pacman -D --asexplicit slirp4netns",
      "somebody has marked it as manually installed, or held it",
    ],
    [
      "echo '@daily slirp4netns-testbed' >/var/spool/cron/theirs",
      "/var/spool/cron/theirs names its /usr/bin/slirp4netns-testbed",
    ],
  ] as const) {
    await applyEngine(app, wishes());
    await given.host.run(`mkdir -p /var/spool/cron; ${wish}`);
    expect(await revertEngine(app, wishes())).toContain(`package slirp4netns stays: ${reason}`);
    await given.host.run(
      "pacman -R --noconfirm slirp4netns libslirp; rm -rf /var/lib/rootless-docker /var/spool/cron",
    );
    expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
  }
  await given.host.run("pacman -D --asexplicit libcap; pacman -R --noconfirm passt");
});

const killed = {
  when: "[ -e /usr/share/doc/libslirp/large ]",
  manager: "-x pacman",
  leaves: "/var/lib/pacman/db.lck",
};

testKilled(given, wishes, killed);

testRemovalKilled(
  given,
  wishes,
  { gone: "/usr/share/doc/libslirp/large/zeros", lacking: "pacman -Qkq; true" },
  [{ what: "up, and destroy", next: wishes }],
  // Where a killed pacman has unpacked a scriptlet.
  (difference) => difference.startsWith("file added: /tmp/alpm_"),
);

test("killed, while a container's pacman is at work: its lock has the same name, and is another file", async () => {
  const before = await snapshotHost(given.host);
  await given.host.run(
    `unshare -m sh -c 'mount -t tmpfs none /var/lib/pacman; exec 5>/var/lib/pacman/db.lck; until [ -e /run/ended ]; do sleep 0.1; done' >/dev/null 2>&1 &
    sleep 1`,
  );
  const app = new Installation(given.host, "a1");
  await killEngine(app, wishes(), killed);
  expect(await revertEngine(app, wishes())).not.toMatch(/waits for another package manager/);
  await given.host.run("touch /run/ended; sleep 0.5; rm /run/ended");
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

test("killed, and again while it is completed: what somebody has put where files go stays", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await killEngine(app, wishes(), killed);
  const theirs = "/usr/share/doc/slirp4netns/testbed";
  await given.host.run(`mkdir -p ${theirs.replace(/.testbed$/, "")}; echo theirs >${theirs}`);
  await given.host.run("rm -r /usr/share/doc/libslirp/large");
  await killEngine(app, wishes(), killed);
  expect((await app.tryApply("engine", wishes())).said.join("\n")).toMatch(/exists in filesystem/);
  expect(await given.host.run(`cat ${theirs}`)).toBe("theirs\n");
  await given.host.run(`rm ${theirs}`);
  await app.apply("engine", wishes());
  await revertEngine(app, wishes());
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

test("ours waits, and is killed: the lock of another pacman that was killed then is not ours", async () => {
  await given.host.run("rm -rf /tmp/alpm_*");
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await app.install();
  await app.apply("preflight", wishes());
  const lock = "/var/lib/pacman/db.lck";
  await given.host.run(
    "pacman -S --noconfirm slow >/dev/null 2>&1 & timeout 60 sh -c 'until pgrep -x sleep; do sleep 0.1; done'",
  );
  const waiting = app.tryApply("engine", wishes());
  await given.host.run(
    `until ls /run/rootless-docker.engine.*/manager.log; do sleep 0.1; done; sleep 2
    touch ${lock}; pkill -9 -f '[a]gents/a1/agent'; pkill -9 -x pacman; pkill -x sleep; true`,
  );
  await waiting;
  expect((await app.tryApply("engine", wishes())).said.join("\n")).toMatch(
    /db\.lck: found it there/,
  );
  await given.host.run(
    `rm ${lock}; rm -rf /var/lib/pacman/local/slow-* /tmp/alpm_*; pacman -S --noconfirm --overwrite '*' slow; pacman -R --noconfirm slow`,
  );
  await revertEngine(app, wishes());
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

// As from the AUR.
testPreinstalled(given);
