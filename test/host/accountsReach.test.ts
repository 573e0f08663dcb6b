import { readFileSync } from "node:fs";
import { join } from "node:path";
import { destroyAllHosts, type TestHost } from "../../testbed/hosts";
import { give } from "../../testkit/accountOnly";
import { bootHost } from "../../testkit/host";
import { Installation } from "../../testkit/installation";

// What an account could reach of root's, or of the next account's, by what root runs for it.

let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
  await host.run("apt-get -qq update; apt-get -qqy install uidmap >/dev/null 2>&1");
});
afterAll(destroyAllHosts);

/** keyctl(2): KEYCTL_GET_KEYRING_ID of KEY_SPEC_SESSION_KEYRING, without making one. */
const ring = `perl -e 'print syscall(250, 0, -3, 0), "\\n"'`;

test("root's environment and session keyring", async () => {
  const reach = await give(host, "reach");
  await reach.apply();
  // The last program before the account's own, with all that it hands on.
  await host.run(`printf '#!/bin/sh
    { id -un; pwd; tr "\\\\0" "\\\\n" </proc/$$/environ; ${ring.replaceAll("'", `'"'"'`)}; } >>/tmp/seen.$(id -u)
    exec /usr/bin/setsid "$@"\\n' >/usr/local/sbin/setsid; chmod 755 /usr/local/sbin/setsid`);
  const own =
    await host.run(`mkdir -m 700 /root/closed; mkdir -m 755 /root/closed/open; cd /root/closed/open; ${ring}; export ROOTS_TOKEN=hunter2
    sh /var/lib/rootless-docker/agent doctor reach >/dev/null || true; rm -r /usr/local/sbin/setsid /root/closed`);
  const seen = await host.run("cat /tmp/seen.*; rm /tmp/seen.*");
  expect(seen).toMatch(/^root\n\/\n/);
  expect(seen).not.toContain("/root");
  expect(seen).not.toContain("hunter2");
  const rings = seen.split("\n").filter((line) => /^\d+$/.test(line));
  expect(rings.length).toBeGreaterThan(0);
  expect(rings).not.toContain(own.trim());
  await reach.back();
});

test("a process with subordinate ids that a timer started ends before the ids are given back", async () => {
  const left = await give(host, "left");
  await left.apply();
  // Not below its login or its service manager, as a crontab's.
  // As a power cut leaves it: no file of the account's own.
  await host.run(
    "cd /home/left; install -d -o left .rootless-docker-trial.abcdef/upper/new; touch .rootless-docker-trial.abcdef/file",
  );
  await host.run(`cat >/tmp/left.sh <<'END'
unshare --map-root-user --pid --fork sleep 1000 &
exec unshare --user --map-auto --map-root-user setpriv --reuid 33 --regid 33 --clear-groups setsid sleep 1000
END
    systemd-run --quiet --unit=cron --uid=left --property=KillMode=none sh /tmp/left.sh`);
  const range = await host.run("sed -n 's/^left:\\([0-9]*\\):.*/\\1/p' /etc/subuid");
  const uid = Number(range) + 32;
  const count = () => host.run(`pgrep -c -u ${uid} sleep || true`);
  await host.run(`for i in $(seq 3000); do pgrep -u ${uid} sleep && break; sleep 0.1; done`);
  expect(await count()).toBe("1\n");
  expect((await left.back()).said.join()).toContain("account left and /home/left removed");
  expect(await count()).toBe("0\n");
});

test("a file system over its home that never answers holds nobody else up", async () => {
  await host.run("useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 mute");
  const mute = await give(host, "mute");
  await mute.apply();
  // Which others may look at, as a network's whose server is away. mount(2) has this number on amd64 alone.
  await host.run(`cat >/root/mute.pl <<'PL'
use Fcntl;
sysopen(my $fuse, "/dev/fuse", O_RDWR) or die $!;
my ($uid, $gid) = (getpwnam "mute")[2, 3];
my ($source, $home, $type) = ("mute", "/home/mute", "fuse");
my $options = "fd=" . fileno($fuse) . ",rootmode=40000,user_id=$uid,group_id=$gid,allow_other\\0";
syscall(165, $source, $home, $type, 0, $options) == 0 or die $!;
sleep 1000;
PL
    systemd-run -q --unit=mute perl /root/mute.pl; until grep -q ' /home/mute fuse ' /proc/mounts; do sleep 0.1; done`);
  const other = await give(host, "other");
  await other.apply();
  await host.run("systemctl stop mute; umount -l /home/mute");
  await other.back();
  await mute.back();
  await host.run("userdel -r mute 2>/dev/null; rm /root/mute.pl");
}, 60_000);

test.each([
  ["program", ""],
  ["root", "root"],
])(
  "a neighbour's process whose %s is where nobody answers any more holds up nobody's end",
  async (_, argument) => {
    await host.run(
      `apt-get -qqy install busybox-static >/dev/null 2>&1; useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 near
    install -d -o near /srv/near; cat >/srv/unanswered.pl`,
      { input: readFileSync(join(__dirname, "unanswered.pl")) },
    );
    const other = await give(host, "other");
    await other.apply();
    await host.run(`systemd-run -q --collect --unit=near --uid=near \\
      unshare --user --map-root-user --mount perl /srv/unanswered.pl /srv/near /bin/busybox ${argument}
    for i in $(seq 600); do pgrep -u near -x x && break; sleep 0.1; done; sleep 5`);
    try {
      expect((await other.back()).said.join()).toContain("account other and /home/other removed");
    } finally {
      await host.run(
        "systemctl kill -s KILL near; sleep 1; userdel -rf near 2>/dev/null; rm -rf /srv/near",
      );
    }
  },
  60_000,
);

test("a neighbour's processes are not root's daemon, and hold no lock of accounts", async () => {
  await host.run(`useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 near; install -d -o near /srv/near
    ln -s /usr/bin/su /home/near/dockerd
    systemd-run -q --collect --unit=near1 --uid=near sh -c 'sleep 1000 | /home/near/dockerd root'
    systemd-run -q --collect --unit=near2 --uid=near unshare --user --map-root-user --mount sh -c \\
      'mount -t tmpfs x /srv/near; cd /srv/near; mkdir etc; exec 8>etc/.pwd.lock; umount -l .; exec sleep 1000'
    for i in $(seq 300); do pgrep -x dockerd && pgrep -u near -f '^sleep 1000' && break; sleep 0.1; done; sleep 1`);
  const app = new Installation(host, "cc");
  await app.install();
  await app.apply("preflight", { account: { name: "app" } });
  await app.revertAgent();
  await host.run(
    `printf %s "$(systemctl show -p MainPID --value near2)" >/etc/passwd.lock
    printf '#!/bin/sh\\necho $$ >/root/userdel; exec /usr/sbin/userdel "$@"\\n' >/usr/local/sbin/userdel
    chmod 755 /usr/local/sbin/userdel`,
  );
  const other = await give(host, "other");
  await other.apply();
  await other.back();
  // Whoever finds a lock with its number finds no process: a userdel that is killed leaves nobody locked out.
  expect(
    await host.run(
      "n=$(cat /root/userdel); ls -d /proc/$n 2>/dev/null || echo nobody; rm /root/userdel /usr/local/sbin/userdel",
    ),
  ).toBe("nobody\n");
  await host.run("systemctl stop near1 near2; userdel -r near 2>/dev/null; rm -r /srv/near");
});

test("a file of its own whose name has a line break is kept", async () => {
  const lines = await give(host, "lines");
  await lines.apply();
  await host.run(
    `cd /home/lines && f=$(printf '.bashrc\\n.profile') && echo important >"$f" && chown lines "$f"`,
  );
  expect((await lines.back()).said.join()).toContain("account lines stays");
  expect(await host.run("cat /home/lines/.bashrc*profile")).toBe("important\n");
});

test("what of its home is mounted elsewhere too is not emptied there, and named", async () => {
  const bound = await give(host, "bound", { onDestroy: { data: "Delete" } });
  await bound.apply();
  const { lease } = bound.installation;
  const setting = `/var/lib/rootless-docker/leases/${lease}/on-destroy-data`;
  const refused = async (place: string) => {
    await expect(bound.back()).rejects.toThrow(
      `/home/bound: found that something in it is mounted elsewhere too, or by /etc/fstab or a unit (${place}); wanted it nowhere else when it is removed. To fix: unmount it, and take what mounts it out of /etc/fstab or its unit, then run again; or keep all, by a pulumi up with onDestroy.data: Keep`,
    );
  };
  await host.run(`echo delete >${setting}; mkdir -p '/home/bound/my store' '/srv/my own/store'
    mount --bind '/home/bound/my store' '/srv/my own/store'; echo precious >'/srv/my own/store/file'`);
  await refused("'/srv/my own/store'");
  await host.run(`cat '/srv/my own/store/file'; grep ^bound: /etc/subuid; umount '/srv/my own/store'
    echo '/home//bound/my\\040store/ /srv/my\\040own/store none bind 0 0' >>/etc/fstab`);
  await refused("'/home/bound/my store'");
  await host.run(`sed -i '/bound/d' /etc/fstab; rm '/home/bound/my store/file'; echo keep >${setting}
    mount --bind '/home/bound/my store' '/srv/my own/store'`);
  expect((await bound.installation.revert("account", bound.all)).said.join("\n")).toContain(
    "account bound stays, with its subordinate ids: something is mounted at '/srv/my own/store'",
  );
  await bound.apply();
  await host.run(`echo delete >${setting}`);
  await refused("'/srv/my own/store'");
  // A neighbour's links in the places of his own.
  await host.run(`umount '/srv/my own/store'; rmdir '/srv/my own/store' '/srv/my own'; useradd -m near
    ln -s /home/bound/.local /home/near/public; ln -s /home/bound/.x /home/near/nas
    printf '/home/near/public /srv/near none bind 0 0\\n//nas/near /home/near/nas cifs noauto,user 0 0\\n' >>/etc/fstab`);
  expect((await bound.back()).said.join()).toContain("account bound and /home/bound removed");
  await host.run("sed -i /near/d /etc/fstab; userdel -r near 2>/dev/null");
});
