import { execFileSync } from "node:child_process";
import { agentFunctions, hostFile, runAwk } from "../support/hostPrograms";

// What the agent takes from the output of package managers.

// Recorded of apt on Debian 13, without most lines of its configuration: three new packages, then one that is installed
// again and one that is removed. The line of an upgrade is made like these.
const toHook = `VERSION 2
APT::Architecture=amd64
DPkg::Pre-Install-Pkgs::=/usr/sbin/dpkg-preconfigure%20--apt%20||%20true
DPkg::Pre-Install-Pkgs::=.%20/root/hook
quiet=1

less - < 668-1 /var/cache/apt/archives/less_668-1_amd64.deb
runc - < 1.1.15+ds1-2+deb13u1 /var/cache/apt/archives/runc_1.1.15+ds1-2+deb13u1_amd64.deb
tini - < 0.19.0-3+b8 /var/cache/apt/archives/tini_0.19.0-3+b8_amd64.deb
less - < 668-1 **CONFIGURE**
runc - < 1.1.15+ds1-2+deb13u1 **CONFIGURE**
tini - < 0.19.0-3+b8 **CONFIGURE**
tini 0.19.0-3+b8 > - **REMOVE**
less 668-1 = 668-1 /var/cache/apt/archives/less_668-1_amd64.deb
libc6 2.41-12 < 2.41-12+deb13u1 /var/cache/apt/archives/libc6_2.41-12+deb13u1_amd64.deb
`;

test.each([
  ["what is new, without upgrades and removals", toHook, "less\nrunc\ntini\n"],
  ["nothing, before the configuration has ended", toHook.split("\n\n")[0], ""],
  ["nothing of nothing", "", ""],
])("apt's new packages: %s", (_what, input, expected) => {
  const program = hostFile("platform/packages/listNewPackages.program.sh");
  expect(execFileSync("sh", [program], { input, encoding: "utf8" })).toBe(expected);
});

test("apt's errors have the lines that belong to them", () => {
  const output = `Reading package lists...
 an indented line of nobody
The following packages have unmet dependencies:
 docker.io : Depends: runc (>= 2) but it is not installable
             Recommends: tini
E: Unable to correct problems, you have held broken packages.
Processing triggers
 of something
dpkg: error processing package runc (--install):
 subprocess returned error exit status 1
`;
  expect(runAwk("platform/packages/aptErrors.awk", output)).toBe(
    ` docker.io : Depends: runc (>= 2) but it is not installable
             Recommends: tini
E: Unable to correct problems, you have held broken packages.
dpkg: error processing package runc (--install):
 subprocess returned error exit status 1
`,
  );
});

test.each([
  [
    "its table",
    `Last metadata expiration check: 0:00:01 ago.
Dependencies resolved.
================================================================================
 Package                      Architecture  Version            Repository  Size
================================================================================
Installing:
 docker-ce                    x86_64        3:29.1.1-1.el9     docker      22 M
     replacing  moby-engine.x86_64 28.0.0-1.el9
 docker-ce-rootless-extras-with-a-long-name
                              x86_64        29.1.1-1.el9       docker     3.4 M
Installing dependencies:
 libcgroup                    x86_64        3.0-1              baseos       73 k
Upgrading:
 glibc                        x86_64        2.34-200.el9       baseos      2.0 M
Removing:
 podman.noarch                noarch        5:5.2.2-1.el9      @appstream   50 M
Removing dependent packages:
 cockpit-podman               noarch        1-1                @appstream    1 M

Transaction Summary
================================================================================
Install  3 Packages
 a line with four words
`,
    [
      "install docker-ce",
      "remove moby-engine",
      "install docker-ce-rootless-extras-with-a-long-name",
      "install libcgroup",
      "remove podman",
      "remove cockpit-podman",
    ],
  ],
  [
    "an offer",
    "(try to add '--allowerasing' to command line to replace conflicting packages)\n",
    ["remove what conflicts"],
  ],
  ["nothing to do", "Nothing to do.\nComplete!\n", []],
])("dnf's plan: %s", (_what, output, plan) => {
  const lines = runAwk("platform/packages/dnfPlan.awk", output).split("\n").slice(0, -1);
  expect(lines).toEqual(plan);
});

test.each([
  [
    "packages by what becomes of them",
    `<?xml version='1.0'?>
<install-summary download-size="1" packages-to-change="3">
<to-install>
<solvable type="package" name="docker" edition="29" arch="x86_64" repository="oss"/>
<solvable type="pattern" name="base" edition="1"/>
</to-install>
<to-upgrade>
<solvable type="package" name="glibc" edition="2" edition-old="1"/>
</to-upgrade>
<to-remove>
<solvable type="package" name="podman" edition="5"/>
</to-remove>
<solvable type="package" name="in-no-part"/>
</install-summary>
`,
    ["install docker", "remove podman"],
  ],
  [
    "a conflict",
    "<description>deinstallation of podman-5-1.x86_64</description>\n",
    ["remove what conflicts"],
  ],
])("zypper's plan: %s", (_what, output, plan) => {
  const lines = runAwk("platform/packages/zypperPlan.awk", output).split("\n").slice(0, -1);
  expect(lines).toEqual(plan);
});

test("dnf has 30 minutes: the error says so", () => {
  const script = `${agentFunctions()}
    WORK=$(mktemp -d); trap 'rm -r "$WORK"' EXIT
    timeout() { echo "$1 $2"; return 124; }
    PACKAGE_MANAGER=dnf
    run_dnf makecache || echo "status $?"
    head -n 1 "$WORK/manager.log"
    package_errors`;
  expect(execFileSync("sh", ["-s"], { input: script, encoding: "utf8" })).toBe(
    "status 124\n1800 dnf\nFailed: dnf did not end in 30 minutes, as where another dnf runs",
  );
});
