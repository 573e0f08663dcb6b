import { join } from "node:path";

/** What a system is made from. */
interface Recipe {
  /** The Debian suite whose programs come closest to those of the system. */
  suite: string;
  /** Whose table says what its image has, and what its repository. */
  manager: "dnf" | "zypper" | "pacman";
  /** Debian's packages of the manager. */
  include: readonly string[];
}

/** systemd 262, shadow 4.20, rpm 6 and the managers of today are in Debian sid; the LTS systems have what Debian's releases have. */
export const systems = {
  fedora44: { suite: "sid", manager: "dnf", include: ["dnf5", "rpm", "dbus-broker"] },
  almalinux10: { suite: "trixie", manager: "dnf", include: ["dnf", "rpm", "dbus-broker"] },
  almalinux9: { suite: "bookworm", manager: "dnf", include: ["dnf", "rpm", "dbus-broker"] },
  tumbleweed: { suite: "sid", manager: "zypper", include: ["zypper", "rpm", "catatonit"] },
  leap16: { suite: "trixie", manager: "zypper", include: ["zypper", "rpm", "catatonit"] },
  archlinux: {
    suite: "sid",
    manager: "pacman",
    include: ["pacman-package-manager", "gnupg", "zstd"],
  },
} as const satisfies Record<string, Recipe>;

/** A system that a host stands for, as strict as its vendor's image. */
export type System = keyof typeof systems;

export function isSystem(name: string | undefined): name is System {
  return name !== undefined && name in systems;
}

/** Programs of the images, and those that packages of their repositories bring. */
const programs = [
  ...["curl", "gawk", "gpg", "gpg-agent", "uidmap", "slirp4netns", "passt", "fuse-overlayfs"],
  ...["dbus-user-session", "libcap2-bin", "util-linux", "xz-utils"],
];

/** What a tree has of Debian before programs are taken out. */
export function includedPackages(system: System): string[] {
  return [...programs, ...systems[system].include];
}

/** Every package that a system of a suite includes. */
export function packagesOfSuite(suite: string): string[] {
  const names = Object.keys(systems).filter(isSystem);
  const included = names
    .filter((name) => systems[name].suite === suite)
    .flatMap((name) => includedPackages(name));
  return [...new Set(included)].sort();
}

/** A file of this folder. */
export const systemFile = (name: string) => join(__dirname, name);

/** The table of a system. */
export const tableOf = (system: System) => systemFile(`${systems[system].manager}.txt`);
