import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { cacheDir, cached, hashOf } from "./cache";
import { execOrThrow } from "./hosts/exec";
import { progress } from "./progress";

/**
 * The path of a docker CLI on this machine: the one on PATH, else Debian's, unpacked into the cache
 * and installed nowhere. Needs apt-get for that.
 */
export async function ensureDockerCli(): Promise<string> {
  const installed = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "docker"))
    .find(executable);
  if (installed !== undefined) return installed;
  // Debian 13 and later have it in docker-cli, earlier ones in docker.io.
  const dir = await cached(cacheDir("docker-cli", osVersion()), (tmp) =>
    progress("fetching a docker CLI", () =>
      unpackDebian("docker-cli", tmp).catch(() => unpackDebian("docker.io", tmp)),
    ),
  );
  return join(dir, "usr/bin/docker");
}

/** Among busybox's programs, those that tests of containers need. */
const applets = [
  ...["sh", "ls", "id", "cat", "echo", "sleep", "true", "false", "env", "test", "touch", "rm"],
  ...["mkdir", "mount", "ps", "ping", "nc", "httpd", "wget", "ip", "hostname", "nslookup"],
  ...["head", "grep", "stat", "chown", "df", "dd", "kill", "date", "uname", "yes", "mknod"],
  ...["tar", "chmod"],
];
const accounts = {
  passwd: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n",
  group: "root:x:0:\nnobody:x:65534:\n",
};

/**
 * The path of a tar with a small root filesystem for `docker import`: Debian's static busybox, a link
 * for each program that tests use, and the accounts root and nobody. No registry is asked.
 */
export async function busyboxImageTar(): Promise<string> {
  const recipe = hashOf([applets, accounts]);
  const dir = await cached(cacheDir("busybox-image", osVersion(), recipe), (tmp) =>
    progress("making the busybox image", async () => {
      const unpacked = join(tmp, "unpacked");
      const root = join(tmp, "root");
      await unpackDebian("busybox-static", unpacked);
      for (const folder of ["bin", "etc", "proc", "sys", "dev", "root", "tmp", "www"])
        mkdirSync(join(root, folder), { recursive: true });
      // Below /usr where /bin is a link to /usr/bin.
      const busybox = [join(unpacked, "bin/busybox"), join(unpacked, "usr/bin/busybox")];
      copyFileSync(busybox.find(executable) ?? busybox[0], join(root, "bin/busybox"));
      for (const applet of applets) symlinkSync("busybox", join(root, "bin", applet));
      for (const [name, text] of Object.entries(accounts))
        writeFileSync(join(root, "etc", name), text);
      await execOrThrow("tar", ["-C", root, "--owner=0", "--group=0", "-cf", tarIn(tmp), "."]);
      for (const folder of [unpacked, root]) rmSync(folder, { recursive: true });
    }),
  );
  return tarIn(dir);
}

const tarIn = (dir: string) => join(dir, "busybox.tar");

/** Downloads a package of this machine's release, and unpacks it into a folder. */
async function unpackDebian(name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const script = `cd "$2"
    rm -rf deb
    mkdir deb
    cd deb
    apt-get -q -oAPT::Sandbox::User=root download "$1" ||
      { apt-get -q update && apt-get -q -oAPT::Sandbox::User=root download "$1"; }`;
  await execOrThrow("sh", ["-euc", script, "sh", name, folder]);
  const [deb] = readdirSync(join(folder, "deb"));
  await execOrThrow("dpkg-deb", ["-x", join(folder, "deb", deb), folder]);
  rmSync(join(folder, "deb"), { recursive: true });
}

/** "debian12", for the cache's key: what apt downloads depends on it. */
function osVersion(): string {
  const osRelease = readFileSync("/etc/os-release", "utf8");
  const field = (name: string) =>
    new RegExp(`^${name}="?([^"\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  return `${field("ID")}${field("VERSION_ID")}`;
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
