import { currentEngine } from "../../stand-ins/engine";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { EngineSource } from "../../index";
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

// A Debian with Arch's os-release and pacman, and no apt and no dpkg.
const given = engineHost({ like: "arch" });

const wishes = (version = currentEngine, engine = {}) => given.withArchives(version, engine);

test("archives, a container, nothing to change, the next version with its data, and destroy", async () => {
  const left = await liveThroughVersions(given, wishes, async ({ changed }) => {
    expect(changed).toContainEqual(expect.stringContaining("slirp4netns"));
    expect(await given.host.run("pacman -Qqd")).toBe("libslirp\n");
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
    says: /engine\.source: .*Arch Linux.*static-archive/,
  },
  {
    what: "Docker's own packages, of which there are none",
    engine: instead(EngineSource.DockerRepository),
    says: /engine\.source: .*Arch Linux.*static-archive/,
  },
  {
    what: "an engine that is there, where none is",
    engine: instead(EngineSource.Preinstalled),
    says: /engine\.source: .*not on PATH: dockerd.*static-archive/,
  },
  {
    what: "a package of somebody else's that cannot stay",
    first: "pacman -S --noconfirm theirs-too",
    then: "pacman -R --noconfirm theirs-too",
    says: /theirs-too/,
  },
  {
    what: "a mirror that is down, and lists that are there",
    first:
      "rm -f /var/cache/pacman/pkg/*; cp -a /etc/pacman.d/mirrorlist /root/kept; sed -i 's|:[0-9]*/os|:9/os|' /etc/pacman.d/mirrorlist",
    then: "mv /root/kept /etc/pacman.d/mirrorlist",
    says: /failed retrieving file/,
  },
  {
    what: "packages that somebody else has signed",
    // The first signature that gpg refuses leaves a directory of its own.
    first:
      "cp -a /etc/pacman.d/gnupg /root/gnupg; : >/etc/pacman.d/gnupg/pubring.gpg; rm -f /var/cache/pacman/pkg/*; none pacman -Sw --noconfirm slirp4netns",
    then: "rm -r /etc/pacman.d/gnupg; mv /root/gnupg /etc/pacman.d/gnupg",
    says: /error: /,
  },
];

testRefused(given, refused, (engine) => wishes(currentEngine, engine));

test("lists are fetched where there are none, and not again", async () => {
  const before = await snapshotHost(given.host);
  await given.host.run("rm /var/lib/pacman/sync/*");
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
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
  says: /waits for another/,
});

test("what somebody needs meanwhile stays, and reasons are as they were", async () => {
  await given.host.run("pacman -D --asdeps libcap; pacman -S --noconfirm passt");
  const before = await snapshotHost(given.host);
  const app = new Installation(given.host, "a1");
  await applyEngine(app, wishes());
  await given.host.run("pacman -S --noconfirm theirs");
  const said = await revertEngine(app, wishes());
  expect(said).toContain("slirp4netns");
  expect(said).not.toContain("cannot mark");
  await given.host.run("pacman -R --noconfirm theirs slirp4netns libslirp");
  expect(diffSnapshots(before, await snapshotHost(given.host))).toEqual([]);
  await given.host.run("pacman -D --asexplicit libcap; pacman -R --noconfirm passt");
});

test("what another installation wants stays, until that one goes", async () => {
  const app = new Installation(given.host, "a1");
  const other = new Installation(given.host, "b2");
  const others = { ...wishes(), account: { name: "other" } };
  await applyEngine(app, wishes());
  await applyEngine(other, others);
  await revertEngine(app, wishes());
  await given.host.run("pacman -Q slirp4netns libslirp");
  await revertEngine(other, others);
  await given.host.run("none pacman -Q slirp4netns");
});

// As from the AUR.
testPreinstalled(given);
