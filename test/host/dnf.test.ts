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
import { asAccount } from "../support/host";
import { Installation } from "../support/installation";
import { liveThroughVersions, testAnotherAtWork } from "../support/packageManagers";

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
      const repository = "/etc/yum.repos.d/rootless-docker.repo";
      await given.host.run(
        `grep -qx gpgcheck=1 ${repository}; grep -q ^gpgkey=file:// ${repository}`,
      );
      const said = "docker buildx version; docker compose version";
      expect(await asAccount(given.host, "app", said)).toMatch(/buildx .*\nDocker Compose version/);
    },
  );
  // Directories that no package has, as rpm leaves them, and Fedora's own key, which dnf imports.
  expect(left).toEqual([
    ...["", "/cli-plugins"].map(
      (end) => `file added: /usr/libexec/docker${end} directory root:root 755`,
    ),
    expect.stringMatching(/^package added: gpg-pubkey-/),
  ]);
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
    says: /engine\.source: .*Fedora Linux 44.*docker-repository/,
  },
  {
    what: "an engine that is there, where none is",
    engine: { source: EngineSource.Preinstalled, mirror: undefined, mirrorKey: undefined },
    says: /engine\.source: .*not on PATH: dockerd.*docker-repository/,
  },
  {
    what: "no version of the engine like that",
    engine: { version: "28" },
    says: new RegExp(`engine.version: 28 .*${currentEngine}.*${earlierEngine}`),
  },
  {
    what: "a mirror that is not there",
    engine: { mirror: "http://10.203.0.1:9/linux" },
    says: /linux\/fedora: .*docker-ce/,
  },
  {
    what: "packages of somebody else in their place",
    first: "dnf -q -y install podman-docker",
    then: "dnf -q -y remove podman-docker",
    says: /engine\.source: .*podman-docker/,
  },
  {
    what: "a package of somebody else's that cannot stay",
    first: `${makeRpm("theirs-too", "Conflicts: docker-ce")}; rpm -i /root/theirs-too.rpm; rm /root/theirs-too.rpm`,
    then: "rpm -e theirs-too",
    says: /theirs-too/,
  },
];

testRefused(given, refused);

testAnotherAtWork(given, wishes, {
  installs: `${makeRpm("slow", "Requires(post): /bin/sh", "%%post\\nsleep 30")}
    dnf -q -y install /root/slow.rpm`,
  removes: "rpm -e slow; rm /root/slow.rpm",
  says: /waits for another/,
});

describe("dnf 5 and rpm 6, by their words in the place of dnf 4 and rpm 4", () => {
  const put = (name: string, text: string) =>
    given.host.run(`cat >/usr/local/sbin/${name}; chmod 755 /usr/local/sbin/${name}`, {
      input: `#!/bin/sh\n${text}\nexec /usr/bin/${name} "$@"\n`,
    });
  const live = async () => {
    const app = new Installation(given.host, "a1");
    await app.install();
    const { said } = await app.apply("machine", wishes());
    await revertEngine(app, wishes());
    return said.join("\n");
  };
  afterEach(() => given.host.run("rm -f /usr/local/sbin/dnf /usr/local/sbin/rpm"));

  test("repoquery has no --showduplicates", async () => {
    await put(
      "dnf",
      `case " $* " in
      *" repoquery "*) case " $* " in *" --showduplicates "*)
        echo 'Unknown argument "--showduplicates" for command "repoquery".' >&2
        exit 2 ;;
      esac ;;
      esac`,
    );
    expect(await live()).toContain("package docker-ce");
  });

  test("rpm's keyring lock is waited for", async () => {
    await put(
      "rpm",
      `[ "$1" != --import ] || [ -e /run/keyring-was-locked ] || {
        : >/run/keyring-was-locked
        echo "error: can't create keyring lock on /var/lib/rpm/.keyring.lock (Resource temporarily unavailable)" >&2
        echo 'error: key.asc: key 1 import failed.' >&2
        exit 1
      }`,
    );
    expect(await live()).toMatch(/waits for another package manager.*keyring lock/);
  });

  test("words that nobody knows are quoted by their last line", async () => {
    await put(
      "dnf",
      `case " $* " in *" makecache "* | *" repoquery "*) echo one; echo "two three"; exit 2 ;; esac`,
    );
    await expect(live()).rejects.toThrow(/it has no docker-ce for 44 \(two three\)\. /);
    await given.host.run("rm /usr/local/sbin/dnf");
    await live();
  });
});

test("what somebody needs or has asked for meanwhile stays, and nothing else", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run("dnf -q -y install theirs; dnf -q mark install libcgroup docker-ce-cli");
  const said = await revertEngine(app, wishes());
  for (const name of ["slirp4netns", "libcgroup", "docker-ce-cli"]) expect(said).toContain(name);
  expect(await given.host.run("rpm -q docker-ce nftables || true")).toBe(
    "package docker-ce is not installed\npackage nftables is not installed\n",
  );
  await given.host.run(
    `dnf -q -y remove --noautoremove theirs slirp4netns libcgroup docker-ce-cli
    rm -rf /etc/yum.repos.d/rootless-docker.repo /etc/pki/rpm-gpg/RPM-GPG-KEY-rootless-docker`,
  );
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});

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

test("a killed agent leaves nothing running but the package manager, until that ends", async () => {
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a7");
  await app.install();
  const applying = app.tryApply("machine", wishes());
  await given.host.run(
    "timeout 60 sh -c 'until pgrep -f /usr/bin/[d]nf >/dev/null; do sleep 0.05; done'",
  );
  await given.host.run("kill -KILL $(pgrep -o -f 'agent apply machine')");
  // The connection is closed: nothing that goes on holds it.
  expect((await applying).exitCode).not.toBe(0);
  await given.host.run(
    "timeout 60 sh -c 'while pgrep -f \"agent apply machin[e]\" >/dev/null; do sleep 0.2; done'",
  );
  await given.host.run(
    "timeout 120 sh -c 'while pgrep -f /usr/bin/[d]nf >/dev/null; do sleep 0.2; done'",
  );
  await revertEngine(app, wishes());
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
});
