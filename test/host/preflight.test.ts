import { EngineSource } from "../../index";
import { stepCodeHash } from "../../src/agent/agentText";
import { renderDocument } from "../../src/steps/document";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../testbed/hosts";
import { bootHost } from "../../testkit/host";
import { documentsOf, type StepArgs } from "../../testkit/documents";
import { Installation } from "../../testkit/installation";
import { makeTlsAuthority } from "../../testkit/tlsAuthority";

// What stops an installation before it begins: each is provoked, named with what fixes it, and fixed.
afterAll(destroyAllHosts);

const authority = makeTlsAuthority("127.0.0.1");
let host: TestHost;
let app: Installation;
const wishes: StepArgs = { account: { name: "app" } };

beforeAll(async () => {
  host = await bootHost();
  await host.run("useradd --create-home app");
  app = new Installation(host, "e0");
  await app.install();
  // Its record and its lock are there then.
  await app.apply("preflight", wishes);
});

const preflight = (more: StepArgs = {}) => app.tryApply("preflight", { ...wishes, ...more });

interface Failure {
  name: string;
  provoke: string;
  wishes?: StepArgs;
  says: RegExp;
  /** What undoes the provocation beyond the message's own fix. Defaults to nothing. */
  cleanUp?: string;
}

const failures: Failure[] = [
  {
    name: "/dev/net/tun is root's alone",
    provoke: "chmod 600 /dev/net/tun",
    says: /^preflight: \/dev\/net\/tun: found that it does not open \(Permission denied\); wanted the device that .* To fix: let everybody open it with '(chmod 666 \/dev\/net\/tun)', as udev does$/,
  },
  {
    name: "/usr/bin is mounted with nosuid",
    provoke: "mount --bind /usr/bin /usr/bin; mount -o remount,bind,nosuid /usr/bin",
    says: /^preflight: \/usr\/bin: found it mounted with nosuid; wanted a mount without nosuid, since newuidmap .* To fix: remount it with '(mount -o remount,suid \/usr\/bin)', and take nosuid out of \/etc\/fstab$/,
    cleanUp: "umount -l /usr/bin",
  },
  {
    name: "the data root's mount has noexec, and containers get directories of it",
    provoke: "mkdir -p /srv/data; mount -t tmpfs -o noexec,mode=1777 tmpfs /srv/data",
    wishes: { storageDriver: "Vfs", daemon: { "data-root": "/srv/data/docker" } },
    says: /^preflight: daemon\.data-root: found \/srv\/data\/docker on \/srv\/data, which is mounted with noexec, and storage driver vfs; wanted a mount that programs can be started from, since no program of a container starts \('permission denied', 'executable file not found'\)\. To fix: remount it with '(mount -o remount,exec \/srv\/data)', and take noexec out of \/etc\/fstab; or use another storageDriver$/,
    cleanUp: "umount /srv/data; rmdir /srv/data",
  },
  {
    name: "/etc/subuid is a link",
    provoke: "mv /etc/subuid /srv/subuid; ln -s /srv/subuid /etc/subuid",
    says: /^preflight: \/etc\/subuid: found a symbolic link to \/srv\/subuid; wanted the file itself, since newuidmap and newgidmap do not follow links\. To fix: put the file in its place: '(cp -p --remove-destination "\$\(readlink -f \/etc\/subuid\)" \/etc\/subuid)'$/,
  },
];

test.each([
  [
    "of the system's, which has no home",
    "messagebus",
    /^preflight: account\.name: found that messagebus cannot write to its home, \/nonexistent; wanted an account with a home of its own/,
  ],
  [
    "whose home is a pattern for its unit",
    "pat",
    /^preflight: account\.home: found a pattern as the home of pat; wanted a path without \*, \? and \[/,
  ],
])("an account %s: an error", async (_what, name, says) => {
  await host.run("id pat 2>/dev/null || useradd -m -d '/home/pa[t]' pat");
  const { exitCode, said } = await preflight({ account: { name } });
  expect([exitCode, said]).toEqual([1, [expect.stringMatching(says)]]);
});

test.each(failures)("$name: named, and what it says fixes it", async (failure) => {
  await host.run(failure.provoke);
  const { exitCode, said } = await preflight(failure.wishes);
  expect([exitCode, said]).toEqual([1, [expect.stringMatching(failure.says)]]);
  await host.run(failure.says.exec(said[0])?.[1] ?? "false");
  expect(await preflight(failure.wishes)).toMatchObject({ exitCode: 0 });
  await host.run(failure.cleanUp ?? "true");
});

test.each([
  ["127.0.0.1", "127.0.0.1", "nobody"],
  ["0.0.0.0", "127.0.0.1", "nobody"],
  ["::", "127.0.0.1", "nobody"],
  ["127.0.0.1", "0.0.0.0", "nobody"],
  ["127.0.0.1", "127.0.0.2", undefined],
  ["127.0.0.1", "127.0.0.1", "app"],
])("a program listens at %s, and tcpSocket is to at %s: %s", async (taken, address, who) => {
  const listen = `push @held, IO::Socket::IP->new(LocalHost => "${taken}", LocalPort => 2376, Listen => 1) or die; sleep 999`;
  await host.run(`systemd-run -q --uid=${who ?? "nobody"} --unit=taker perl -MIO::Socket::IP -e '${listen}'
    timeout 20 sh -c "until ss -Hltn sport = :2376 | grep -q .; do sleep 0.1; done"`);
  const { exitCode, said } = await preflight({ tcpSocket: { ...authority.pem, address } });
  if (who === "nobody")
    expect([exitCode, said]).toEqual([
      1,
      [
        "preflight: tcpSocket.port: found port 2376 taken by a program of nobody; wanted it free, or the account's own. To fix: choose another port, or end the program, which 'ss -ltnp sport = :2376' names",
      ],
    ]);
  else expect([exitCode, said]).toEqual([0, ["preflight: nothing to change"]]);
  await host.run("systemctl stop taker");
});

test.each([
  ["/home/new", ", which has the home of the account in it; wanted a directory of its own"],
  ["/by-link/new", ", which has the home of the account in it; wanted a directory of its own"],
  ["/home", ", which has the home of the account in it; wanted a directory of its own"],
  [
    "/srv/mixed",
    " with swarm tmp in it, and no data of an engine; wanted an empty directory, or one that an engine has made",
  ],
])("a data root that has other things in it: %s", async (root, found) => {
  await host.run(
    "ln -sfT /home /by-link; mkdir -p /srv/mixed/tmp /srv/mixed/swarm /srv/mixed/photos",
  );
  const wishes = { account: { name: "new" }, daemon: { "data-root": root } };
  const { exitCode, said } = await preflight(wishes);
  expect([exitCode, said]).toEqual([
    1,
    [expect.stringContaining(`daemon.data-root: found ${root}${found}`)],
  ]);
  // Where an earlier version has started a daemon on it, that goes on.
  const record = `/var/lib/rootless-docker/things/data/${encodeURIComponent(root)}`;
  await host.run(`mkdir -p ${record}/baseline`);
  expect(await preflight(wishes)).toMatchObject({ exitCode: 0 });
  await host.run(`rm -r ${record}`);
  // What an engine has left, and what has no name of its, is no hindrance.
  await host.run("cd /srv/mixed && mkdir containers volumes");
  expect(await preflight({ ...wishes, daemon: { "data-root": "/srv/mixed" } })).toMatchObject({
    exitCode: 0,
  });
  await host.run("rm -r /srv/mixed /by-link");
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
  const all = Object.assign({}, ...failures.map(({ wishes }) => wishes)) as StepArgs;
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
  const archives = {
    source: EngineSource.StaticArchive,
    version: "29.8.1",
    sha256: "0".repeat(64),
    rootlessExtrasSha256: "0".repeat(64),
  };
  for (const [engine, program] of [
    [{}, "/usr/bin/rootlesskit"],
    [archives, "/usr/local/lib/rootless-docker/docker-*/rootlesskit"],
  ] as const) {
    const { exitCode, said } = await preflight({ engine, appArmorProfile: "None" });
    expect([exitCode, said]).toEqual([
      1,
      [
        `preflight: appArmorProfile: found None, kernel.apparmor_restrict_unprivileged_userns at 1, and no profile in /etc/apparmor.d for ${program}; wanted a profile that lets rootlesskit make user namespaces, since rootlesskit ends with 'fork/exec /proc/self/exe: permission denied' otherwise. To fix: leave appArmorProfile out, which brings one`,
      ],
    ]);
  }
  expect(await preflight()).toMatchObject({ exitCode: 0 });
  await host.run("umount /proc/sys/kernel");
});

test("an account that can become root by a group of its own is named", async () => {
  await host.run("useradd -m -G sudo,tty boss");
  const { exitCode, said } = await preflight({ account: { name: "boss" } });
  expect([exitCode, said]).toEqual([
    0,
    [
      "preflight: account boss is in group sudo, whose members can become root: so can what leaves one of its containers. An account of its own is safer",
      expect.anything(),
    ],
  ]);
  await host.run("userdel -r boss 2>/dev/null");
});

describe("cloud-init at work", () => {
  // Its clock is the number of times that it is asked: a wait takes no time here.
  const install = (script: string) =>
    host.run(
      `cd /usr/local/sbin && printf '#!/bin/sh\\nexit 0\\n' >sleep && cat >cloud-init && chmod 755 sleep cloud-init; rm -f /run/asked`,
      { input: `#!/bin/sh\necho >>/run/asked; asked=$(wc -l </run/asked)\n${script}\n` },
    );
  afterEach(() => host.run("rm -f /usr/local/sbin/sleep /usr/local/sbin/cloud-init /run/asked"));

  test("is waited for, with a line a minute", async () => {
    await install("if [ $asked -gt 30 ]; then echo status: done; else echo status: running; fi");
    const { exitCode, said } = await preflight();
    expect([exitCode, said.filter((line) => line.includes("cloud-init"))]).toEqual([
      0,
      [0, 1, 2].map((minute) => `preflight: waits for cloud-init to end (${minute} of 20 minutes)`),
    ]);
  });

  test("without end: an error after twenty minutes that says what it does", async () => {
    await install(
      'case $2 in --long) printf "status: running\\ndetail:\\nRunning in stage: modules\\033[31m-final\\n" ;; *) echo status: running ;; esac',
    );
    const { exitCode, said } = await preflight();
    expect(exitCode).toBe(1);
    expect(said.at(-1)).toBe(
      "preflight: cloud-init: found it at work for 20 minutes (status: running detail: Running in stage: modules[31m-final); wanted it to come to its end. To fix: see 'cloud-init status --long' and /var/log/cloud-init-output.log for what it waits for, end that, then run again",
    );
    expect(said.filter((line) => line.includes("waits for cloud-init"))).toHaveLength(21);
  });

  test("one that does not answer keeps nobody waiting", async () => {
    await install("exec /bin/sleep 600");
    expect(await preflight()).toMatchObject({ exitCode: 0 });
  });
});

test("a machine that is an unprivileged container itself, with too few ids", async () => {
  const agent = stepCodeHash("preflight");
  const document = renderDocument({ ...documentsOf(wishes).preflight, agent });
  const { exitCode, stderr } = await host.ssh(
    "unshare --user --map-root-user --map-auto sh /var/lib/rootless-docker/agent apply preflight e0",
    { input: document },
  );
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^preflight: ids of the machine: found 65536 in its own user namespace \(\/proc\/self\/uid_map\); wanted 165536 at least, since newuidmap can only map ids that are mapped here: 'write to uid_map failed: Operation not permitted'\. To fix: give the container a larger range/m,
    ),
  ]);
});
