import { join } from "node:path";
import {
  createHost,
  diffSnapshots,
  formatImage,
  type HostSnapshot,
  type Journalled,
  type NspawnHost,
  snapshotHost,
  type Vault,
} from "../../../stand-ins/hosts";
import { execOrThrow } from "../../../stand-ins/hosts/exec";
import type { StepArgs } from "../../support/documents";
import { Installation } from "../../support/installation";

/** Where everything of a host is on the disk that a cut leaves. */
export interface Bench {
  host: NspawnHost;
  fileSystem: Journalled;
  vault: Vault;
  /** The names in the vault: the disk before everything, by whether the packages are there already. */
  bases: { packages: Base; bare?: Base };
}

const withPackages = process.env.POWER_CUTS_PACKAGES === "1";

/** A disk before everything, and what belongs to it. */
export interface Base {
  disk: string;
  fresh: HostSnapshot;
  /** After a clean run of `up`. */
  clean: HostSnapshot;
  /** Files with something in them, by path. */
  filled: Set<string>;
  /** Milliseconds of a clean run, by verb. */
  durations: Record<Verb, number>;
}

export type Verb = "up" | "update" | "destroy";

export const wishes: StepArgs = {
  account: { name: "app", authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= a"] },
  privilegedPorts: "file-capability",
  secretEnvironment: { TOKEN: "s3cret" },
  environment: { A: "b" },
  onDestroy: { data: "delete" },
};

/** Touches a file or a setting of most steps. */
export const edited: StepArgs = {
  ...wishes,
  account: {
    name: "app",
    authorizedKeys: [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= a",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABEMzTno= b",
    ],
    subordinateIds: { count: 70_000 },
  },
  secretEnvironment: { TOKEN: "s3cret2" },
  environment: { A: "c", B: "d" },
  kernel: { sysctls: { "net.ipv4.ping_group_range": "0 99" } },
  privilegedPorts: "sysctl",
  daemon: { "log-level": "warn" },
};

/** The packages of the engine, with its root daemon kept from starting. */
const installPackages = `
  systemctl mask -q docker.service docker.socket containerd.service
  apt-get -q update >/dev/null
  apt-get -q -y --no-install-recommends install docker.io docker-cli rootlesskit slirp4netns \\
    uidmap dbus-user-session iproute2 iptables procps libcap2-bin >/dev/null`;

/**
 * Makes a host on a file system, and sees one clean run on it, with and without the packages.
 *
 * @param apart folders with a file system of their own.
 */
export async function makeBench(
  vault: Vault,
  fileSystem: Journalled,
  name: string,
  apart: readonly string[],
) {
  const disk = (what: string) => `${name}-${what}`;
  await formatImage(vault.path(disk("run")), fileSystem, 4000 * (apart.length + 1), apart);
  const diskImage = vault.path(disk("run"));
  // A host that has to get its packages takes long: only POWER_CUTS_PACKAGES=1 sees it through.
  const host = await createHost({ suite: "trixie", diskImage, engine: !withPackages });
  for (const folder of apart) await host.run(`mountpoint -q /${folder}`);
  await host.run("apt-get -q update >/dev/null");
  // What runs at a first boot only has ended for good then.
  await host.reboot();
  let bare: Base | undefined;
  if (withPackages) {
    await keep(host, vault, disk("run"), disk("bare"));
    bare = await measure(host, vault, disk("bare"), disk("run"));
    await host.bootFrom(await copied(vault, disk("bare"), disk("run")));
    await host.run(installPackages);
    await host.reboot();
  }
  await keep(host, vault, disk("run"), disk("packages"));
  const packages = await measure(host, vault, disk("packages"), disk("run"));
  return { host, fileSystem, vault, bases: { bare, packages } } satisfies Bench;
}

/** The whole disk, as it is when the host is shut down. */
async function keep(host: NspawnHost, vault: Vault, from: string, to: string): Promise<void> {
  await host.run("sync");
  await host.halt();
  await execOrThrow("sync", [
    "-f",
    ...["", "home", "var"].map((folder) => join(host.root, folder)),
  ]);
  await vault.copy(from, to);
}

export async function copied(vault: Vault, from: string, to: string): Promise<string> {
  vault.remove(to);
  await vault.copy(from, to);
  return vault.path(to);
}

async function measure(host: NspawnHost, vault: Vault, base: string, run: string): Promise<Base> {
  let filled = new Set<string>();
  await host.bootFrom(await copied(vault, base, run), async (root) => {
    filled = await filledFiles(root);
  });
  const fresh = await snapshotHost(host);
  const app = new Installation(host, "a1");
  const durations = { up: 0, update: 0, destroy: 0 };
  const timed = async (verb: Verb, work: () => Promise<unknown>) => {
    const start = Date.now();
    await work();
    durations[verb] = Date.now() - start;
  };
  await timed("up", () => app.applyAll(wishes));
  const clean = await snapshotHost(host);
  await timed("update", () => app.applyAll(edited));
  await timed("destroy", () => app.revertAll(edited));
  const left = diffSnapshots(fresh, await snapshotHost(host));
  if (left.length > 0) throw new Error(`a clean run leaves:\n${left.join("\n")}`);
  return { disk: base, fresh, clean, filled, durations };
}

const watched = ["etc", "home", "root", "var/lib", "usr"];

/** What is not this package's, and what is written anew: by programs of others, or (apt's marks) by the next run. */
const ofOthers = [
  /^var\/lib\/apt\/extended_states$/,
  /^var\/lib\/(systemd|apt\/lists|dpkg\/(lock|triggers|updates))/,
  /^etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  /^etc\/\.pwd\.lock$/,
];

/** Files with something in them, below a mounted tree. */
export async function filledFiles(root: string): Promise<Set<string>> {
  const found = await execOrThrow("find", [
    ...watched.map((folder) => join(root, folder)),
    ...["-xdev", "-type", "f", "-size", "+0c", "-printf", "%P\\0%H\\0"],
  ]);
  const words = found.split("\0");
  const paths = new Set<string>();
  for (let i = 0; i + 1 < words.length; i += 2)
    paths.add(join(words[i + 1], words[i]).slice(root.length + 1));
  return paths;
}

/** Files that are there and empty, below a mounted tree. */
async function emptyFiles(root: string): Promise<string[]> {
  const found = await execOrThrow("find", [
    ...watched.map((folder) => join(root, folder)),
    ...["-xdev", "-type", "f", "-size", "0", "-printf", "%H/%P\\n"],
  ]);
  return found
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(root.length + 1));
}

/** What a cut must not leave, looked for before anything runs. */
export async function emptied(root: string, filled: Set<string>): Promise<string[]> {
  const empty = await emptyFiles(root);
  const before = empty.filter((path) => filled.has(path) && !ofOthers.some((p) => p.test(path)));
  const records = empty.filter((path) => isRecord(path));
  return [
    ...before.map((path) => `${path} was there before, and is empty`),
    ...records.map((path) => `${path} is a record, and is empty`),
  ];
}

/** Records that are never empty, under the names by which they count. */
function isRecord(path: string): boolean {
  return /^var\/lib\/rootless-docker\/(agents\/\S*\/(agent|sha256)|records\/\d+|installations\/[^/.]+\/(owner|account-entry|state|machine|daemon))$/.test(
    path,
  );
}
