import { agentText } from "../../src/agent/agentText";
import { readNewMachine } from "../../src/drift/answer";
import { destroyAllHosts, diffSnapshots, snapshotHost, type TestHost } from "../../stand-ins/hosts";
import { documentText, type StepArgs } from "../support/documents";
import { bootHost } from "../support/host";
import { Installation } from "../support/installation";

// What other systems do another way than the one that these hosts have. Each is a stand-in in the place of one of its
// programs, files or units, with the words of the real one.
let host: TestHost;

beforeAll(async () => {
  host = await bootHost({ engine: true });
});
afterAll(destroyAllHosts);

/** Puts a program in the place of the system's. */
const put = (name: string, text: string) =>
  host.run(`cat >/usr/local/sbin/${name}; chmod 755 /usr/local/sbin/${name}`, {
    input: `#!/bin/sh\n${text}\n`,
  });
const take = (...names: string[]) =>
  host.run(names.map((name) => `rm -f /usr/local/sbin/${name}`).join("; "));

const wishes: StepArgs = { account: { name: "app" } };
test("systemd 262: the units of one stop are one transaction. firewalld runs", async () => {
  await put(
    "systemctl",
    `for word; do
      case $word in stop) stops=yes ;; *.service | *.timer | *.socket) units="$units $word" ;; esac
    done
    set -- "$@"
    case $stops:$units in
    yes:*" "*" "*) for unit in $units; do
      [ "$(/usr/bin/systemctl --user show -p LoadState --value "$unit")" = loaded ] || {
        echo "Failed to enqueue jobs: Unit $unit not loaded." >&2; exit 5; }
    done ;;
    esac
    exec /usr/bin/systemctl "$@"`,
  );
  await host.run("systemd-run -q --unit firewalld.service sleep infinity");
  const before = await snapshotHost(host);
  const app = new Installation(host, "b1");
  const { daemon } = await app.applyAll(wishes);
  expect(daemon.facts["machine.firewalld"]).toBe("true");
  await host.run("systemctl stop firewalld.service");
  const { said } = await app.revert("daemon", wishes);
  expect(said.join("\n")).toMatch(/daemon of app stopped/);
  expect(said.join("\n")).not.toMatch(/does not stop|kills/);
  await app.revertAll(wishes);
  await host.run("userdel -r app 2>/dev/null || true");
  expect(
    diffSnapshots(before, await snapshotHost(host)).filter((line) => /app|rootless/.test(line)),
  ).toEqual([]);
  await take("systemctl");
});

test("shadow 4.21: options are given only where a setting is there", async () => {
  await put("useradd", 'echo "$*" >/run/useradd; exec /usr/sbin/useradd "$@"');
  await host.run("cp -a /etc/login.defs /root; sed -i /^PASS_MAX_DAYS/d /etc/login.defs");
  const app = new Installation(host, "b2");
  const live = async () => {
    await app.install();
    await app.apply("machine", wishes);
    await app.revert("machine", wishes);
    await app.revertAgent();
    return host.run("cat /run/useradd");
  };
  expect(await live()).not.toMatch(/--inactive|PASS_MAX_DAYS/);
  // openSUSE's files of the vendor's.
  await host.run(`mkdir -p /usr/etc/default; cp /root/login.defs /usr/etc; rm /etc/login.defs
    echo INACTIVE=3 >/usr/etc/default/useradd`);
  expect(await live()).toMatch(/--inactive -1 .*PASS_MAX_DAYS=-1/);
  await host.run("cp -a /root/login.defs /etc; rm -r /usr/etc");
  await take("useradd");
});

/**
 * The agent as it is on a machine that loads modules: these hosts are containers, whose kernel may have none. Returns
 * what a run of it says.
 */
async function onMachineWithModules(words: string, document = ""): Promise<[number, string]> {
  const text = agentText().replace(/^main "\$@"$/m, 'loads_modules() { true; }\nmain "$@"');
  await host.run("cat >/root/agent", { input: text });
  const { exitCode, stdout, stderr } = await host.ssh(`sh /root/agent ${words}`, {
    input: document,
  });
  return [exitCode, stderr + stdout];
}

test("pacman: what provides a name counts as the package of that name", async () => {
  // As pacman 7.1 answers for a name that another package provides.
  await put(
    "pacman",
    `case "$*" in
    "-Q -- iptables") echo "iptables-legacy 1:1.8.11-2" ;;
    "-Q -- iproute2") echo "iproute2 6.17.0-1" ;;
    *) echo "error: package '$3' was not found" >&2; exit 1 ;;
    esac`,
  );
  const ask = "PACKAGE_MANAGER=pacman; missing_packages iptables iproute2 slirp4netns";
  const text = agentText().replace(/^main "\$@"$/m, () => ask);
  await host.run("cat >/root/agent", { input: text });
  expect(await host.run("sh /root/agent")).toBe(" slirp4netns");
  await take("pacman");
});

/** Has the host another system's os-release while something runs. */
async function asSystem<T>(release: string, run: () => Promise<T>): Promise<T> {
  await host.run("mv /etc/os-release /etc/debian_version /root; cat >/etc/os-release", {
    input: release,
  });
  const result = await run();
  await host.run("mv /root/os-release /root/debian_version /etc");
  return result;
}

const checkOnMachineWithModules = async () => {
  const digits = Buffer.from(documentText("machine", wishes)).toString("hex");
  const [, said] = await onMachineWithModules(`check new ${digits} auto`);
  return readNewMachine(said);
};

test("iptables-legacy, whose modules nobody in a user namespace can load", async () => {
  await put(
    "modprobe",
    `case "$1 $2" in "--show-depends ip"*) echo "insmod /lib/modules/x/$2.ko" ;; esac`,
  );
  await host.run(`mkdir -p "/lib/modules/$(uname -r)"; : >"/lib/modules/$(uname -r)/modules.dep"
    mkdir -p /run/fake; mount -o remount,bind,rw /sys; mkdir -p /sys/module
    mount --bind /run/fake /sys/module`);
  const choose = (kind: string) =>
    host.run(`update-alternatives --set iptables /usr/sbin/iptables-${kind} >/dev/null`);
  const problems = async () => (await checkOnMachineWithModules()).problems;
  // Control: with nft the kernel loads them.
  await choose("nft");
  expect(await problems()).toEqual([]);
  await choose("legacy");
  await host.run("mkdir /run/fake/ip_tables /run/fake/iptable_nat");
  expect(await problems()).toEqual([
    "preflight: kernel modules iptable_filter ip6_tables ip6table_nat ip6table_filter: they are not loaded, and iptables-legacy cannot load them for a rootless daemon. To fix: run 'modprobe -a iptable_filter ip6_tables ip6table_nat ip6table_filter', and write these names, one a line, to a file in /etc/modules-load.d, which loads them at each boot; or choose iptables-nft",
  ]);
  await host.run("cd /run/fake; mkdir iptable_filter ip6_tables ip6table_nat ip6table_filter");
  expect(await problems()).toEqual([]);
  // openSUSE's package iptables is one or the other: this is known once the packages are there.
  await choose("nft");
  await host.run("rmdir /run/fake/ip_tables; apt-get -q -y remove slirp4netns >/dev/null");
  await put(
    "apt-get",
    'update-alternatives --set iptables /usr/sbin/iptables-legacy >/dev/null; exec /usr/bin/apt-get "$@"',
  );
  await onMachineWithModules("install agent b3 auto");
  const document = documentText("machine", wishes);
  expect(await onMachineWithModules("apply machine b3 '' a1", document)).toEqual([
    1,
    expect.stringContaining("engine: kernel modules ip_tables: they are not loaded"),
  ]);
  expect(await host.run("getent passwd app || echo none")).toBe("none\n");
  await take("apt-get");
  await onMachineWithModules("revert agent b3 '' end");
  await host.run(
    "umount /sys/module; rm -r /run/fake /lib/modules; update-alternatives --auto iptables >/dev/null",
  );
  await take("modprobe");
});

test("kernel modules that a cloud image of RHEL 10 lacks are named by their package", async () => {
  await put("modprobe", "exit 1");
  await host.run(`mkdir -p "/lib/modules/$(uname -r)"; : >"/lib/modules/$(uname -r)/modules.dep"`);
  const ofDebian = await checkOnMachineWithModules();
  const alma = 'ID=almalinux\nID_LIKE="rhel centos fedora"\nVERSION_ID=10.1\nPRETTY_NAME=Alma\n';
  const ofAlma = await asSystem(alma, checkOnMachineWithModules);
  await host.run("rm -r /lib/modules");
  await take("modprobe");
  expect(ofAlma.problems.join("\n")).toMatch(
    /kernel modules .* To fix: run 'dnf install kernel-modules-extra-\d+\.\S+'/,
  );
  expect(ofDebian.problems.join("\n")).toMatch(/kernel modules .* To fix: install the package/);
});

test("perl that is installed and does not run: each run says why. A destroy needs no other program", async () => {
  const app = new Installation(host, "b7");
  await app.applyAll(wishes);
  const answers = async () => [
    await app.tryApply("machine", wishes),
    await app.tryApply("daemon", wishes),
    await app.tryRevert("daemon", wishes),
  ];
  const library = "error while loading shared libraries: libcrypt.so.2: cannot open shared object";
  await put("perl", `echo "perl: ${library}" >&2; exit 127`);
  for (const { exitCode, said } of await answers())
    expect([exitCode, said.join("\n")]).toEqual([
      1,
      expect.stringMatching(
        `perl: it does not run \\(perl: ${library}\\), though perl-base is installed\\. ` +
          "To fix: install perl-base again with apt-get",
      ),
    ]);
  await take("perl");
  // Another program of the table, which a destroy does without.
  await host.run("mv /usr/bin/cmp /root");
  for (const answer of [
    await app.tryApply("machine", wishes),
    await app.tryApply("daemon", wishes),
  ])
    expect([answer.exitCode, answer.said.join("\n")]).toEqual([
      1,
      expect.stringMatching(
        /cmp: it does not run \(it is not on PATH\), though diffutils is installed\. /,
      ),
    ]);
  await app.revertAll(wishes);
  await host.run("mv /root/cmp /usr/bin; userdel -r app 2>/dev/null || true");
});

test.each(["disable", "purge"])(
  "a snap's docker, which %s does not stop",
  async (rootfulDocker) => {
    await host.run(`cp /usr/bin/sleep /root/dockerd
    systemd-run -q --unit snap.docker.dockerd.service /root/dockerd infinity`);
    const app = new Installation(host, "b4");
    await app.install();
    const { exitCode, said } = await app.tryApply("machine", { ...wishes, rootfulDocker });
    expect([exitCode, said.join("\n")]).toEqual([
      1,
      expect.stringMatching(
        /^preflight: rootfulDocker: .*\(process \d+ of snap\.docker\.dockerd\.service\).*snap stop --disable docker/,
      ),
    ]);
    // Control: side by side they run.
    await app.apply("machine", { ...wishes, rootfulDocker: "keep" });
    // One that starts once preflight has looked: the step names it, too.
    await app.revert("machine", { ...wishes, rootfulDocker: "keep" });
    await app.revertAgent();
    await host.run("systemctl stop snap.docker.dockerd.service");
  },
);

test("a container's dockerd is not the machine's", async () => {
  await host.run(`cp /usr/bin/sleep /root/dockerd
    systemd-run -q --unit container unshare --pid --fork /root/dockerd infinity
    until pgrep -x dockerd >/dev/null; do sleep 0.1; done`);
  const app = new Installation(host, "b6");
  await app.install();
  await app.apply("machine", { ...wishes, rootfulDocker: "disable" });
  await app.revert("machine", { ...wishes, rootfulDocker: "disable" });
  // Control: the same program without a process namespace of its own.
  // The first process of a namespace heeds no SIGTERM.
  await host.run(`systemctl kill -s KILL container.service
    systemd-run -q --unit docker-beside /root/dockerd infinity`);
  const { said } = await app.tryApply("machine", { ...wishes, rootfulDocker: "disable" });
  expect(said.join("\n")).toContain("of docker-beside.service)");
  await host.run("systemctl stop docker-beside.service; rm /root/dockerd");
  await app.revertAgent();
});

test("pasta, of which Ubuntu 24.04 has no AppArmor profile", async () => {
  await host.run(`cp -r /proc/sys/kernel /run 2>/dev/null || true
    echo 1 >/run/kernel/apparmor_restrict_unprivileged_userns; mount --bind /run/kernel /proc/sys/kernel
    mkdir -p /etc/apparmor.d
    echo 'profile rootlesskit /usr/bin/rootlesskit flags=(unconfined) { userns, }' >/etc/apparmor.d/rootlesskit
    echo 'profile passt /usr/bin/passt{,.avx2} {}' >/etc/apparmor.d/passt`);
  const app = new Installation(host, "b5");
  const pasta = { ...wishes, network: { driver: "pasta" } };
  // Control: the profile that Debian's package brings is enough.
  await app.applyAll(pasta);
  const profiles = () =>
    host.run(
      "cd /etc/apparmor.d && ls -d *pasta passt rootlesskit; readlink /usr/bin/pasta || true",
    );
  expect(await profiles()).toBe("passt\nrootlesskit\nusr.bin.pasta\n");
  await host.run("mv /etc/apparmor.d/usr.bin.pasta /root");
  const { exitCode, said } = await app.tryApply("daemon", pasta);
  expect([exitCode, said.at(-1)]).toEqual([
    1,
    expect.stringMatching(/rootless-docker\.usr\.bin\.pasta: .*apparmor_parser/),
  ]);
  expect(await host.run("cat /etc/apparmor.d/rootless-docker.usr.bin.pasta")).toContain(
    "profile rootless-docker.usr.bin.pasta /usr/bin/pasta{,.avx2} flags=(unconfined) {\n  userns,\n}\n",
  );
  // None that is set later: the step daemon takes it back when it runs again (docs/limits.md).
  await app.apply("machine", { ...pasta, kernel: { appArmorProfile: "none" } });
  await host.run("[ -e /etc/apparmor.d/rootless-docker.usr.bin.pasta ]");
  await app.apply("daemon", pasta);
  await host.run("none ls /etc/apparmor.d/rootless-docker.usr.bin.pasta");
  await app.apply("machine", pasta);
  await host.run("mv /root/usr.bin.pasta /etc/apparmor.d");
  await app.apply("daemon", pasta);
  expect(await profiles()).toBe("passt\nrootlesskit\nusr.bin.pasta\n");
  await app.revertAll(pasta);
  await host.run("umount /proc/sys/kernel");
});
