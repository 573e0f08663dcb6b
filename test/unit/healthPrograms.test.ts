import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { hostFile, runAwk } from "../support/hostPrograms";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rootless-docker-programs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(program: string, args: string[], env: Record<string, string> = {}): string {
  return execFileSync("sh", [hostFile(program), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
}

const app = "/etc/passwd:app:x:1000:1000::/home/app:/bin/sh";
const account = { name: "app", uid: "1000", count: "65536" };
const both = (line: string) => [`/etc/subuid:${line}`, `/etc/subgid:${line}`];

test.each<[string, string[], Record<string, string>, string[]]>([
  ["none", [app, ...both("app:100000:65536")], account, []],
  [
    "ids of another line, which overlaps at one id",
    [app, ...both("app:100000:65536"), "/etc/subuid:other:165535:10"],
    account,
    ["taken\t/etc/subuid\tapp:100000:65536\tthe line other:165535:10"],
  ],
  [
    "a line that begins where it ends",
    [app, ...both("app:100000:65536"), "/etc/subuid:other:165536:10"],
    account,
    [],
  ],
  [
    "ids of accounts, up to login.defs' last one",
    ["/etc/login.defs:UID_MAX 200000", app, ...both("app:100000:65536")],
    account,
    ["taken\t/etc/subuid\tapp:100000:65536\taccounts, up to 200000"],
  ],
  [
    "ids of accounts, without a word in login.defs",
    ["/etc/login.defs:GID_MAX ", app, ...both("1000:60000:65536")],
    account,
    ["/etc/subuid", "/etc/subgid"].map(
      (file) => `taken\t${file}\t1000:60000:65536\taccounts, up to 60000`,
    ),
  ],
  [
    "a range that is asked for",
    ["/etc/subuid:other:200000:65536", "/etc/subuid:app:200000:65536:asked"],
    { ...account, uid: "" },
    ["taken\t/etc/subuid\tapp:200000:65536\tthe line other:200000:65536"],
  ],
  [
    "too few of an account that is not this machine's",
    ["/etc/subuid:app:100000:65535", "/etc/subgid:app:100000:65536"],
    account,
    ["few\t/etc/subuid\t65535\t65536"],
  ],
  [
    "none of lines that are no ranges",
    [app, "/etc/subuid:#", ...both("app:100000:65536")],
    account,
    [],
  ],
])("what is wrong with ids: %s", (_what, lines, variables, expected) => {
  const printed = runAwk("health/flawedIds.awk", `${lines.join("\n")}\n`, variables);
  expect(printed.split("\n").slice(0, -1)).toEqual(expected);
});

test("the kernel's facts of a process", () => {
  const files = {
    status: "Name:\tdockerd\nCapInh:\t0\nCapEff:\t000001ffffffffff\n",
    uid_map: "         0       1000          1\n         1     100000      65536\n",
    dev: "Inter-|   Receive\n face |bytes\n    lo: 10 0\n  tap0: 20 0\n",
    mountinfo:
      "1 0 8:1 / /proc rw shared:9 - proc proc rw\n2 0 8:1 / / rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw\n",
  };
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const args = ["-f", hostFile("health/processFacts.awk"), ...paths];
  expect(execFileSync("awk", args, { encoding: "utf8" })).toBe(
    "capabilities 000001ffffffffff\nidMap 0 1000 1,1 100000 65536\ninterfaces lo,tap0\nrootMount shared:1,master:2\n",
  );
});

describe("places that an account writes to", () => {
  const places = [".config", ".config/docker", ".config/docker/daemon.json", ".ssh", ".none"];
  const look = (name: string, root = join(folder, "no/such/root")) =>
    run("health/lookAtPlaces.program.sh", [folder, root, name, ...places])
      .split("\n")
      .slice(0, -1);

  test("two file systems, also of a place that is not there yet", () => {
    const type = execFileSync("stat", ["-f", "-L", "-c", "%T", folder], {
      encoding: "utf8",
    }).trim();
    expect(look("app")).toEqual([type, type]);
    expect(look("app", "/proc/no/such/root")).toEqual([type, "proc"]);
  });

  // Whoever is not root cannot give a file to somebody else.
  (userInfo().uid === 0 ? test : test.skip)("what is somebody else's, where the links lead", () => {
    mkdirSync(join(folder, ".config/docker"), { recursive: true });
    writeFileSync(join(folder, ".config/docker/daemon.json"), "{}");
    symlinkSync("/etc/passwd", join(folder, ".ssh"));
    execFileSync("chown", ["nobody", join(folder, ".config/docker/daemon.json"), folder]);
    const [, , ...others] = look("app");
    expect(others).toEqual(["nobody\t.", "nobody\t.config/docker/daemon.json"]);
    // Before there is an account, nothing is anybody's.
    expect(look("").slice(2)).toEqual([]);
  });

  test("a home that cannot be entered", () => {
    const args = [join(folder, "none"), folder, "app"];
    const printed = run("health/lookAtPlaces.program.sh", args).split("\n");
    expect(printed.slice(2)).toEqual(["nobody, for want of it\t.", ""]);
  });
});

test.each([
  ["none", undefined, ""],
  ["a file", "regular", "regular empty file"],
  ["the daemon's own", "link", "itself"],
])("the account's words of a daemon, with %s at /run/docker.sock", (_what, kind, socket) => {
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program("docker", 'echo "Docker version 29.1.1, build x"');
  program("rootlessctl", `printf '{\\n "args": "%s" }\\n' "$*"`);
  program("systemctl", `printf '%s\\n' "$*" '/a/override.conf /b.conf'`);
  writeFileSync(join(folder, "docker.sock"), "");
  const there = join(folder, "there");
  if (kind === "regular") writeFileSync(there, "");
  if (kind === "link") symlinkSync(join(folder, "docker.sock"), there);
  const env = {
    PATH: `${folder}:${process.env.PATH ?? ""}`,
    XDG_RUNTIME_DIR: folder,
    HOME: folder,
  };
  mkdirSync(join(folder, ".config/docker"), { recursive: true });
  writeFileSync(join(folder, ".config/docker/daemon.json"), "{}", { mode: 0o600 });
  const { uid, gid } = userInfo();
  const of = `${uid}:${gid}`;
  const modes = `.config/docker/daemon.json=600:${of} .=700:${of} .config=755:${of} .config/docker=755:${of} ${folder}=700:${of} ${folder}/docker.sock=644:${of}`;
  expect(run("health/daemonWords.program.sh", [there], env)).toBe(
    `Docker version 29.1.1, build x\n${socket}\n${modes}\n--user show -p FragmentPath -p DropInPaths --value docker.service /a/override.conf /b.conf \n{args:--socket${folder}/dockerd-rootless/api.sockinfo--json}`,
  );
});
