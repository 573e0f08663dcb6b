import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execOrThrow } from "./hosts/exec";
import { withLock } from "./hosts/lock";
import { progress } from "./progress";

/** Programs, each with the Debian package that has it. */
type Programs = ReadonlyMap<string, string>;

/** What the disposable hosts need. */
const hostPrograms: Programs = new Map([
  ["mmdebstrap", "mmdebstrap"],
  ["systemd-nspawn", "systemd-container"],
  ["iptables", "iptables"],
  ["ip", "iproute2"],
  ["ssh", "openssh-client"],
  ["ssh-keygen", "openssh-client"],
  ["getcap", "libcap2-bin"],
  ["getfattr", "attr"],
  ["tar", "tar"],
  ["flock", "util-linux"],
  ["gpgv", "gpgv"],
  ["chattr", "e2fsprogs"],
  ["mkfs.ext4", "e2fsprogs"],
]);

/** What makes their disks, for copies of one moment. */
const diskPrograms: Programs = new Map([
  ...hostPrograms,
  ["mkfs.xfs", "xfsprogs"],
  ["mkfs.btrfs", "btrfs-progs"],
]);

/** What those need that are virtual machines. */
const machinePrograms: Programs = new Map([
  ...hostPrograms,
  ["qemu-system-x86_64", "qemu-system-x86"],
  ["qemu-img", "qemu-utils"],
  ["mke2fs", "e2fsprogs"],
  ["xz", "xz-utils"],
]);

/** What those need that are arm64 on a machine of another architecture: the kernel runs their programs by binfmt_misc. */
const foreignPrograms: Programs = new Map([
  ["qemu-system-aarch64", "qemu-system-arm"],
  ["qemu-aarch64-static", "qemu-user-static"],
  ["update-binfmts", "binfmt-support"],
  ["arch-test", "arch-test"],
]);

/** What packs a repository of packages, and signs it. */
const repositoryPrograms: Programs = new Map([
  ["dpkg-deb", "dpkg"],
  ["gpg", "gnupg"],
  ["gpg-agent", "gpg-agent"],
]);

/** What packs and signs packages of rpm, and makes a repository of them. */
const rpmPrograms: Programs = new Map([
  ["rpmbuild", "rpm"],
  ["rpmsign", "rpm"],
  ["createrepo_c", "createrepo-c"],
  ["gpg", "gnupg"],
  ["gpg-agent", "gpg-agent"],
]);

/** What checks shell scripts. */
const shellPrograms: Programs = new Map([
  ["shellcheck", "shellcheck"],
  ["shfmt", "shfmt"],
]);

/**
 * Makes sure that this machine can run disposable hosts. Throws one sentence that says what is
 * missing and how to get it. As root on a machine with apt-get, missing programs are installed, and a
 * line on stderr says so; ROOTLESS_DOCKER_INSTALL_TOOLS=0 in the environment forbids that.
 */
export function requireHostTools(): Promise<void> {
  return requirePrograms(hostPrograms);
}

/** The same for disposable hosts that are virtual machines. */
export function requireMachineTools(): Promise<void> {
  return requirePrograms(machinePrograms);
}

/** The same for virtual machines that are arm64. */
export function requireForeignTools(): Promise<void> {
  return requirePrograms(foreignPrograms);
}

/** The same for a repository of packages. */
export function requireRepositoryTools(): Promise<void> {
  return requirePrograms(repositoryPrograms);
}

/** The same for a repository of rpms. */
export function requireRpmTools(): Promise<void> {
  return requirePrograms(rpmPrograms);
}

/** The same for hosts on disks of their own whose power is cut. */
export function requireDiskTools(): Promise<void> {
  return requirePrograms(diskPrograms);
}

/**
 * Installs what checks shell scripts, where that is allowed. Elsewhere a line says how to get it, and the checks that
 * need it fail.
 */
export async function requireShellTools(): Promise<void> {
  const missing = missingPrograms(shellPrograms);
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && mayInstall()) await installOnce(shellPrograms);
  else console.log(`Shell scripts are checked with ${missing.join(" and ")}: install them first.`);
}

/** The same for what downloads Python's packages. */
export function requirePip(): Promise<void> {
  return requirePrograms(new Map([["pip3", "python3-pip"]]));
}

/** The same for what lines of the documents use, where tests run them as they stand. */
export function requireDocsTools(): Promise<void> {
  return requirePrograms(new Map([["jq", "jq"]]));
}

function installedHere(packages: string): string {
  if (packages === "") return "No package has to be installed for them.";
  if (process.env.ROOTLESS_DOCKER_INSTALL_TOOLS === "0")
    return `Missing, and not installed since ROOTLESS_DOCKER_INSTALL_TOOLS=0: ${packages}.`;
  return `apt-get installs ${packages}; ROOTLESS_DOCKER_INSTALL_TOOLS=0 forbids that.`;
}

/** What tests on hosts do to this machine, in lines for people: before they do it. */
export function announcement(): string[] {
  return [
    "Tests on hosts run as root. They boot small Debian systems in namespaces of this machine, with a bridge",
    "(rd-bridge) and a masquerade rule, which go when the tests end; what they build stays in ~/.cache/rootless-docker.",
    installedHere(missingPackages(new Map([...hostPrograms, ...shellPrograms])).join(" ")),
    "Without root, also on a Mac: npm run test:unit.",
  ];
}

async function requirePrograms(programs: Programs): Promise<void> {
  if (process.platform !== "linux")
    throw new Error(
      `Disposable hosts need Linux, and this is ${process.platform}: run the tests in a Linux virtual machine, or only "npm run test:unit".`,
    );
  if (process.getuid?.() !== 0)
    throw new Error(
      `Disposable hosts need root (namespaces, a bridge, a masquerade rule): run the tests with sudo, or only "npm run test:unit".`,
    );
  if (!/ cgroup2 /.test(readFileSync("/proc/mounts", "utf8")))
    throw new Error(
      "Disposable hosts need control groups v2, and none are mounted: mount -t cgroup2 none /sys/fs/cgroup/unified",
    );
  const wanted = missingPackages(programs);
  if (wanted.length === 0) return;
  const remedy = `apt-get update && apt-get install --yes ${wanted.join(" ")}`;
  if (!mayInstall())
    throw new Error(
      `Disposable hosts need ${missingPrograms(programs).join(", ")}; to get them: ${remedy}`,
    );
  await installOnce(programs);
}

function mayInstall(): boolean {
  return process.env.ROOTLESS_DOCKER_INSTALL_TOOLS !== "0" && onPath("apt-get");
}

/** Installs what is missing, while no other process that runs tests installs anything. */
function installOnce(programs: Programs): Promise<void> {
  return withLock("/run/rootless-docker-testbed.tools.lock", () => install(programs));
}

async function install(programs: Programs): Promise<void> {
  // Another process may have done it while we waited for the lock.
  const wanted = missingPackages(programs);
  if (wanted.length === 0) return;
  await progress(`installing ${wanted.join(" ")}`, async () => {
    await updateLists();
    await execOrThrow("env", [
      ...aptGet,
      ...["install", "--yes", "--no-install-recommends", ...wanted],
    ]);
  });
  const missing = missingPrograms(programs);
  if (missing.length > 0)
    throw new Error(`The tests need ${missing.join(", ")}, which no installed package has.`);
}

const aptGet = [
  "LC_ALL=C",
  "DEBIAN_FRONTEND=noninteractive",
  "apt-get",
  "-q",
  "-oDPkg::Lock::Timeout=300",
];

/** Waits up to five minutes for another apt-get that holds the lists: DPkg::Lock::Timeout does not count for them. */
async function updateLists(): Promise<void> {
  for (let left = 60; ; left--) {
    try {
      await execOrThrow("env", [...aptGet, "update"]);
      return;
    } catch (error) {
      if (left === 0 || !String(error).includes("Could not get lock")) throw error;
    }
    await setTimeout(5000);
  }
}

function missingPrograms(programs: Programs): string[] {
  return [...programs.keys()].filter((program) => !onPath(program));
}

function missingPackages(programs: Programs): string[] {
  const packages = missingPrograms(programs).map((program) => programs.get(program) ?? program);
  // The keys that packages of the hosts' suites are checked with; not there on every machine.
  if (!existsSync("/usr/share/keyrings/debian-archive-keyring.gpg"))
    packages.push("debian-archive-keyring");
  return [...new Set(packages)].sort();
}

/** Whether a program is on PATH. */
function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
