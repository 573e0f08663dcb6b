import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execOrThrow } from "./exec";
import { gateway } from "./place";

/** An ordinary login on a host, with the same SSH key as root's. */
export interface Admin {
  name: string;
  /**
   * "nopasswd": sudo without a password. "password": with that of the login, `passwordOf` its name. "none": in no group
   * that gives rights.
   */
  sudo: "nopasswd" | "password" | "none";
}

/** What one host's tree has that no other's has. */
export interface Identity {
  machine: string;
  address: string;
  /** Folder with the key pairs `host_key` and `user_key`. */
  keys: string;
  admins: readonly Admin[];
  tun: boolean;
}

/** Fills an empty folder with an image's root filesystem, capabilities of files included. */
export async function unpackTree(image: string, root: string): Promise<void> {
  const attributes = ["--xattrs", "--xattrs-include=*", "--numeric-owner"];
  await execOrThrow("tar", ["-C", root, ...attributes, "-xf", join(image, "tree.tar")]);
}

/** Makes an image's tree that of one host. */
export async function configureTree(root: string, identity: Identity): Promise<void> {
  const put = (path: string, text: string, mode = 0o644) => {
    writeFileSync(join(root, path), text, { mode });
  };
  put("etc/hostname", `${identity.machine}\n`);
  put("etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${identity.machine}\n`);
  put("etc/resolv.conf", nameServers());
  put(
    "etc/testbed-network",
    `ADDRESS=${identity.address}\nGATEWAY=${gateway}\nTUN=${identity.tun ? "yes" : "no"}\n`,
  );
  for (const suffix of ["", ".pub"])
    copyFileSync(
      join(identity.keys, `host_key${suffix}`),
      join(root, `etc/ssh/ssh_host_ed25519_key${suffix}`),
    );
  const authorized = readFileSync(join(identity.keys, "user_key.pub"), "utf8");
  put("root/.ssh/authorized_keys", authorized, 0o600);
  for (const admin of identity.admins) await addAdmin(root, admin, authorized);
}

async function addAdmin(root: string, { name, sudo }: Admin, authorized: string): Promise<void> {
  const inTree = (...command: string[]) => execOrThrow("chroot", [root, ...command]);
  await inTree("useradd", "--create-home", "--shell", "/bin/bash", name);
  const home = `/home/${name}`;
  await inTree("install", "-d", "-m", "0700", "-o", name, "-g", name, `${home}/.ssh`);
  const keys = join(root, home, ".ssh/authorized_keys");
  appendFileSync(keys, authorized);
  chmodSync(keys, 0o600);
  await inTree("chown", `${name}:${name}`, `${home}/.ssh/authorized_keys`);
  const tag = { nopasswd: "NOPASSWD: ", password: "", none: undefined }[sudo];
  if (tag !== undefined)
    writeFileSync(join(root, "etc/sudoers.d", name), `${name} ALL=(ALL:ALL) ${tag}ALL\n`, {
      mode: 0o440,
    });
  if (sudo === "password") {
    // On openSUSE sudo asks for root's password.
    const asked = /^Defaults targetpw$/m.test(readFileSync(join(root, "etc/sudoers"), "utf8"))
      ? "root"
      : name;
    await execOrThrow("chroot", [root, "chpasswd"], { input: `${asked}:${passwordOf(asked)}\n` });
  }
}

/** What sudo asks a login of the kind "password" for (on openSUSE that of "root"): with what a shell or YAML would take for more than text. */
export const passwordOf = (name: string) => `${name}: '"$(id)\\n # s3cret`;

/**
 * Hands a host the packages that are already downloaded. They are links where that is possible: apt
 * never writes into a package's file, it only makes and deletes them.
 */
export function shareArchives(image: string, root: string): void {
  for (const deb of readdirSync(join(image, "archives"))) {
    const from = join(image, "archives", deb);
    const to = join(root, "var/cache/apt/archives", deb);
    try {
      linkSync(from, to);
    } catch {
      // Another filesystem.
      cpSync(from, to);
    }
  }
}

/** The machine's own, or those behind its local resolver, which a host can't reach. */
function nameServers(): string {
  const own = readFileSync("/etc/resolv.conf", "utf8");
  return /^nameserver 127\./m.test(own)
    ? readFileSync("/run/systemd/resolve/resolv.conf", "utf8")
    : own;
}
