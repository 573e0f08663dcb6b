import { currentEngine, earlierEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { RootfulDocker } from "../../index";
import { engineHost, type Refused, testRefused } from "../support/engineHost";
import { asAccount, importImage } from "../support/host";
import { Installation } from "../support/installation";

const given = engineHost();

const wishes: typeof given.withRepository = (...args) => given.withRepository(...args);

test("a version of it, a container, the newest version with its data, and destroy", async () => {
  const app = new Installation(given.host, "a1");
  const { machine } = await app.applyAll(wishes({ version: earlierEngine }));
  expect(machine.facts["versions.engine"]).toBe(earlierEngine);
  await importImage(given.host, "app");
  expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  await given.host.run("none pgrep -u root -x dockerd; none ls /run/docker.sock");
  // Its newest is asked for: the daemon is restarted once, with what it has.
  await app.applyAll(wishes({ version: "29" }));
  expect(await given.version()).toBe(`${earlierEngine}\n`);
  // It is newer than the package lists.
  await given.host.run(
    `cd /var/lib/apt/lists; sed -i 's/^Version: 5:${currentEngine}-/Version: 5:0-/' *_stable_*Packages; rm -f 10.203.*InRelease`,
  );
  await app.applyAll(wishes({ version: currentEngine }));
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await asAccount(given.host, "app", "docker run --rm busybox echo here")).toBe("here\n");
  const again = wishes({ version: currentEngine });
  for (const { changed } of Object.values(await app.applyAll(again))) expect(changed).toEqual([]);
  await app.revertAll(again);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("from the distribution's engine to it and back: each one's packages go, the data stay", async () => {
  const app = new Installation(given.host, "a1");
  const distribution = wishes({ source: undefined, mirror: undefined, mirrorKey: undefined });
  await app.applyAll(distribution);
  await asAccount(given.host, "app", "docker volume create kept");
  await app.applyAll(wishes());
  expect(await given.version()).toBe(`${currentEngine}\n`);
  // Neither there, nor with its configuration.
  expect(
    await given.host.run(
      "dpkg-query -W -f '${db:Status-Abbrev}${Package}\\n' | grep '^.[^n]' | cut -c 4-",
    ),
  ).not.toMatch(/^ *(docker\.io|docker-cli|containerd|runc|rootlesskit)$/m);
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  await app.applyAll(distribution);
  expect(await given.version()).toMatch(/^26\./);
  expect(await asAccount(given.host, "app", "docker volume ls -q")).toBe("kept\n");
  await app.revertAll(distribution);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a change of source that does not end: the daemon has its engine, a check says so, and it goes back", async () => {
  const app = new Installation(given.host, "a1");
  const bob = new Installation(given.host, "b2");
  const distribution = wishes({ source: undefined, mirror: undefined, mirrorKey: undefined });
  const his = { account: { name: "bob" }, owner: "project/dev/bob" };
  const bobs = { ...distribution, ...his };
  const unfinished = [expect.objectContaining({ step: "machine", about: "the last run" })];
  await app.applyAll(distribution);
  await bob.applyAll(bobs);
  // The accounts of a machine have packages of one source.
  const other = await bob.tryApply("machine", wishes({}, his));
  expect(other.said.at(-1)).toMatch(
    /^preflight: engine\.source: project\/dev\/web sets it to 'distribution', and project\/dev\/bob to 'docker-repository'/,
  );
  expect(await bob.drift()).toEqual([]);
  await bob.apply("machine", bobs);
  await bob.revertAll(bobs);
  // The account holds up what comes after the engine.
  await given.host.run("su app -c 'mkdir -p ~/.ssh/authorized_keys'");
  const keys = {
    account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAATA= me"] },
  };
  const { said } = await app.tryApply("machine", wishes({}, keys));
  expect(said.at(-1)).toMatch(/^account: a line of .*authorized_keys: it is not a regular file/);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(await app.drift()).toEqual(unfinished);
  await app.apply("machine", distribution);
  expect(await given.version()).toMatch(/^26\./);
  expect(await app.drift()).toEqual([]);
  await app.revertAll(distribution);
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

const refused: Refused[] = [
  {
    what: "a mirror that another key signs than Docker's",
    // Lists that were fetched with another key, apt goes on with.
    first: "rm -f /var/lib/apt/lists/10.203.*",
    engine: { mirrorKey: undefined },
    says: /debian: it has no docker-ce .*(NO_PUBKEY|Missing key)/,
  },
  {
    what: "no version of the engine like that",
    engine: { version: "28" },
    says: new RegExp(`engine.version: 28 .*${currentEngine}.*${earlierEngine}`),
  },
  {
    what: "a mirror that is not there",
    engine: { mirror: "http://10.203.0.1:9/linux" },
    says: /linux\/debian: .*docker-ce/,
  },
  {
    what: "a source of somebody's that names it, and no packages",
    first: () =>
      `/usr/lib/apt/apt-helper download-file ${given.downloads.url}/debian/gpg /etc/apt/keyrings/theirs.asc
      printf 'Types: deb-src\\nURIs: ${given.downloads.url}/debian\\nSuites: trixie\\nComponents: stable\\nSigned-By: /etc/apt/keyrings/theirs.asc\\n' >/etc/apt/sources.list.d/theirs.sources`,
    then: "rm /etc/apt/sources.list.d/theirs.sources /etc/apt/keyrings/theirs.asc",
    says: /docker-ce/,
  },
  {
    what: "packages of somebody else in their place",
    first: "apt-get -q -y install --no-install-recommends runc",
    then: "apt-get -q -y purge --autoremove runc",
    says: /engine\.source: .*runc/,
  },
];

testRefused(given, refused);

test("on Ubuntu 24.04, by its os-release: the distribution's is refused, and Ubuntu's packages are taken", async () => {
  await given.host.run(`cp -L /etc/os-release /root/os-release; cp /etc/debian_version /root/
    printf 'ID=ubuntu\\nID_LIKE=debian\\nPRETTY_NAME="Ubuntu 24.04.4 LTS"\\nVERSION_CODENAME=noble\\nUBUNTU_CODENAME=noble\\n' >/etc/os-release
    echo trixie/sid >/etc/debian_version`);
  const app = new Installation(given.host, "a1");
  await app.install();
  const refused = await app.tryApply("machine", { account: { name: "app" } });
  expect(refused.said.join()).toMatch(/engine\.source: .*Ubuntu 24\.04\.4 LTS.*docker-repository/);
  await app.applyAll(wishes());
  expect(await given.host.run("cat /etc/apt/sources.list.d/rootless-docker.sources")).toContain(
    `URIs: ${given.downloads.url}/ubuntu\nSuites: noble\n`,
  );
  expect(await given.version()).toBe(`${currentEngine}\n`);
  await app.revertAll(wishes());
  await given.host.run(
    "cat /root/os-release >/etc/os-release; cat /root/debian_version >/etc/debian_version; rm /root/os-release /root/debian_version",
  );
  expect(diffSnapshots(given.before, await snapshotHost(given.host))).toEqual([]);
});

test("a root daemon of docker-ce, and a source of somebody's own: used as they are", async () => {
  await given.host.run(
    `install -d /etc/apt/keyrings
    /usr/lib/apt/apt-helper download-file ${given.downloads.url}/debian/gpg /etc/apt/keyrings/theirs.asc
    echo "deb [signed-by=/etc/apt/keyrings/theirs.asc] ${given.downloads.url}/debian trixie stable" >/etc/apt/sources.list.d/theirs.list
    apt-get -q update; apt-get -q -y install --no-install-recommends docker-ce docker-ce-cli containerd.io`,
  );
  const there = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  const beside = wishes({}, { rootfulDocker: RootfulDocker.Keep });
  await app.applyAll(beside);
  expect(await given.version()).toBe(`${currentEngine}\n`);
  expect(
    await given.host.run("docker version -f '{{.Server.Version}}'; ls /etc/apt/sources.list.d"),
  ).toMatch(new RegExp(`^${currentEngine}\n(debian.sources\n)?theirs.list\n$`));
  await app.revertAll(beside);
  // Its containerd goes on writing.
  const own = diffSnapshots(there, await snapshotHost(given.host)).filter(
    (line) => !line.includes("/var/lib/containerd/"),
  );
  expect(own).toEqual([]);
});
