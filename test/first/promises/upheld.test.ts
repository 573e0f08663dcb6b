import { createHost, destroyAllHosts, type NspawnHost } from "../../../stand-ins/hosts";
import { asAccount, daemonStart, root } from "../../support/host";
import type { StepArgs } from "../../support/documents";
import { expectDestroyNotHeldUp, expectPlantRefused, plants } from "../../support/hostileAccount";
import { Installation } from "../../support/installation";
import { promise, runAll, testRows, type Row } from "../../support/promise";

// What holds while it is there: promises 7 to 11, and at last 4. One host for all, in the order of the tests.

let host: NspawnHost;
let ada: Installation;
let bob: Installation;

let installations = 0;
const install = () => new Installation(host, `b${++installations}`);
const secret = "s3cret-value-of-ada";
const adas: StepArgs = {
  owner: "infra/prod/ada",
  account: { name: "ada" },
  storageDriver: "fuse-overlayfs",
  secretEnvironment: { TOKEN: secret },
  onDestroy: { data: "delete" },
};
const bobs: StepArgs = {
  owner: "infra/test/bob",
  account: { name: "bob" },
  onDestroy: { data: "delete" },
};

const programs =
  "awk sed grep cat cp mv rm tr cut head tail sort comm cmp sha256sum env setpriv runuser docker systemctl install tee stat find perl timeout flock";

const packages: Row[] = [
  {
    promise: 4,
    name: "one that was there stays, as it was marked",
    before:
      "apt-get -qq update >/dev/null; apt-get -qq -y --no-install-recommends install passt >/dev/null 2>&1",
    after: "dpkg -s passt | grep -q 'ok installed'; apt-mark showmanual | grep -qx passt",
  },
  {
    promise: 4,
    name: "one that somebody has asked for by now stays",
    change: "apt-get -qq -y install slirp4netns >/dev/null 2>&1",
    after: "dpkg -s slirp4netns | grep -q 'ok installed'; echo slirp4netns",
  },
  {
    promise: 4,
    name: "one that a package of theirs needs stays",
    change: `mkdir -p /tmp/theirs/DEBIAN
      printf 'Package: theirs\\nVersion: 1\\nArchitecture: all\\nMaintainer: m <m@example.com>\\nDescription: d\\nDepends: uidmap\\n' >/tmp/theirs/DEBIAN/control
      dpkg-deb -b /tmp/theirs /tmp/theirs.deb >/dev/null; dpkg -i /tmp/theirs.deb >/dev/null`,
    after: "dpkg -s uidmap | grep -q 'ok installed'; [ -u /usr/bin/newuidmap ]; echo uidmap",
  },
  {
    promise: 4,
    name: "one that no up has wanted of late goes, too",
    after: "none dpkg -s fuse-overlayfs",
  },
  {
    promise: 4,
    name: "all others go, and what they brought",
    change: "command -v dockerd rootlesskit >/dev/null",
    after:
      "none command -v dockerd; none command -v rootlesskit; none command -v containerd; none dpkg -s docker.io",
  },
  {
    promise: 1,
    name: "the mask of root's daemon goes once the packages are gone: a boot in between starts no daemon",
    // dpkg runs it each time before it changes anything.
    change: `echo 'pre-invoke=readlink /etc/systemd/system/docker.service >>/root/masks || echo no mask >>/root/masks' \
      >/etc/dpkg/dpkg.cfg.d/look`,
    after: `grep -qx /dev/null /root/masks; none grep -qx 'no mask' /root/masks
      none ls -d /etc/systemd/system/docker.service; rm /etc/dpkg/dpkg.cfg.d/look /root/masks`,
  },
  {
    promise: 2,
    name: "a group docker that was there stays, although nobody is in it",
    before: "groupadd docker",
    after: "getent group docker >/dev/null; groupdel docker",
  },
];

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  await runAll(host, packages, "before");
});
afterAll(destroyAllHosts);

test(
  promise(11, "not in arguments, in files that others can read, in the report, on stderr"),
  async () => {
    await root(
      host,
      `: >/run/heard; chmod 622 /run/heard
    for program in ${programs}; do
      own=$(command -v $program) || continue
      printf '#!/bin/sh\\nprintf "%%s\\\\n" "$0 $*" >>/run/heard\\nexec %s "$@"\\n' "$own" >/root/$program; chmod 755 /root/$program
    done
    for program in ${programs}; do [ ! -e /root/$program ] || mv /root/$program /usr/local/sbin; done`,
    );
    ada = install();
    const done = await ada.up(adas);
    // One that fails says why, and the daemon's own words are part of that.
    const failed = await ada.tryUp({ ...adas, daemon: { bip: "1.2.3.4/99" } });
    const heard = await root(
      host,
      `cd /usr/local/sbin; rm ${programs} 2>/dev/null || true; cat /run/heard; rm /run/heard`,
    );
    expect(heard.split("\n").length).toBeGreaterThan(20);
    expect(heard).not.toContain(secret);
    expect(failed.exitCode).not.toBe(0);
    expect(JSON.stringify([done, failed])).not.toContain(secret);
    const readable = `setpriv --reuid nobody --clear-groups grep -rlsI ${secret} /etc /home /opt /root /run /srv /tmp /usr/local /var`;
    expect((await host.ssh(readable)).stdout).toBe("");
    expect(await root(host, "grep -rls s3cret-value /home/ada | head -n 1")).toContain(
      "/home/ada/",
    );
  },
);

describe("drift", () => {
  beforeAll(() => ada.up(adas));

  test(
    promise(10, "nothing is shown where nobody has changed anything, and nothing changes"),
    async () => {
      expect(await ada.drift()).toEqual([]);
      expect((await ada.up(adas)).changed).toEqual([]);
    },
  );

  test(promise(10, "what was changed by hand is shown, and put right"), async () => {
    const config = "/home/ada/.config/docker/daemon.json";
    await root(
      host,
      `sysctl -qw net.ipv4.ping_group_range='1 0'; sed -i '1s/{/{ "debug": true,/' ${config}; loginctl disable-linger ada`,
    );
    const about = (await ada.drift()).map((one) => one.about).join("\n");
    expect(about).toContain("net.ipv4.ping_group_range");
    expect(about).toContain("daemon.json");
    expect(about).toMatch(/linger/i);
    await ada.up(adas);
    expect(await ada.drift()).toEqual([]);
    await root(host, `[ -e /var/lib/systemd/linger/ada ]; none grep debug ${config}`);
  });
});

test(promise(4, "an up that does not want one any more leaves it"), async () => {
  await ada.up({ ...adas, storageDriver: "overlay2" });
  await root(host, "dpkg -s fuse-overlayfs >/dev/null");
});

describe("two accounts", () => {
  beforeAll(async () => {
    bob = install();
    await bob.up(bobs);
  });

  test(
    promise(
      9,
      "two daemons, and two values for one thing of the machine are an error that names both",
    ),
    async () => {
      for (const account of ["ada", "bob"])
        expect(await asAccount(host, account, "docker info -f '{{.SecurityOptions}}'")).toContain(
          "rootless",
        );
      const { exitCode, said } = await bob.tryUp({
        ...bobs,
        kernel: { sysctls: { "net.ipv4.ping_group_range": "0 9" } },
      });
      expect(exitCode).not.toBe(0);
      expect(
        said.filter((line) => line.includes("infra/prod/ada") && line.includes("infra/test/bob")),
      ).not.toEqual([]);
      await bob.up(bobs);
    },
  );

  test(
    promise(9, "the same owner takes over, and the one from before changes nothing any more"),
    async () => {
      const started = await daemonStart(host, "bob");
      const lost = bob;
      bob = install();
      await bob.up(bobs);
      await lost.destroy();
      expect(await daemonStart(host, "bob")).toBe(started);
      expect((await bob.up(bobs)).changed).toEqual([]);
    },
  );

  test(
    promise(9, "another owner is an error that names the holder, unless it says takeOver"),
    async () => {
      const others = { ...bobs, owner: "ops/dev/other" };
      const other = install();
      const { exitCode, said } = await other.tryUp(others);
      expect(exitCode).not.toBe(0);
      expect(said.filter((line) => line.includes("infra/test/bob"))).not.toEqual([]);
      await other.up({ ...others, operations: { takeOver: true } });
      await bob.destroy();
      expect(await asAccount(host, "bob", "docker info -f '{{.SecurityOptions}}'")).toContain(
        "rootless",
      );
      bob = other;
    },
  );

  test(
    promise(9, "one goes, and the other's daemon runs on with what the machine has for both"),
    async () => {
      const started = await daemonStart(host, "ada");
      const pings = await root(host, "sysctl -n net.ipv4.ping_group_range");
      await bob.destroy();
      await root(host, "none id bob; command -v rootlesskit >/dev/null");
      expect(await daemonStart(host, "ada")).toBe(started);
      expect(await root(host, "sysctl -n net.ipv4.ping_group_range")).toBe(pings);
      await root(
        host,
        `cd /var/lib/rootless-docker; [ -s installations/${ada.id}/machine ]; [ -s agents/${ada.id}/agent ]`,
      );
    },
  );
});

describe("a hostile account", () => {
  test.each(plants)(promise(7, "%s"), async (_what, plant) => {
    await expectPlantRefused(host, install(), plant);
  });

  test(
    promise(7, "one that was made here holds no destroy up, whatever it does in its home"),
    async () => {
      await expectDestroyNotHeldUp(host, install());
    },
  );

  test(
    promise(7, "a home that others can lead elsewhere is refused, and none is made"),
    async () => {
      await root(host, "install -d -o nobody /srv/nobodys");
      const app = install();
      const { exitCode, said } = await app.tryUp({
        account: { name: "led", home: "/srv/nobodys/led" },
      });
      expect(exitCode).not.toBe(0);
      expect(said.filter((line) => line.includes("account.home"))).not.toEqual([]);
      await app.destroy();
      await root(host, "none id led; rmdir /srv/nobodys");
    },
  );
});

test(promise(8, "an agent that is not whole is an error, and is put back"), async () => {
  await root(host, "find /var/lib/rootless-docker -name agent -type f -exec truncate -s 3 {} +");
  expect((await ada.tryApply("machine", adas)).exitCode).not.toBe(0);
  expect((await ada.tryRevert("machine", adas)).exitCode).not.toBe(0);
  await ada.up({ ...adas, storageDriver: "overlay2" });
});

describe("the last one goes", () => {
  let said: string[] = [];
  beforeAll(async () => {
    await runAll(host, packages, "change");
    ({ said } = await ada.destroy());
  });
  testRows(
    () => host,
    packages,
    () => said,
  );
});
