import { readFileSync } from "node:fs";
import { join } from "node:path";
import { managerOf, type System } from "../../stand-ins/engine";
import { imageOf } from "../../stand-ins/hosts/image";
import { keptSid } from "../../stand-ins/hosts/sid";
import { systems } from "../../stand-ins/systems/systems";
import { diffSnapshots, snapshotHost } from "../../stand-ins/hosts";
import { engineHost } from "../support/engineHost";

interface Row {
  system: System;
  /** Programs that are not on a fresh host, and the package that brings each. */
  missing: Record<string, string>;
  /** What is another way than on Debian: a command, and what it prints. */
  differs: Record<string, string>;
}

const noPerl = "for module in POSIX Fcntl Errno; do perl -M$module -e 1 || exit; done";
const awkIsGawk = { "awk --version | head -n 1 | cut -d ' ' -f 1-2": "GNU Awk\n" };
const shIsBash = { "readlink /usr/bin/sh": "bash\n" };
const capabilities = {
  "getcap /usr/bin/newuidmap": "/usr/bin/newuidmap cap_setuid=ep\n",
  "stat -c %a /usr/bin/newuidmap": "755\n",
};

const rows: Row[] = [
  {
    system: "fedora44",
    missing: { perl: "perl-interpreter", iptables: "iptables-nft", slirp4netns: "slirp4netns" },
    differs: {
      "dnf --version | head -n 1 | cut -d ' ' -f 1-2": "dnf5 version\n",
      "readlink /usr/sbin": "bin\n",
      "sed -n 's/^HOME_MODE *//p' /etc/login.defs": "0700\n",
      ...capabilities,
    },
  },
  {
    system: "almalinux10",
    missing: { perl: "perl-interpreter", iptables: "iptables-nft", slirp4netns: "slirp4netns" },
    differs: {
      "dnf --version | head -n 1 | cut -d . -f 1": "4\n",
      "test -d /usr/sbin && test ! -L /usr/sbin && echo apart": "apart\n",
      ...capabilities,
    },
  },
  {
    system: "tumbleweed",
    missing: { perl: "perl-base", curl: "curl", getcap: "libcap-progs", tar: "tar" },
    differs: {
      "ls /etc/login.defs /usr/etc/login.defs 2>/dev/null || true": "/usr/etc/login.defs\n",
      "grep -c targetpw /etc/sudoers": "1\n",
    },
  },
  {
    system: "archlinux",
    missing: { perl: "perl", cmp: "diffutils", slirp4netns: "slirp4netns" },
    differs: { "readlink /usr/sbin": "bin\n", ...capabilities },
  },
];

const commands = {
  dnf: { install: "dnf -q -y install", remove: "dnf -q -y remove" },
  zypper: { install: "zypper -n -q install", remove: "zypper -n -q remove" },
  pacman: { install: "pacman -S --noconfirm", remove: "pacman -Rs --noconfirm" },
};

describe.each(rows)("$system", ({ system, missing, differs }) => {
  const given = engineHost({ like: system });

  test("is up, with nothing of Debian's and no program that its image lacks", async () => {
    const { host } = given;
    expect(await host.run("systemctl is-system-running")).toBe("running\n");
    const programs = [...Object.keys(missing), "apt-get", "dpkg", "mawk", "dash", "adduser"];
    const found = await host.run(
      `for name in ${programs.join(" ")}; do command -v $name || true; done`,
    );
    expect(found).toBe("");
    expect(await host.run("ls -d /etc/debian_version /usr/lib/apt 2>/dev/null || true")).toBe("");
    for (const [command, prints] of Object.entries({ ...shIsBash, ...awkIsGawk, ...differs }))
      expect([command, await host.run(command)]).toEqual([command, prints]);
  });

  test("a package brings its program, and takes it away with it", async () => {
    const { host } = given;
    const before = await snapshotHost(host);
    const { install, remove } = commands[managerOf(system)];
    for (const [program, name] of Object.entries(missing)) {
      await host.run(`${install} ${name} >/dev/null`);
      // Not every one knows the option; without one of its libraries it would end with 127.
      await host.run(`${program} --version >/dev/null 2>&1 || [ $? -lt 126 ]`);
      await host.run(`${remove} ${name} >/dev/null`);
      expect((await host.ssh(`command -v ${program}`)).exitCode).not.toBe(0);
    }
    const left = diffSnapshots(before, await snapshotHost(host));
    // dnf 5 has taken in the key of the repository.
    expect(left.filter((line) => !line.startsWith("package added: gpg-pubkey-"))).toEqual([]);
  });

  test("an account can be made as a login of its own, with a service manager", async () => {
    const { host } = given;
    const before = await snapshotHost(host);
    await host.run(`useradd --create-home ada
      loginctl enable-linger ada
      uid=$(id -u ada)
      timeout 60 sh -c "until [ -S /run/user/$uid/bus ]; do sleep 0.1; done"
      setpriv --reuid ada --regid "$(id -g ada)" --init-groups env XDG_RUNTIME_DIR=/run/user/$uid systemctl --user is-system-running --wait
      loginctl disable-linger ada
      systemctl stop user@$uid
      userdel -r ada`);
    expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  });
});

describe("fedora44: the parts of perl", () => {
  const given = engineHost({ like: "fedora44" });

  test("are four packages, none of which brings another", async () => {
    const { host } = given;
    const install = (name: string) => host.run(`dnf -q -y install ${name}`);
    await install("perl-interpreter");
    expect((await host.ssh(noPerl)).stderr).toMatch(/Can't locate POSIX.pm/);
    await install("perl-POSIX");
    expect((await host.ssh(noPerl)).stderr).toMatch(/Can't locate Fcntl.pm/);
    await install("perl-Fcntl");
    expect((await host.ssh(noPerl)).stderr).toMatch(/Can't locate Errno.pm/);
    await install("perl-Errno");
    await host.run(noPerl);
  });
});

test("Debian sid is kept, and its versions are recorded beside the image", async () => {
  const kept = readFileSync(join(await keptSid(), "versions"), "utf8");
  const image = await imageOf(systems.fedora44.suite, [], "fedora44");
  const versions = readFileSync(join(image, "versions"), "utf8").trim().split("\n");
  expect(versions).toContainEqual(expect.stringMatching(/^dnf5 5\./));
  expect(kept.split("\n")).toEqual(expect.arrayContaining(versions));
});
