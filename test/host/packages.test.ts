import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { applyEngine, revertEngine } from "../support/engineHost";
import { asAccount, bootHost } from "../support/host";
import type { StepArgs } from "../support/documents";
import { Installation } from "../support/installation";

afterAll(destroyAllHosts);

const fuse: StepArgs = {
  owner: "infra/prod/ada",
  account: { name: "ada" },
  storageDriver: "fuse-overlayfs",
  onDestroy: { data: "delete" },
};
const both: StepArgs = { ...fuse, network: { driver: "pasta" } };
const bobs: StepArgs = { ...fuse, owner: "infra/test/bob", account: { name: "bob" } };

let host: TestHost;
beforeAll(async () => {
  host = await bootHost();
});

/** Of the packages that the options bring, those that are installed. */
const installed = async () =>
  (
    await host.run(
      "dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' passt fuse-overlayfs fuse3 2>/dev/null | sed -n 's/^ii *//p' || true",
    )
  )
    .split("\n")
    .filter(Boolean)
    .sort();

test("an option's packages stay until destroy, and then as far as another installation wants them", async () => {
  const fresh = await snapshotHost(host);
  const [ada, bob] = [new Installation(host, "aa"), new Installation(host, "bb")];
  await ada.applyAll(both);
  await ada.apply("daemon", fuse);
  expect((await ada.apply("daemon", fuse)).changed).toEqual([]);
  expect(await installed()).toEqual(["fuse-overlayfs", "fuse3", "passt"]);
  await bob.applyAll(bobs);
  // Docker's own packages would take the place of the distribution's.
  const others: StepArgs = { ...bobs, owner: "infra/test/carol", account: { name: "carol" } };
  const carol = new Installation(host, "dd");
  await carol.install();
  const before = await snapshotHost(host);
  const refused = await carol.tryApply("machine", {
    ...others,
    engine: { source: "docker-repository" },
  });
  expect([refused.exitCode, ...refused.said]).toEqual([
    1,
    expect.stringMatching(
      /^preflight: engine\.source: infra\/prod\/ada sets it to 'distribution', and infra\/test\/carol to 'docker-repository'\. To fix: use the same value in both programs\. /,
    ),
    expect.stringMatching(/^preflight: engine\.source: infra\/test\/bob sets it to /),
  ]);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  await carol.revertAgent();
  await ada.revertAll(fuse);
  expect(await installed()).toEqual(["fuse-overlayfs", "fuse3"]);
  expect(await asAccount(host, "bob", "docker info --format '{{.Driver}}'")).toBe(
    "fuse-overlayfs\n",
  );
  expect((await bob.apply("daemon", bobs)).changed).toEqual([]);
  const said = await bob.revertAll(bobs);
  expect(said.filter((line) => line.includes("kept: packages"))).toEqual([]);
  expect(diffSnapshots(fresh, await snapshotHost(host))).toEqual([]);
});

test("a package that was killed while it was unpacked: it is completed, and its unit keeps its mask", async () => {
  const ada = new Installation(host, "cc");
  await ada.applyAll(fuse);
  const masks = () =>
    host.ssh("systemctl is-enabled docker.service docker.socket containerd.service");
  const before = (await masks()).stdout;
  expect(before).toBe("masked\nmasked\nmasked\n");
  await host.run(
    `sed -i -E -e '/^Package: containerd$/,/^$/ s/^Status: .*/Status: install ok unpacked/' \
      -e '/^Package: docker.io$/,/^$/ s/^Status: .*/Status: install reinstreq half-installed/' /var/lib/dpkg/status`,
  );
  await ada.apply("machine", fuse);
  expect((await masks()).stdout).toBe(before);
  expect(await host.run("dpkg-query -W -f '${db:Status-Abbrev}' containerd docker.io")).toBe(
    "ii ii ",
  );
  await ada.revertAll(fuse);
});

test("pam-auth-update that was killed before it wrote the files of PAM: the next up enables what it left out", async () => {
  const sessions = () => host.run("grep -c pam_systemd.so /etc/pam.d/common-session || true");
  await host.run("apt-get -q -y purge libpam-systemd >/dev/null 2>&1");
  expect(await sessions()).toBe("0\n");
  // It has noted that it has seen the profile, and goes no further; nor does anything that has called it.
  await host.run(`cp -a /usr/sbin/pam-auth-update /root/whole
    printf '#!/bin/sh\\npkill -9 -f [a]gents/dd/agent; pkill -9 apt-get; pkill -9 dpkg\\n' >/root/kill
    sed -i '/^close(SEEN)/a system("sh /root/kill"); kill 9, $$;' /usr/sbin/pam-auth-update
    none cmp -s /usr/sbin/pam-auth-update /root/whole`);
  const ada = new Installation(host, "dd");
  await ada.install();
  expect((await ada.tryApply("machine", fuse)).exitCode).not.toBe(0);
  await host.run("mv /root/whole /usr/sbin/pam-auth-update; grep -qx systemd /var/lib/pam/seen");
  expect(await sessions()).toBe("0\n");
  await ada.applyAll(fuse);
  expect(await sessions()).toBe("1\n");
  await ada.revertAll(fuse);
  expect(await sessions()).toBe("0\n");
});

test("a dpkg that was killed while it noted what it does: the next up has its notes read", async () => {
  // apt does nothing for as long as these are there.
  await host.run(`dpkg-query -s base-files >/var/lib/dpkg/updates/0000
    none apt-get -q -y install hello`);
  const ada = new Installation(host, "ee");
  await applyEngine(ada, fuse);
  await host.run("none test -e /var/lib/dpkg/updates/0000");
  await revertEngine(ada, fuse);
});
