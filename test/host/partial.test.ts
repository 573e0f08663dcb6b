import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  fillDisk,
  freeDisk,
  snapshotHost,
  type HostSnapshot,
  type NspawnHost,
} from "../../testbed/hosts";
import type { StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";

// What tools leave that were killed in moments too short to hit: made by hand here.
let host: NspawnHost;

beforeAll(async () => {
  host = await createHost({ suite: "trixie", diskMegabytes: 2500 });
});
afterAll(destroyAllHosts);

const wishes: StepArgs = { account: { name: "app" }, resourceControllers: [] };

async function differences(before: HostSnapshot): Promise<string[]> {
  return diffSnapshots(before, await snapshotHost(host));
}

/** Applies agent, preflight and account, and returns how to take them back. */
async function giveAccount(lease: string) {
  const app = new Installation(host, lease);
  await app.install();
  await app.apply("preflight", wishes);
  await app.apply("account", wishes);
  const back = async () => {
    await app.revert("account", wishes);
    await app.revertAgent();
  };
  return { app, back };
}

const recordOfAccount = "/var/lib/rootless-docker/things/account/app/baseline";

/** Takes the account out of files in which a killed useradd or userdel leaves it, or does not. */
const takeOut = (...files: string[]) =>
  host.run(files.map((file) => `sed -i /^app:/d /etc/${file}`).join("\n"));

test("a useradd that was killed between its files is done again", async () => {
  const before = await snapshotHost(host);
  const { app, back } = await giveAccount("e1");
  const whole = await snapshotHost(host);
  await host.run(`rm -r ${recordOfAccount}/made /home/app`);
  await takeOut("shadow", "group", "gshadow");
  await app.apply("account", wishes);
  const left = await differences(whole);
  expect(left.filter((line) => !line.includes("/var/lib/rootless-docker"))).toEqual([]);
  await back();
  expect(await differences(before)).toEqual([]);
});

test("a userdel that was killed between its files is finished", async () => {
  const before = await snapshotHost(host);
  const { back } = await giveAccount("e2");
  await host.run(
    "loginctl disable-linger app; systemctl stop user@1000; systemctl reset-failed; rm -r /home/app; echo leaving >" +
      `${recordOfAccount}/leaving`,
  );
  // Its ids are taken back before.
  await takeOut("passwd", "subuid", "subgid");
  await back();
  expect(await differences(before)).toEqual([]);
});

test("a lock from before a boot counts for nothing, whoever has its number now", async () => {
  const before = await snapshotHost(host);
  await host.run(
    `for file in passwd group subuid; do
      echo 1 >/etc/$file.lock && touch -d '2 days ago' /etc/$file.lock
    done
    cp /etc/group /etc/group+; echo 999999 >/etc/group.999999`,
  );
  const { back } = await giveAccount("e3");
  expect(await host.run("ls /etc/*.lock /etc/*+ /etc/group.* 2>/dev/null || true")).toBe("");
  await back();
  expect(await differences(before)).toEqual([]);
});

test("a lock that is held is waited for", async () => {
  await host.run("useradd -m -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 app");
  await host.run(
    `systemd-run -q sh -c 'printf %s $$$$ >/etc/subuid.lock; sleep 5; touch /run/released; rm /etc/subuid.lock'
    until [ -s /etc/subuid.lock ]; do sleep 0.1; done`,
  );
  const { back } = await giveAccount("e4");
  await host.run("test -e /run/released && grep -q ^app: /etc/subuid");
  await back();
  await host.run("userdel -r app 2>/dev/null; systemctl reset-failed; rm /run/released");
});

test("a step that fails on a full disk says so, and can be run again", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "e5");
  await app.install();
  await app.apply("preflight", wishes);
  await fillDisk(host.root);
  const { exitCode, said } = await app.tryApply("account", wishes);
  expect(exitCode).not.toBe(0);
  expect(said.at(-1)).toMatch(
    /^account: disk: found \d+ KB free on \/; wanted room for what this step writes\. To fix: /,
  );
  freeDisk(host.root);
  await host.run("dd if=/dev/zero of=/run/full bs=4k 2>/dev/null || true");
  expect((await app.tryApply("account", wishes)).said.at(-1)).toMatch(
    /^account: disk: found \d+ KB free on \/run; wanted room/,
  );
  await host.run("rm /run/full");
  await app.apply("account", wishes);
  await app.revert("account", wishes);
  await app.revertAgent();
  expect(await differences(before)).toEqual([]);
});

/** What a dpkg leaves that was killed before it ran ldconfig for another package. */
const leaveTriggerPending = () =>
  host.run(
    `awk '/^Package: / { ours = $2 == "libc-bin" }
        ours && /^Status: / { print "Status: install ok triggers-pending\\nTriggers-Pending: ldconfig"; next }
        { print }' \
      /var/lib/dpkg/status >/var/lib/dpkg/status.new && mv /var/lib/dpkg/status.new /var/lib/dpkg/status
    dpkg-query -W -f '\${db:Status-Abbrev}' libc-bin | grep -q it`,
  );

test("packages that a full disk left half unpacked are completed, and go again", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "e8");
  await app.install();
  await app.apply("preflight", wishes);
  const full = app.tryApply("engine", wishes);
  await host.run(
    "for i in $(seq 3000); do dpkg-query -W -f '${db:Status-Abbrev}\\n' | grep -q '^i[UH]' && pkill -STOP -x dpkg && exit; sleep 0.02; done; exit 1",
  );
  await fillDisk(host.root);
  await host.run("pkill -CONT -x dpkg");
  expect(await full).toMatchObject({ exitCode: 1 });
  freeDisk(host.root);
  // What makes apt refuse everything else, whichever packages there was room for: one without another.
  const check = await host.ssh(
    "{ dpkg --unpack /var/cache/apt/archives/docker.io_*.deb; dpkg --remove --force-depends runc; dpkg --configure -a; } >/dev/null 2>&1; apt-get check",
  );
  expect(check.stderr).toContain("Unmet dependencies");
  await app.apply("engine", wishes);
  expect((await host.ssh("dpkg --audit")).stdout).toBe("");
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(await differences(before)).toEqual([]);
});

test.each([
  ["dpkg", "as apt left it"],
  ["dpkg", "not there any more"],
  ["apt-get", "as apt left it"],
])(
  "a package is taken back where %s was killed while it unpacked, its archive %s",
  async (program, archive) => {
    const before = await snapshotHost(host);
    const app = new Installation(host, "e9");
    await app.install();
    await app.apply("preflight", wishes);
    const killed = app.tryApply("engine", wishes);
    await host.run(`for i in $(seq 3000); do [ ! -e /usr/sbin/dockerd.dpkg-new ] || break; sleep 0.02; done
      pkill -STOP -x dpkg; pkill -KILL -f '[a]gent apply engine'; pkill -KILL -x ${program}; pkill -KILL -x dpkg; while pgrep -x apt-get; do sleep 0.1; done
      dpkg-query -W -f '\${db:Status-Abbrev}' docker.io | grep -q iHR; ls /usr/sbin/dockerd.dpkg-new`);
    expect((await killed).exitCode).not.toBe(0);
    if (archive === "not there any more")
      await host.run("rm /var/cache/apt/archives/docker.io_*.deb");
    await app.revert("engine", wishes);
    await app.revertAgent();
    expect(await differences(before)).toEqual([]);
  },
);

test("what dpkg removed and could not write down, as on a full disk, is not taken for removed", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "ea");
  await app.install();
  await app.apply("preflight", wishes);
  await app.apply("engine", wishes);
  await host.run("mkdir /var/lib/dpkg/status-new");
  const { exitCode, said } = await app.tryRevert("engine", wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(
      /^engine: \/var\/lib\/dpkg\/updates: found dpkg's journal there: dpkg: error: .*status.*; wanted /,
    ),
  ]);
  await host.run("rmdir /var/lib/dpkg/status-new");
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(await differences(before)).toEqual([]);
});

test("a trigger of another package that failed on a full disk runs again", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "eb");
  await app.install();
  await app.apply("preflight", wishes);
  await app.apply("engine", wishes);
  const fails =
    "echo 'ldconfig: Writing of cache data failed: No space left on device' >&2; exit 1";
  await host.run(
    `printf '%s\\n' '#!/bin/sh' "$(cat)" >/run/full && chmod 755 /run/full && mount --bind /run/full /usr/sbin/ldconfig`,
    { input: fails },
  );
  const { exitCode, said } = await app.tryRevert("engine", wishes);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/^engine: triggers of libc-bin: found them pending: .*No space left/),
  ]);
  await host.run("umount /usr/sbin/ldconfig && rm /run/full");
  await app.revert("engine", wishes);
  await app.revertAgent();
  expect(await differences(before)).toEqual([]);
});

test("triggers of other packages that a killed dpkg did not come to are run", async () => {
  const app = new Installation(host, "e7");
  await app.install();
  await app.apply("preflight", wishes);
  await app.apply("engine", wishes);
  const state = () => host.run("dpkg-query -W -f '${db:Status-Abbrev}' libc-bin");
  const record = "/var/lib/rootless-docker/packages.before";
  await host.run(`touch ${record} ${record}.new`);
  await leaveTriggerPending();
  await app.apply("engine", wishes);
  expect(await host.run(`ls ${record}* 2>/dev/null || true`)).toBe("");
  expect(await state()).toBe("ii ");
  // A revert that had come to the end of dpkg's own work.
  await host.run(
    "for name in /var/lib/rootless-docker/things/package/*/name; do cat $name; echo; done | xargs dpkg --purge",
  );
  await leaveTriggerPending();
  await app.revert("engine", wishes);
  expect(await state()).toBe("ii ");
  await app.revertAgent();
});

test("a daemon that a boot has started again is stopped, before its data go", async () => {
  await host.run("useradd -m app");
  const all: StepArgs = { ...wishes, onDestroy: { data: "Delete" } };
  const app = new Installation(host, "e6");
  await app.applyAll(all);
  // As a revert leaves it that came as far as this.
  await host.run(
    `setpriv --reuid app --regid app --init-groups env XDG_RUNTIME_DIR=/run/user/$(id -u app) systemctl --user stop docker
    rm -r /var/lib/rootless-docker/things/userdaemon`,
  );
  await host.reboot();
  await host.run("for i in $(seq 3000); do pgrep -x dockerd && exit; sleep 0.1; done; exit 1");
  await app.revert("report", all);
  await app.revert("daemon", all);
  expect(
    await host.run("pgrep -x dockerd || true; ls -A /home/app/.local 2>/dev/null || true"),
  ).toBe("");
  await app.revertAll(all);
});

test("packages that a power cut left half removed are unpacked again by the next up", async () => {
  const before = await snapshotHost(host);
  const app = new Installation(host, "f1");
  await app.applyAll(wishes);
  const whole = await snapshotHost(host);
  // As dpkg's status has them in the middle of a purge, their files gone in part.
  await host.run(`setpriv --reuid app --regid app --init-groups env XDG_RUNTIME_DIR=/run/user/$(id -u app) systemctl --user stop docker
    for name in docker.io libslirp0 slirp4netns; do
      dpkg -L $name | while read -r file; do case $file in /etc/*) ;; *) [ ! -f "$file" ] || rm -f "$file" ;; esac; done
      sed -i "/^Package: $name\$/,/^Version:/s/^Status: .*/Status: purge ok half-installed/" /var/lib/dpkg/status
    done`);
  await app.applyAll(wishes);
  expect(await host.run("dpkg --audit; dpkg -V docker.io libslirp0 slirp4netns")).toBe("");
  const left = await differences(whole);
  expect(
    left.filter((line) => !/rootless-docker|docker\.service|process|\.local\/share/.test(line)),
  ).toEqual([]);
  await app.revertAll(wishes);
  expect(await differences(before)).toEqual([]);
});
