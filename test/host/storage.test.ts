import {
  changesByItself,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type TestHost,
} from "../../testbed/hosts";
import { asAccount, bootHost, daemonStart, importImage } from "../../testkit/host";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

afterAll(destroyAllHosts);

/** The root file system is the machine's own, on which overlay works; other ones are mounted. */
let host: TestHost;
let app: Installation;

const plain: StepArgs = { account: { name: "app" }, onDestroy: { data: "Delete" } };
const at = (root: string, wishes: StepArgs = {}): StepArgs => ({
  ...plain,
  daemon: { "data-root": root },
  ...wishes,
});

/**
 * On /on-overlay the engine refuses overlay2; on /on-fuse the kernel refuses it, and fuse-overlayfs
 * cannot remove a layer's file. Its process there is of a copy: a package that root runs a program of stays.
 */
const mounts = `set -e
  mkdir -p /layers/a /layers/b /layers/c /on-overlay /on-fuse
  mount -t overlay overlay -o lowerdir=/layers/a,upperdir=/layers/b,workdir=/layers/c /on-overlay
  mkdir -p /fuse/a /fuse/b /fuse/c
  cp /usr/bin/fuse-overlayfs /fuse/program
  /fuse/program -o allow_other,lowerdir=/fuse/a,upperdir=/fuse/b,workdir=/fuse/c /on-fuse`;

/** The host but for what fuse-overlayfs makes of its layers, and the locks. */
const snapshot = () =>
  snapshotHost(host, {
    ignore: [
      ...changesByItself,
      /^file \/(fuse|layers)\//,
      /^file \/var\/lib\/rootless-docker\/locks/,
    ],
  });

const info = async (field: string) =>
  (await asAccount(host, "app", `docker info --format '{{${field}}}'`)).trim();
/** What daemon.json has of bridges by default. */
const bridges = {
  mtu: 65_520,
  "default-network-opts": { bridge: { "com.docker.network.driver.mtu": "65520" } },
};
const daemonJson = async () =>
  JSON.parse(await host.run("cat /home/app/.config/docker/daemon.json")) as unknown;
const traces = () =>
  host.run(
    "find / /on-overlay /on-fuse -xdev -name '.rootless-docker-stack*' ! -path '/fuse/*' ! -path '/layers/*'",
  );
const fuseInstalled = async () =>
  (await host.ssh("dpkg-query -W -f '${Status}' fuse-overlayfs")).stdout.includes("ok installed");

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run(`apt-get -q update
    apt-get -q -y --no-install-recommends install fuse-overlayfs btrfs-progs
    ${mounts}
    apt-get -q -y purge --auto-remove fuse-overlayfs`);
  app = new Installation(host, "a1");
  await app.install();
});

describe("preflight: what was asked for and cannot work is an error, and nothing changes", () => {
  const refusals = async (wishes: StepArgs) => {
    const before = await snapshot();
    const { exitCode, said } = await app.tryApply("preflight", wishes);
    expect(exitCode).toBe(1);
    expect(await traces()).toBe("");
    expect(diffSnapshots(before, await snapshot())).toEqual([]);
    return said;
  };

  test("Btrfs on another file system", async () => {
    expect(await refusals(at("/srv/docker", { storageDriver: "Btrfs" }))).toEqual([
      expect.stringMatching(
        /^preflight: storageDriver: found \/srv\/docker \(.+\); wanted a data root on Btrfs, as storageDriver says\. To fix: set daemon\.data-root to a directory on Btrfs, or storageDriver to Auto$/,
      ),
    ]);
  });

  test("FuseOverlayfs without its device", async () => {
    await host.run("mount --bind /etc/hostname /dev/fuse");
    const said = await refusals({ ...plain, storageDriver: "FuseOverlayfs" });
    await host.run("umount /dev/fuse");
    expect(said).toEqual([
      expect.stringMatching(
        /^preflight: storageDriver: found no device \/dev\/fuse; wanted the character device that fuse-overlayfs works with\. To fix: load it with 'modprobe fuse'/,
      ),
    ]);
    await app.apply("preflight", { ...plain, storageDriver: "FuseOverlayfs" });
  });

  test.each([
    ["/on-overlay/docker", "overlayfs", "the engine refuses it on this file system"],
    ["/on-fuse/docker", "fuse", ".+"],
  ])("Overlay2 in %s", async (root, fileSystem, said) => {
    expect(await refusals(at(root, { storageDriver: "Overlay2" }))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^preflight: storageDriver: found that overlay2 does not work on ${root} \\(${fileSystem}\\): ${said}; wanted overlay2, as asked for\\. To fix: put daemon\\.data-root on another file system, such as ext4; or set storageDriver to Auto, which takes what works$`,
        ),
      ),
    ]);
  });

  test("root writes nothing where others may have put a link", async () => {
    await host.run("mkdir /tmp/others && chown daemon /tmp/others");
    const inode = "stat -c %z /tmp/others";
    const before = await host.run(inode);
    await app.apply("preflight", at("/tmp/others/docker", { storageDriver: "Overlay2" }));
    expect(await host.run(inode)).toBe(before);
  });

  test("what can work passes: Overlay2, Vfs, and Auto anywhere", async () => {
    for (const wishes of [
      { ...plain, storageDriver: "Overlay2" },
      at("/on-fuse/docker", { storageDriver: "Vfs" }),
      at("/on-fuse/docker"),
    ])
      expect((await app.apply("preflight", wishes)).changed).toEqual([]);
  });
});

describe("the daemon", () => {
  let fresh: Awaited<ReturnType<typeof snapshotHost>>;

  beforeAll(async () => {
    await app.revertAgent();
    fresh = await snapshot();
  });

  test("Auto takes overlay2, leaves it to the engine to choose it, and says why", async () => {
    const { daemon } = await app.applyAll(plain);
    const why =
      /which worked as app on \/home\/app\/\.local\/share\/docker \(.+\) when it was chosen$/;
    expect(daemon.said).toContainEqual(expect.stringMatching(why));
    expect(daemon.facts.storageDriver).toBe("overlay2");
    expect(daemon.facts["limitations.storageDrivers.status"]).toBe("available");
    expect(daemon.facts["limitations.storageDrivers.evidence"]).toMatch(why);
    expect(await daemonJson()).toEqual(bridges);
    expect(await fuseInstalled()).toBe(false);
    expect(await traces()).toBe("");

    const started = await daemonStart(host, "app");
    const again = await app.apply("daemon", plain);
    expect(again.changed).toEqual([]);
    expect(again.said.filter((line) => line.includes("storage driver"))).toEqual([]);
    expect(again.facts).toEqual(daemon.facts);
    expect(await daemonStart(host, "app")).toBe(started);
  });

  test("Auto where neither works: an error with both trials, the daemon untouched", async () => {
    await host.run("install -d -o app -g app /on-fuse/docker");
    const started = await daemonStart(host, "app");
    const { said } = await app.tryApply("daemon", at("/on-fuse/docker"));
    expect(said.slice(-1)[0]).toMatch(
      /^daemon: storageDriver: found that neither driver works as app on \/on-fuse\/docker \(fuse\): overlay2: .+; fuse-overlayfs: .+; wanted one that does\. To fix: put daemon\.data-root on another file system, .*Vfs if its slowness/,
    );
    const asked = await app.tryApply(
      "daemon",
      at("/on-fuse/docker", { storageDriver: "Overlay2" }),
    );
    expect(asked.said).toEqual([
      expect.stringMatching(
        /^daemon: storageDriver: found that overlay2 does not work as app on \/on-fuse\/docker \(fuse\): /,
      ),
    ]);
    expect(await daemonStart(host, "app")).toBe(started);
    expect((await app.apply("daemon", plain)).changed).toEqual([
      "/etc/apt/apt.conf.d/99rootless-docker-a1 removed",
      expect.stringMatching(/^packages removed:.* fuse-overlayfs/),
    ]);
  });

  test("Auto without /dev/fuse where overlay does not work: never vfs", async () => {
    await host.run(
      "install -d -o app -g app /on-overlay/docker; mount --bind /etc/hostname /dev/fuse",
    );
    const { exitCode, said } = await app.tryApply("daemon", at("/on-overlay/docker"));
    await host.run("umount /dev/fuse");
    expect(exitCode).toBe(1);
    expect(said.slice(-1)[0]).toContain("fuse-overlayfs: there is no device /dev/fuse; wanted");
    expect(await fuseInstalled()).toBe(false);
  });

  test("a data root where the account cannot write", async () => {
    const { said } = await app.tryApply("daemon", at("/srv/docker"));
    expect(said).toEqual([
      "daemon: daemon.data-root: found /srv, where account app cannot write; wanted a place of its own. To fix: make /srv/docker and give it to app, or set another data-root",
    ]);
  });

  test("Auto takes fuse-overlayfs where overlay does not work, names it, and says why", async () => {
    const { facts, said } = await app.apply("daemon", at("/on-overlay/docker"));
    const why =
      "fuse-overlayfs, since overlay2 did not work as app on /on-overlay/docker (overlayfs) when it was chosen: the engine refuses it on this file system";
    expect(said).toContain(`daemon: storage driver ${why}`);
    expect([facts.storageDriver, await info(".Driver")]).toEqual(Array(2).fill("fuse-overlayfs"));
    expect(facts["limitations.storageDrivers.status"]).toBe("limited");
    expect(facts["limitations.storageDrivers.evidence"]).toBe(
      `docker info: Driver is ${why}; it is slower than the kernel's`,
    );
    expect(await daemonJson()).toEqual({
      ...bridges,
      "data-root": "/on-overlay/docker",
      "storage-driver": "fuse-overlayfs",
    });
    await importImage(host, "app");
    const run = "docker run --rm busybox sh -c 'rm /bin/wget && ls /bin/wget || echo gone'";
    expect(await asAccount(host, "app", `${run} 2>/dev/null`)).toBe("gone\n");

    const started = await daemonStart(host, "app");
    const again = await app.apply("daemon", at("/on-overlay/docker"));
    expect([again.changed, again.facts]).toEqual([[], facts]);
    expect(await daemonStart(host, "app")).toBe(started);
  });

  test("Btrfs on Btrfs", async () => {
    await host.run(`set -e
      truncate -s 300M /btrfs.image && mkfs.btrfs -q /btrfs.image && mkdir /btrfs
      [ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
      for i in $(seq 0 31); do [ -e /dev/loop$i ] || mknod /dev/loop$i b 7 $i; done
      mount -o loop /btrfs.image /btrfs && install -d -o app -g app /btrfs/docker`);
    const wishes = at("/btrfs/docker", { storageDriver: "Btrfs" });
    await app.apply("preflight", wishes);
    const { facts } = await app.apply("daemon", wishes);
    expect([facts.storageDriver, await info(".Driver")]).toEqual(["btrfs", "btrfs"]);
    expect(facts["limitations.storageDrivers.evidence"]).toBe(
      "docker info: Driver is btrfs, as storageDriver says",
    );
    expect((await app.apply("daemon", wishes)).changed).toEqual([]);
  });

  test("reverted, the host is as before", async () => {
    await app.revert("daemon", plain);
    await app.revert("daemon", plain);
    // Directories that were there before stay, with what they hold, and keep the account.
    await host.run(`umount /btrfs && rm -r /btrfs /btrfs.image
      rm -r /on-overlay/docker /on-fuse/docker`);
    await app.revertAll(plain);
    // The program under /on-fuse, which no package has, uses a library that came with fuse-overlayfs.
    const ofProgram = /libfuse3|ld\.so\.cache/;
    const left = diffSnapshots(fresh, await snapshot());
    expect(left.filter((line) => !ofProgram.test(line))).toEqual([]);
  });
});
