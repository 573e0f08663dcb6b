import { join } from "node:path";
import { OnDestroyData, StorageDriver } from "../../index";
import {
  createHost,
  createVault,
  destroyAllHosts,
  diffSnapshots,
  formatImage,
  snapshotHost,
} from "../../testbed/hosts";
import { mountImage, unmountDisk } from "../../testbed/hosts/disk";
import { give } from "../../testkit/accountOnly";
import type { StepArgs } from "../../testkit/documents";
import { asAccount, importImage } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// Homes on Btrfs, whose subvolumes are devices of their own, and no mounts.
let host: Awaited<ReturnType<typeof createHost>>;
let at: string;
beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
  const vault = await createVault(2000);
  await formatImage(vault.path("disk"), "btrfs", 900);
  at = join(host.root, "homes");
  await host.run("mkdir /homes");
  await mountImage(vault.path("disk"), at);
  await host.reboot();
});
afterAll(async () => {
  await host.halt();
  await unmountDisk(at);
  await destroyAllHosts();
});

test("the storage driver Btrfs: destroy takes its layers away", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "b1");
  const wishes: StepArgs = {
    account: { name: "app", home: "/homes/app" },
    storageDriver: StorageDriver.Btrfs,
    onDestroy: { data: OnDestroyData.Delete },
  };
  await app.applyAll(wishes);
  await importImage(host, "app");
  const driver = "docker info -f '{{.Driver}}'; docker run --network none busybox true";
  expect(await asAccount(host, "app", driver)).toBe("btrfs\n");
  await app.revertAll(wishes);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  expect(await host.run("ls -A /homes")).toBe("");
});

test.each([
  [
    OnDestroyData.Keep,
    /account kept stays, with its subordinate ids: with \/homes\/kept .*files of its own \(data\/file\)/,
    "precious\n",
  ],
  [OnDestroyData.Delete, /account kept and \/homes\/kept removed/, ""],
])("a subvolume in the home, with %s", async (data, says, left) => {
  const kept = await give(host, "kept", {
    account: { name: "kept", home: "/homes/kept" },
    onDestroy: { data },
  });
  await kept.apply();
  await host.run(
    `echo ${data.toLowerCase()} >/var/lib/rootless-docker/leases/${kept.installation.lease}/on-destroy-data`,
  );
  // What `btrfs subvolume create` does.
  await asAccount(
    host,
    "kept",
    `perl -e 'open my $d, "<", "/homes/kept"; my $a = pack("q a4088", 0, "data"); ioctl $d, 0x5000940e, $a or die $!'; echo precious >~/data/file`,
  );
  const { said } = await kept.back();
  expect(said.join("\n")).toMatch(says);
  expect(await host.run("cat /homes/kept/data/file 2>/dev/null || true")).toBe(left);
  await host.run(
    "userdel -rf kept 2>/dev/null; rm -rf /homes/* /var/lib/rootless-docker; : >/etc/subuid; : >/etc/subgid",
  );
});

// Of the subvolume $2 in $1 as $3: what `btrfs subvolume snapshot -r` does.
const snapshot = `perl -e 'my ($in, $of, $name) = @ARGV; open my $d, "<", $in or die $!; open my $s, "<", "$in/$of" or die $!;
  my $a = pack "q Q Q Q4 a4040", fileno $s, 0, 2, 0, 0, 0, 0, $name; ioctl $d, 0x50009417, $a or die $!'`;
const subvolume = (name: string) =>
  `perl -e 'open my $d, "<", $ARGV[0]; my $a = pack "q a4088", 0, "${name}"; ioctl $d, 0x5000940e, $a or die $!'`;
/** What `btrfs property set SUBVOLUME ro false` does. */
const writable = `perl -e 'open my $d, "<", $ARGV[0]; my $a = pack "Q", 0; ioctl $d, 0x4008941a, $a or die $!'`;

test("files of its ids in a subvolume keep an account, and those in a read-only snapshot do not", async () => {
  const shop = await give(host, "shop");
  await shop.apply();
  await host.run(`${subvolume("data")} /homes; install -d -o shop /homes/data/shop`);
  expect((await shop.back()).said.join("\n")).toContain(
    "account shop stays, with its subordinate ids: /homes/data/shop is owned by one of them",
  );
  await shop.installation.install();
  await host.run(`${snapshot} /homes data before; rmdir /homes/data/shop`);
  await shop.apply();
  expect((await shop.back()).said.join("\n")).toContain("account shop and /home/shop removed");
  await host.run(`${writable} /homes/before; rm -rf /homes/before /homes/data`);
});

test("a read-only snapshot in the home: an error before anything goes, that names it", async () => {
  const kept = await give(host, "kept", {
    account: { name: "kept", home: "/homes/kept" },
    onDestroy: { data: OnDestroyData.Delete },
  });
  await kept.apply();
  await host.run(
    `echo delete >/var/lib/rootless-docker/leases/${kept.installation.lease}/on-destroy-data`,
  );
  await asAccount(host, "kept", `${subvolume("data")} ~; ${snapshot} ~ data before`);
  await expect(kept.back()).rejects.toThrow(
    /\/homes\/kept: found read-only subvolumes of Btrfs in it: before; wanted none when it is removed/,
  );
  expect(await host.run("grep -c ^kept: /etc/subuid; ls /homes/kept")).toBe("1\nbefore\ndata\n");
  await host.run(`${writable} /homes/kept/before; rmdir /homes/kept/before`);
  await kept.back();
  expect(await host.run("ls -A /homes; id kept 2>&1 || true")).toContain("no such user");
});

test("read-only snapshots in the data root, as containerd's are: destroy takes them away", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "b2");
  const wishes: StepArgs = {
    account: { name: "app", home: "/homes/app" },
    onDestroy: { data: OnDestroyData.Delete },
  };
  await app.applyAll(wishes);
  await asAccount(
    host,
    "app",
    `cd ~/.local/share/docker/containerd; ${subvolume("one")} .; ${snapshot} . one two`,
  );
  await app.revertAll(wishes);
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  expect(await host.run("ls -A /homes")).toBe("");
});
