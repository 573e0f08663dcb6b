import { currentEngine, earlierEngine } from "../../testbed/engine";
import { diffSnapshots, snapshotHost } from "../../testbed/hosts";
import { EnginePlugin, EngineSource } from "../../index";
import {
  applyEngine,
  engineHost,
  type Refused,
  revertEngine,
  testRefused,
} from "../../testkit/engineHost";
import { asAccount } from "../../testkit/host";
import { Installation } from "../../testkit/installation";
import {
  killEngine,
  liveThroughVersions,
  testAnotherAtWork,
  testKilled,
  testPurged,
  testRemovalKilled,
} from "../../testkit/packageManagers";

// A Debian with Fedora's os-release, dnf 4 and rpm, and no apt and no dpkg.
const given = engineHost({ like: "fedora" });

const wishes: typeof given.withRepository = (...args) => given.withRepository(...args);

test("a version, a container, nothing to change, the next version with its data, and destroy", async () => {
  const left = await liveThroughVersions(
    given,
    (version) => wishes({ version, plugins: [EnginePlugin.Buildx, EnginePlugin.Compose] }),
    async () => {
      const names = ["docker-ce", "docker-ce-cli", "docker-ce-rootless-extras"];
      expect(await given.host.run(`rpm -q ${names.join(" ")}`)).toBe(
        names.map((name) => `${name}-${earlierEngine}-1.fc44.x86_64\n`).join(""),
      );
      const said = "docker buildx version; docker compose version";
      expect(await asAccount(given.host, "app", said)).toMatch(/buildx .*\nDocker Compose version/);
    },
  );
  // Directories that no package has, as rpm leaves them.
  expect(left).toEqual(
    ["", "/cli-plugins"].map(
      (end) => `file added: /usr/libexec/docker${end} directory root:root 755`,
    ),
  );
  await given.host.run("rm -r /usr/libexec/docker");
});

/** Makes /root/NAME.rpm, a package of somebody else's with a line of its own in its spec file. */
function makeRpm(name: string, line: string, script = ""): string {
  const spec = `Name: ${name}\\nVersion: 1\\nRelease: 1\\nSummary: x\\nLicense: MIT\\nBuildArch: noarch\\n${line}\\n%%description\\nx\\n${script}\\n%%files\\n`;
  return `mkdir -p /root/rpm
    printf '${spec}' >/root/rpm/spec
    rpmbuild -bb --quiet --define '_topdir /root/rpm' /root/rpm/spec
    mv /root/rpm/RPMS/noarch/*.rpm /root/${name}.rpm
    rm -r /root/rpm`;
}

const refused: Refused[] = [
  {
    what: "the distribution's engine",
    engine: { source: undefined, mirror: undefined, mirrorKey: undefined },
    step: "preflight",
    says: /engine\.source: found Fedora Linux 44 \(Server Edition\), whose own engine, if any, lacks .* set engine\.source to DockerRepository/,
  },
  {
    what: "an engine that is there, where none is",
    engine: { source: EngineSource.Preinstalled, mirror: undefined, mirrorKey: undefined },
    step: "preflight",
    says: /engine\.source: found no dockerd \(package docker-ce\), containerd \(package containerd\.io\), .* set engine\.source to DockerRepository$/,
  },
  {
    what: "no version of the engine like that",
    engine: { version: "28" },
    says: new RegExp(
      `engine.version: found the versions 3:${currentEngine}-1.fc44 3:${earlierEngine}-1.fc44 of docker-ce in the package lists; wanted 28`,
    ),
  },
  {
    what: "a mirror that is not there",
    engine: { mirror: "http://10.203.0.1:9/linux" },
    says: /linux\/fedora: found no docker-ce for 44 there: .*; wanted the engine's packages\. To fix: let this machine reach it/,
  },
  {
    what: "packages of somebody else in their place",
    first: "dnf -q -y install podman-docker",
    then: "dnf -q -y remove podman-docker",
    step: "preflight",
    says: /engine\.source: found packages that docker-ce takes the place of: podman-docker 1\.0-1\.fc44; wanted none/,
  },
  {
    what: "a package of somebody else's that cannot stay",
    first: `${makeRpm("theirs-too", "Conflicts: docker-ce")}; rpm -i /root/theirs-too.rpm; rm /root/theirs-too.rpm`,
    then: "rpm -e theirs-too",
    says: /dnf install .*: found that it removes theirs-too \(not brought by this installation alone\); wanted nobody else's removed/,
  },
];

testRefused(given, refused);

testAnotherAtWork(given, wishes, {
  installs: `${makeRpm("slow", "Requires(post): /bin/sh", "%%post\\nsleep 30")}
    dnf -q -y install /root/slow.rpm`,
  removes: "rpm -e slow; rm /root/slow.rpm",
  says: /waits for another package manager, 5 minutes at most: .*lock/,
});

/** They stay as long as packages from there do. */
const repositoryFiles =
  "/etc/yum.repos.d/rootless-docker.repo /etc/pki/rpm-gpg/RPM-GPG-KEY-rootless-docker";

test("what somebody needs or has asked for meanwhile stays, and nothing else", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run(
    "dnf -q -y install theirs; dnf -q mark install libcgroup dbus-daemon docker-ce-cli",
  );
  const said = await revertEngine(app, wishes());
  const [repository, key] = repositoryFiles.split(" ");
  for (const stays of [
    `${repository} stays, with its key: docker-ce-cli, which stay, come from there.`,
    `${key} stays: a source of packages names it`,
  ])
    expect(said).toContain(stays);
  expect(said).toContain("package slirp4netns stays: others need it");
  for (const name of ["libcgroup", "dbus-daemon", "docker-ce-cli"])
    expect(said).toContain(
      `package ${name} stays: somebody has marked it as manually installed, or held it`,
    );
  expect(await given.host.run("rpm -q docker-ce nftables || true")).toBe(
    "package docker-ce is not installed\npackage nftables is not installed\n",
  );
  await given.host.run(
    `dnf -q -y remove --noautoremove theirs slirp4netns libcgroup dbus-daemon docker-ce-cli
    rm -rf /var/lib/rootless-docker ${repositoryFiles}`,
  );
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

/** Imports a key of somebody's own. */
const importKey = `export GNUPGHOME=/root/gnupg; mkdir -m 700 $GNUPGHOME
  gpg --batch --quiet --passphrase '' --quick-gen-key 'Corp <corp@example.org>' rsa2048 sign never
  gpg --armor --export corp@example.org >/root/corp.asc; gpgconf --kill all; rm -rf $GNUPGHOME
  rpm --import /root/corp.asc; rm /root/corp.asc`;
const keyStays = async () => {
  const keys = "rpm -qa 'gpg-pubkey*' --qf '%{VERSION}-%{RELEASE} %{SUMMARY}\\n'";
  const [, key = ""] = /^(\S+) .*Corp/m.exec(await given.host.run(keys)) ?? [];
  expect(key).not.toBe("");
  await given.host.run(`rpm -e gpg-pubkey-${key}`);
};

test("a key that somebody imports while an installation is at work stays", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await app.install();
  await app.apply("preflight", wishes());
  const up = app.apply("engine", wishes());
  await given.host.run(
    `timeout 60 sh -c 'until [ -e /var/lib/rootless-docker/packages.before ]; do sleep 0.02; done'\n${importKey}`,
  );
  expect((await up).said.join()).not.toContain("Corp");
  await given.host.run(`cat >/usr/local/sbin/dnf <<'PROGRAM'
#!/bin/sh
case "$*" in *assumeno*) ;; *" remove "*) exit ;; esac
exec /usr/bin/dnf "$@"
PROGRAM
    chmod 755 /usr/local/sbin/dnf`);
  const { exitCode, said } = await app.tryRevert("engine", wishes());
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/packages .*docker-ce.*: found that rpm has them still/),
  ]);
  await given.host.run("rm /usr/local/sbin/dnf");
  await revertEngine(app, wishes());
  await keyStays();
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

const kill = { when: "rpm -q docker-ce-cli >/dev/null", manager: "-x dnf" };

test("a key and a package of somebody's after a killed installation: both stay", async () => {
  const app = new Installation(given.host, "a1");
  await killEngine(app, wishes(), kill);
  await given.host.run(`${importKey}\ndnf -q -y install libcgroup; dnf -q mark install libcgroup`);
  await app.apply("engine", wishes());
  await revertEngine(app, wishes());
  await keyStays();
  await given.host.run(
    "dnf -q -y remove --noautoremove libcgroup; rm -rf /var/lib/rootless-docker",
  );
});

test.each([
  ["ifneed", "Requires: (docker-ce if systemd)"],
  ["andneed", "Requires: (docker-ce and systemd)"],
])("%s: one of ours that somebody's package needs by a condition stays", async (name, line) => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run(`${makeRpm(name, line)}; rpm -i /root/${name}.rpm; rm /root/${name}.rpm`);
  const said = await revertEngine(app, wishes());
  expect(said).toContain("docker-ce stays: others need it");
  const stayed = [...said.matchAll(/package (\S+) stays/g)].map(([, one]) => one);
  await given.host.run(
    `dnf -q -y remove --noautoremove ${name} ${stayed.join(" ")}; groupdel docker
    rm -rf /var/lib/rootless-docker /etc/containerd ${repositoryFiles}`,
  );
  const left = diffSnapshots(before, await snapshotHost(given.host));
  expect(left.filter((difference) => difference.includes("package"))).toEqual([]);
});

/** An empty file of dnf's own, under a name that any program may have. */
const isDnfs = (line: string) => /^file added: \/tmp\/tmp\w{8} root:root 600 /.test(line);

testKilled(given, wishes, kill, isDnfs);

testRemovalKilled(
  given,
  wishes,
  {
    gone: "/usr/bin/dockerd",
    lacking: "rpm -Va --nodeps --nofiledigest | grep ^missing; true",
  },
  [
    { what: "up, and destroy", next: wishes },
    {
      what: "another source, and back",
      instead: () => given.withArchives(currentEngine),
      next: wishes,
    },
  ],
  isDnfs,
);

test("Docker's archives, with the distribution's packages that they need", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  const archives = given.withArchives(currentEngine);
  await app.applyAll(archives);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await given.host.run("rpm -qa --qf '%{NAME}\\n' | grep -c docker || true")).toBe("0\n");
  await app.revertAll(archives);
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

test("on Rocky Linux 9.6, by its os-release: the packages of RHEL 9 are taken", async () => {
  const before = await snapshotHost(given.host);
  await given.host.run(`rm /etc/os-release
    printf 'ID="rocky"\\nID_LIKE="rhel centos fedora"\\nVERSION_ID="9.6"\\nPRETTY_NAME="Rocky Linux 9.6"\\n' >/etc/os-release`);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes({ plugins: [EnginePlugin.Compose] }));
  expect((await app.apply("engine", wishes())).changed).toEqual([
    "packages removed: docker-compose-plugin",
  ]);
  expect(await given.host.run("cat /etc/yum.repos.d/rootless-docker.repo")).toContain(
    `baseurl=${given.downloads.url}/rhel/9/x86_64/stable\n`,
  );
  await revertEngine(app, wishes());
  await given.host.run("rm -r /usr/libexec/docker; ln -sf ../usr/lib/os-release /etc/os-release");
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

testPurged(given, {
  installs: `printf '[theirs]\\nname=Theirs\\nbaseurl=URL/fedora/44/$basearch/stable\\ngpgkey=URL/fedora/gpg\\n' >/etc/yum.repos.d/theirs.repo
    dnf -qy install docker-ce-${earlierEngine} docker-ce-cli-${earlierEngine} docker-ce-rootless-extras-${earlierEngine} >/dev/null 2>&1`,
  shows: "rpm -qa | sort; dnf -q repoquery --userinstalled 2>/dev/null | sort",
});
