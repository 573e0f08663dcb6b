import { chmodSync, mkdirSync, copyFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, cached, hashOf } from "../cache";
import { busyboxImageTar } from "../dockerCli";
import { execOrThrow } from "../hosts/exec";
import { basePackages, bootstrap, quote } from "../hosts/bootstrap";
import { archivedPackages, archivesHook, hook } from "../hosts/image";
import { makeKey } from "../hosts/keys";
import { scriptPath as hostScript } from "../hosts/place";
import { aptOptions, aptSources } from "../hosts/sources";
import { progress } from "../progress";
import { net, scriptPath } from "./place";
import type { Foreign } from "./qemu";

/** What a machine has beside what every host has. */
const machinePackages = ["udev", "libcap2-bin"];

/** The stock kernel for clouds: small, with ext4 built in. */
function kernelOf(suite: string, architecture: string | undefined): string {
  if (architecture !== undefined) return `linux-image-cloud-${architecture}`;
  // bullseye's newest is in its package lists, and no longer in its archive.
  if (suite === "bullseye") return "linux-image-5.10.0-32-cloud-amd64";
  return "linux-image-cloud-amd64";
}

/** Bump when the way images are built changes and no script or list does. */
const recipeVersion = 2;

/**
 * The folder of a suite's image for machines, built if it is not in the cache: `disk.qcow2`, the root
 * filesystem; `vmlinuz` and `initrd`, which QEMU boots; `host_key` and `user_key`, pairs of SSH keys
 * that all its machines have.
 *
 * @param packages more packages for the image. Defaults to none.
 * @param architecture Debian's name of another one than this machine's. Defaults to this machine's.
 */
export async function machineImage(
  suite: string,
  packages: readonly string[] = [],
  architecture?: Foreign,
): Promise<string> {
  const include = [
    ...basePackages,
    ...machinePackages,
    ...(architecture === undefined ? [] : ["busybox-static"]),
    kernelOf(suite, architecture),
    ...[...packages].sort(),
  ];
  const sources = await aptSources(suite);
  const options = await aptOptions();
  const scripts = [
    ...["image.sh", "archives.sh"].map(hostScript),
    ...["image.sh", "initrd.sh", "init.sh"].map(scriptPath),
  ].map((path) => readFileSync(path, "utf8"));
  const common = [recipeVersion, include, archivedPackages, net, sources, options, scripts];
  const recipe = architecture === undefined ? common : [...common, architecture];

  return cached(cacheDir("machine-image", suite, hashOf(recipe)), (tmp) =>
    progress(`building the ${suite} image for machines`, async () => {
      const tree = join(tmp, "tree");
      const archives = join(tmp, "archives");
      await bootstrap(suite, {
        format: "directory",
        target: tree,
        include,
        // A machine without hardware acceleration takes half a minute to fetch and unpack them.
        keepLists: true,
        customize: [
          `${hook("image.sh")} "$1"`,
          `sh ${quote(scriptPath("image.sh"))} "$1" ${net}`,
          archivesHook(archives),
        ],
        sources,
        architecture,
        options,
      });
      await giveKeys(tmp, tree);
      const program = architecture === undefined ? await busybox(tmp) : join(tree, "bin/busybox");
      await execOrThrow("sh", [scriptPath("initrd.sh"), tree, program, tmp]);
      await execOrThrow("sh", [
        "-c",
        'mv "$1"/*.deb "$2"',
        "sh",
        archives,
        join(tree, aptArchives),
      ]);
      await makeDisk(tmp, tree);
      for (const part of ["tree", "archives", "busybox"])
        rmSync(join(tmp, part), { recursive: true, force: true });
    }),
  );
}

const aptArchives = "var/cache/apt/archives";

/** Makes the keys of all machines with this image, and puts them where its sshd looks. */
async function giveKeys(folder: string, tree: string): Promise<void> {
  await Promise.all([makeKey(folder, "host_key"), makeKey(folder, "user_key")]);
  for (const suffix of ["", ".pub"])
    copyFileSync(
      join(folder, `host_key${suffix}`),
      join(tree, `etc/ssh/ssh_host_ed25519_key${suffix}`),
    );
  const authorized = join(tree, "root/.ssh/authorized_keys");
  copyFileSync(join(folder, "user_key.pub"), authorized);
  chmodSync(authorized, 0o600);
}

/** The path of a static busybox. */
async function busybox(folder: string): Promise<string> {
  const to = join(folder, "busybox");
  mkdirSync(to);
  await execOrThrow("tar", ["-C", to, "-xf", await busyboxImageTar(), "./bin/busybox"]);
  return join(to, "bin/busybox");
}

async function makeDisk(folder: string, tree: string): Promise<void> {
  const raw = join(folder, "disk.raw");
  await execOrThrow("mke2fs", ["-q", "-t", "ext4", "-L", "root", "-d", tree, raw, "8G"]);
  const convert = ["convert", "-f", "raw", "-O", "qcow2", raw, join(folder, "disk.qcow2")];
  await execOrThrow("qemu-img", convert);
  rmSync(raw);
}
