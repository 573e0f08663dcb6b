import { currentEngine, earlierEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { EnginePlugin, EngineSource } from "../../index";
import {
  applyEngine,
  engineHost,
  type Refused,
  revertEngine,
  testRefused,
} from "../support/engineHost";
import { Installation } from "../support/installation";
import {
  liveThroughVersions,
  testAnotherAtWork,
  testPreinstalled,
} from "../support/packageManagers";

// A Debian with openSUSE Leap's os-release, zypper and rpm, and no apt and no dpkg.
const given = engineHost({ like: "opensuse" });

/** The distribution's own engine, unless another one is named. */
const wishes: typeof given.withRepository = (engine, args) => {
  const distribution = { source: undefined, mirror: undefined, mirrorKey: undefined };
  return given.withRepository({ ...distribution, ...engine }, args);
};

/** What openSUSE's docker itself makes when it is installed, and leaves. */
const remapped = [
  "group line added: dockremap x:995:",
  "passwd line added: dockremap x:995:995::/home/dockremap:/bin/false",
  "subgid line added: dockremap:100000000:100000001",
  "subuid line added: dockremap:100000000:100000001",
];

test("a version, a container, nothing to change, the next version with its data, and destroy", async () => {
  const left = await liveThroughVersions(
    given,
    (version) => wishes({ version, plugins: [EnginePlugin.Buildx, EnginePlugin.Compose] }),
    async () => {
      expect(await given.host.run("rpm -q docker docker-rootless-extras")).toBe(
        `docker-${earlierEngine}_ce-1.1.x86_64\ndocker-rootless-extras-${earlierEngine}_ce-1.1.noarch\n`,
      );
    },
  );
  expect(
    left.filter((line) => !/^file \/etc\/(group|gshadow|passwd|shadow|sub[ug]id):/.test(line)),
  ).toEqual(remapped);
});

const refused: Refused[] = [
  {
    what: "Docker's own packages, of which there are none",
    engine: { source: EngineSource.DockerRepository },
    says: /engine\.source: .*openSUSE Leap 16\.0.*static-archive/,
  },
  {
    what: "an engine that is there, where none is",
    engine: { source: EngineSource.Preinstalled },
    says: /engine\.source: .*not on PATH: dockerd.*distribution/,
  },
  {
    what: "SUSE's other engine in its place",
    first: "zypper -n -q install docker-stable",
    then: "zypper -n -q remove docker-stable",
    says: /engine\.source: .*docker-stable.*preinstalled/,
  },
  {
    what: "a package of somebody else's that cannot stay",
    first: "zypper -n -q install theirs-too",
    then: "zypper -n -q remove theirs-too",
    says: /theirs-too/,
  },
  {
    what: "no version of the engine like that",
    engine: { version: "28" },
    says: new RegExp(`engine.version: 28 .*${currentEngine}.*${earlierEngine}`),
  },
  {
    what: "a repository that is down",
    first: "cp -a /etc/zypp/repos.d /root/kept; sed -i 's|:[0-9]*/os|:9/os|' /etc/zypp/repos.d/*",
    then: "rm -r /etc/zypp/repos.d; mv /root/kept /etc/zypp/repos.d",
    says: /zypper install .*: it failed \(.*Failed to retrieve new repository metadata/,
  },
  {
    what: "a repository that somebody else has signed",
    first:
      "rpm -q --qf '%{DESCRIPTION}' gpg-pubkey >/root/key; rpm -e gpg-pubkey; zypper -q clean -a",
    then: "rpm --import /root/key; rm /root/key",
    says: /Signature verification failed/,
  },
];

testRefused(given, refused, wishes);

testAnotherAtWork(given, wishes, {
  installs: "zypper -n -q install slow",
  removes: "zypper -n -q remove slow",
  says: /waits for another/,
});

test("what somebody needs or has locked stays, and nothing else", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run("zypper -n -q install theirs; zypper -n -q addlock catatonit");
  const said = await revertEngine(app, wishes());
  for (const name of ["slirp4netns", "catatonit"]) expect(said).toContain(name);
  expect(await given.host.run("rpm -q docker rootlesskit || true")).toBe(
    "package docker is not installed\npackage rootlesskit is not installed\n",
  );
  await given.host.run(`zypper -n -q removelock catatonit; rm /etc/zypp/locks
    zypper -n -q remove theirs slirp4netns libslirp0 catatonit`);
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

testRefused(
  given,
  [
    {
      what: "on SLES 15 SP7, by its os-release: Buildx, of which it has no package",
      first: `rm /etc/os-release
        printf 'ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.7"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP7"\n' >/etc/os-release`,
      then: "ln -sf ../usr/lib/os-release /etc/os-release",
      engine: { plugins: [EnginePlugin.Buildx] },
      says: /engine\.plugins: .*buildx/,
    },
  ],
  wishes,
);

test("Docker's archives on a machine without curl: it comes first, and goes with destroy", async () => {
  const spec = [
    ...[
      "Name: curl",
      "Version: 8",
      "Release: 1",
      "Summary: x",
      "License: MIT",
      "BuildArch: noarch",
    ],
    ...["%description", "x", "%post", "mv /root/aside/curl /usr/bin/curl"],
    ...["%preun", "mv /usr/bin/curl /root/aside/curl", "%files"],
  ];
  await given.host.run("mkdir -p /root/aside/rpm && cat >/root/aside/rpm/spec", {
    input: `${spec.join("\n")}\n`,
  });
  await given.host.run(`cd /root/aside
    rpmbuild -bb --quiet --define '_topdir /root/aside/rpm' rpm/spec
    mv /usr/bin/curl .
    zypper -q addrepo -G -t plaindir dir:/root/aside/rpm/RPMS/noarch own`);
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  const archives = given.withArchives(currentEngine);
  await app.install();
  const { changed, facts } = await app.apply("machine", archives);
  expect([changed[0], facts["versions.engine"]]).toEqual([
    "package curl 8-1 installed",
    currentEngine,
  ]);
  await revertEngine(app, archives);
  const left = diffSnapshots(before, await snapshotHost(given.host));
  // A zypper that has no history yet marks all packages as automatic at its second transaction.
  expect(left.filter((line) => !line.startsWith("user package removed"))).toEqual([]);
  // Control: without a package of it, the error names it.
  await given.host.run("zypper -q removerepo own");
  await app.install();
  const { exitCode, said } = await app.tryApply("machine", archives);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/zypper install curl: it failed \(.*curl/),
  ]);
  await revertEngine(app, archives);
  await given.host.run("mv /root/aside/curl /usr/bin/curl; rm -r /root/aside");
});

testPreinstalled(given);
