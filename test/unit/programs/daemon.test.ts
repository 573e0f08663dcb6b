import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFile, runAwk } from "../../support/hostPrograms";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rootless-docker-programs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  [
    "causes, each once",
    "level=info starting\nfailed to start daemon: a\nfailed to start daemon: a\n",
    "failed to start daemon: a\n",
  ],
  [
    "causes before what sounds like one",
    "cannot do b\nx level=fatal c\n[rootlesskit:parent] d\n",
    "x level=fatal c\n[rootlesskit:parent] d\n",
  ],
  [
    "what sounds like one, if there is no cause",
    "level=info an error\nPermission DENIED\nfine\n",
    "Permission DENIED\n",
  ],
  [
    "not what Docker says of RootlessKit's namespace",
    "failed to x: IPv4 forwarding is disabled\n",
    "",
  ],
])("causes in a journal: %s", (_what, input, expected) => {
  expect(runAwk("daemon/journalCauses.awk", input)).toBe(expected);
});

/** Runs the program with a systemctl that writes down what it is told; fails for `failing`, and says `state`. */
function told(verb: string, state: string, failing = "") {
  const systemctl = join(folder, "systemctl");
  const log = join(folder, "log");
  writeFileSync(log, "");
  writeFileSync(
    systemctl,
    `#!/bin/sh\necho "$*" >>${log}\n[ "$2" != is-active ] || echo ${state}\n[ "$3" != "${failing}" ]\n`,
  );
  chmodSync(systemctl, 0o755);
  const { status } = spawnSync("sh", [hostFile("daemon/tellDaemon.program.sh"), verb], {
    env: { PATH: `${folder}:${process.env.PATH ?? ""}` },
  });
  return { status, log: readFileSync(log, "utf8").split("\n").slice(0, -1) };
}

test.each(["start", "restart"])("%s: an earlier failure does not count", (verb) => {
  expect(told(verb, "active")).toEqual({
    status: 0,
    log: ["--user reset-failed docker.service", `--user ${verb} docker.service`],
  });
  expect(told(verb, "failed", "docker.service").status).toBe(1);
});

const stops = ["docker-prune.timer", "docker-prune.service", "docker.service"].map(
  (unit) => `--user stop ${unit}`,
);

test.each([
  ["inactive", 0],
  ["failed", 0],
  ["unknown", 0],
  ["deactivating", 1],
  ["active", 1],
])("stop: each unit by itself, and then the daemon is %s", (state, status) => {
  const result = { status, log: [...stops, "--user is-active docker.service"] };
  expect(told("stop", state)).toEqual(result);
  expect(told("stop", state, "docker-prune.timer")).toEqual(result);
});

test("kill of control groups: by the group, or by its processes", () => {
  const [killable, old] = [join(folder, "new"), join(folder, "old")];
  const sleeper = execFileSync("sh", ["-c", "sleep 60 >/dev/null 2>&1 & echo $!"], {
    encoding: "utf8",
  });
  execFileSync("mkdir", ["-p", killable, join(old, "below")]);
  writeFileSync(join(killable, "cgroup.kill"), "");
  writeFileSync(join(killable, "cgroup.procs"), `${process.pid}\n`);
  writeFileSync(join(old, "below/cgroup.procs"), sleeper);
  execFileSync("sh", [hostFile("platform/killGroups.program.sh"), killable, old]);
  expect(readFileSync(join(killable, "cgroup.kill"), "utf8")).toBe("1\n");
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", sleeper.trim()], { encoding: "utf8" });
  // A zombie, as long as nobody waits for it.
  expect(stdout).toMatch(/^(Z.*\n)?$/);
});
