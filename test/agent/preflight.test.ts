import { renderDocument } from "../../src/step/document";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { bootHost, documentsOf, Installation, type Wishes } from "./harness";

// What stops an installation before it begins: each is provoked, named with what mends it, and mended.
afterAll(destroyAllHosts);

let host: TestHost;
let app: Installation;
const wishes: Wishes = { account: { name: "app" } };

beforeAll(async () => {
  host = await bootHost();
  await host.run("useradd --create-home app");
  app = new Installation(host, "e0");
  await app.install();
  // Its record and its lock are there then.
  await app.apply("preflight", wishes);
});

const preflight = (more: Wishes = {}) => app.tryApply("preflight", { ...wishes, ...more });

interface Failure {
  name: string;
  provoke: string;
  wishes?: Wishes;
  says: RegExp;
  /** What undoes the provocation beyond the message's own mend. Defaults to nothing. */
  cleanUp?: string;
}

const failures: Failure[] = [
  {
    name: "/dev/net/tun is root's alone",
    provoke: "chmod 600 /dev/net/tun",
    says: /^preflight: \/dev\/net\/tun: found that it does not open \(Permission denied\); wanted the device that .* To mend: let everybody open it with '(chmod 666 \/dev\/net\/tun)', as udev does$/,
  },
  {
    name: "/usr/bin is mounted with nosuid",
    provoke: "mount --bind /usr/bin /usr/bin; mount -o remount,bind,nosuid /usr/bin",
    says: /^preflight: \/usr\/bin: found it mounted with nosuid; wanted a mount without nosuid, since newuidmap .* To mend: remount it with '(mount -o remount,suid \/usr\/bin)', and take nosuid out of \/etc\/fstab$/,
    cleanUp: "umount -l /usr/bin",
  },
  {
    name: "the data root's mount has noexec, and containers get directories of it",
    provoke: "mkdir -p /srv/data; mount -t tmpfs -o noexec,mode=1777 tmpfs /srv/data",
    wishes: { storageDriver: "Vfs", daemon: { "data-root": "/srv/data/docker" } },
    says: /^preflight: daemon\.data-root: found \/srv\/data\/docker on \/srv\/data, which is mounted with noexec, and storage driver vfs; wanted a mount that programs can be started from, since no program of a container starts \('permission denied', 'executable file not found'\)\. To mend: remount it with '(mount -o remount,exec \/srv\/data)', and take noexec out of \/etc\/fstab; or use another storageDriver$/,
    cleanUp: "umount /srv/data; rmdir /srv/data",
  },
];

test.each(failures)("$name: named, and what it says mends it", async (failure) => {
  await host.run(failure.provoke);
  const { exitCode, said } = await preflight(failure.wishes);
  expect([exitCode, said]).toEqual([1, [expect.stringMatching(failure.says)]]);
  await host.run(failure.says.exec(said[0])?.[1] ?? "false");
  expect(await preflight(failure.wishes)).toMatchObject({ exitCode: 0 });
  await host.run(failure.cleanUp ?? "true");
});

test("noexec below an overlay, which is a mount of its own: no problem", async () => {
  const noexec = failures[2];
  await host.run(noexec.provoke);
  expect(await preflight({ ...noexec.wishes, storageDriver: "Auto" })).toMatchObject({
    exitCode: 0,
  });
  await host.run(noexec.cleanUp ?? "true");
});

test("several at once: all in one run, and nothing is changed", async () => {
  for (const { provoke } of failures) await host.run(provoke);
  const before = await snapshotHost(host);
  const all = Object.assign({}, ...failures.map(({ wishes }) => wishes)) as Wishes;
  const { exitCode, said } = await preflight(all);
  expect(exitCode).toBe(1);
  expect(said).toHaveLength(failures.length);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  for (const { says } of failures) expect(said).toContainEqual(expect.stringMatching(says));
  for (const { says, cleanUp } of failures) {
    await host.run(said.map((line) => says.exec(line)?.[1]).find(Boolean) ?? "false");
    await host.run(cleanUp ?? "true");
  }
});

test("no profile for rootlesskit where the kernel asks for one, and the option off", async () => {
  // The one fact of such a kernel that the choice is made from: no stock Debian kernel has it.
  await host.run(
    "mkdir -p /run/kernel; echo 1 >/run/kernel/apparmor_restrict_unprivileged_userns; mount --bind /run/kernel /proc/sys/kernel",
  );
  const { exitCode, said } = await preflight({ appArmorProfile: "None" });
  expect([exitCode, said]).toEqual([
    1,
    [
      "preflight: appArmorProfile: found None, kernel.apparmor_restrict_unprivileged_userns at 1, and no profile in /etc/apparmor.d for /usr/bin/rootlesskit; wanted a profile that lets rootlesskit make user namespaces, since rootlesskit ends with 'fork/exec /proc/self/exe: permission denied' otherwise. To mend: leave appArmorProfile out, which brings one",
    ],
  ]);
  expect(await preflight()).toMatchObject({ exitCode: 0 });
  await host.run("umount /proc/sys/kernel");
});

test("a machine that is an unprivileged container itself, with too few ids", async () => {
  const document = renderDocument({ ...documentsOf(wishes).preflight });
  const { exitCode, stderr } = await host.ssh(
    "unshare --user --map-root-user --map-auto sh /var/lib/rootless-docker/agent apply preflight e0",
    { input: document },
  );
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^preflight: ids of the machine: found 65536 in its own user namespace \(\/proc\/self\/uid_map\); wanted 165536 at least, since newuidmap can only map ids that are mapped here: 'write to uid_map failed: Operation not permitted'\. To mend: give the container a larger range/m,
    ),
  ]);
});
