import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { hostFile } from "../support/hostPrograms";

// Root runs programs as somebody else; whoever is not root runs them as himself.
const isRoot = userInfo().uid === 0;
const [uid, gid, name] = isRoot
  ? [65534, 65534, "nobody"]
  : [userInfo().uid, userInfo().gid, userInfo().username];

interface Given {
  seconds?: number;
  bytes?: number;
  uid?: number | string;
  name?: string;
  environment?: string[];
  input?: string;
}

/** Runs a text of sh by the account runner, as its file is. */
function run(script: string, given: Given = {}) {
  const { seconds = 20, bytes = 1000, environment = ["PATH=/usr/bin:/bin"], input = "" } = given;
  const before = [seconds, bytes, given.uid ?? uid, gid, given.name ?? name].map(String);
  const args = [hostFile("core/accountRunner.pl"), ...before, ...environment, "--"];
  const { status, stdout, stderr } = spawnSync("perl", [...args, "sh", "-c", script, "sh", "--"], {
    input,
    encoding: "utf8",
    env: { ...process.env, OF_ROOT: "yes" },
  });
  return { status, stdout, stderr };
}

test.each<[string, string, number, string, string]>([
  ["what it prints, and that all is well", "echo out; echo err >&2", 0, "out\n", "err\n"],
  ["its exit status", "echo why >&2; exit 3", 3, "", "why\n"],
  ["how it ended, if it says nothing", "exit 3", 3, "", "it ended with exit status 3\n"],
  ["a signal", "kill -KILL $$", 137, "", "it was killed by signal 9\n"],
  ["its arguments", 'printf "%s|" "$@"', 0, "--|", ""],
  ["bytes as they are", "printf '\\377\\000\\n'", 0, "\ufffd\0\n", ""],
])("hands on %s", (_what, script, status, stdout, stderr) => {
  expect(run(script)).toEqual({ status, stdout, stderr });
});

test("hands on what is on stdin", () => {
  expect(run("cat", { input: "a\nb" }).stdout).toBe("a\nb");
});

test("ends it after its time, and all of its session", () => {
  const start = Date.now();
  expect(run("sleep 60 & sleep 60", { seconds: 1 })).toEqual({
    status: 124,
    stdout: "",
    stderr: "it did not end within 1 seconds\n",
  });
  expect(Date.now() - start).toBeLessThan(20_000);
});

test("does not wait for what it leaves behind, with its output open", () => {
  const start = Date.now();
  expect(run("sleep 30 & echo started")).toMatchObject({ status: 0, stdout: "started\n" });
  expect(Date.now() - start).toBeLessThan(20_000);
});

test("ends its output after so many bytes, and what it says after 4096", () => {
  expect(run("yes", { bytes: 100 })).toMatchObject({ status: 141, stdout: "y\n".repeat(50) });
  const { stdout, stderr } = run("yes >&2; echo after", { bytes: 100 });
  expect([stdout, stderr]).toEqual(["after\n", "y\n".repeat(2048)]);
});

test("gives it the environment that is named, and no other variable", () => {
  const environment = ["A=b=c d", "EMPTY="];
  const { stdout } = run("/usr/bin/env | grep -v ^_= | sort", { environment });
  expect(stdout.split("\n").filter((line) => !/^(PWD|OLDPWD|SHLVL)=/.test(line))).toEqual([
    "A=b=c d",
    "EMPTY=",
    "",
  ]);
});

test("gives it a session of its own, and no descriptor but three", () => {
  const { stdout } = run("ps -o sid= -p $$; echo $$; exec ls -l /proc/self/fd");
  const [session, own, ...descriptors] = stdout.split("\n").map((line) => line.trim());
  expect(session).toBe(own);
  const numbers = descriptors.flatMap((line) => / (\d+) -> /.exec(line)?.[1] ?? []);
  // The last one is the directory that ls reads.
  expect(numbers).toEqual(["0", "1", "2", "3"]);
});

test("says that there is no such program", () => {
  const { status } = spawnSync("perl", [
    ...[hostFile("core/accountRunner.pl"), "5", "100", String(uid), String(gid), name, "--"],
    "/no/such/program",
  ]);
  expect(status).toBe(127);
});

test.each(["0", "", "00", "-1", "1x", "1\n"])("runs nothing as the uid %j", (wrong) => {
  const { status, stdout, stderr } = run("echo ran", { uid: wrong });
  expect([status, stdout, stderr]).toEqual([expect.any(Number), "", "no account\n"]);
  expect(status).not.toBe(0);
});

(isRoot ? test : test.skip)(
  "the program has the account's ids, and the groups that list it",
  () => {
    const { stdout } = run("id -u; id -g; id -G; cat /proc/self/status | grep ^CapEff");
    expect(stdout).toBe(`${uid}\n${gid}\n${gid}\nCapEff:\t0000000000000000\n`);
  },
);
