import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const sources = join(__dirname, "../../src");

/**
 * What `start_and_wait` does and says where `ask_for_start` ends like this (75: it is under way), the last one again and again, and
 * every request takes as long as it may: a line each, then its exit status.
 */
function waiting(verb: string, ...statuses: number[]): string[] {
  return waitingFor("app", verb, ...statuses);
}

function waitingFor(account: string, verb: string, ...statuses: number[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "rootless-docker-start-"));
  const script = `set -eu
    . "$1/host/daemon/start.sh"
    WORK=$2 STATE=$2 LEASE=a1 ACCOUNT=$3 verb=$4 asked=$4
    shift 4
    mkdir -p "$STATE/leases/a1"
    echo app >"$STATE/leases/a1/account-name"
    echo 0 >"$WORK/clock"
    printf '%s\\n' "$@" >"$WORK/statuses"
    seconds_since_boot() { cat "$WORK/clock"; }
    unit_property() {
      if [ "$asked $(cat "$WORK/clock")" = "restart 10" ]; then echo deactivating; else echo activating; fi
    }
    last_said() { printf '; its last words: restores'; }
    say() { echo "$*"; }
    fail() { echo "found $2; wanted $3"; exit 1; }
    ask_for_start() {
      local status
      echo "asks for $1, and waits $2 s"
      echo $(($(cat "$WORK/clock") + $2)) >"$WORK/clock"
      status=$(head -n 1 "$WORK/statuses")
      [ "$(wc -l <"$WORK/statuses")" = 1 ] || sed -i 1d "$WORK/statuses"
      return "$status"
    }
    start_and_wait "$verb" && echo "exit status 0" || echo "exit status $?"`;
  try {
    const args = ["-c", script, "sh", sources, folder, account, verb, ...statuses.map(String)];
    return execFileSync("sh", args, { encoding: "utf8" }).trim().split("\n");
  } catch (error) {
    return (error as { stdout: string }).stdout.trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const asks = (verb: string, seconds: number) => `asks for ${verb}, and waits ${seconds} s`;
const waits = (seconds: number, end = "start") =>
  `waits for docker.service of app to ${end}: ${seconds} s by now; its last words: restores`;

test("a daemon that starts at once is not spoken of", () => {
  expect(waiting("start", 0)).toEqual([asks("start", 10), "exit status 0"]);
});

test("one that fails is not waited for, however late", () => {
  expect(waiting("start", 1)).toEqual([asks("start", 10), "exit status 1"]);
  expect(waiting("start", 75, 1).at(-1)).toBe("exit status 1");
});

test("one that takes long is waited for, with a word each half minute, and restarted once only", () => {
  expect(waiting("restart", 75, 75, 0)).toEqual([
    asks("restart", 10),
    waits(10, "end its containers before it starts anew"),
    asks("start", 30),
    waits(40),
    asks("start", 30),
    "exit status 0",
  ]);
});

test("the waiting ends after twenty minutes, and not before", () => {
  const lines = waiting("start", 75);
  expect(lines.slice(-3)).toEqual([
    waits(1180),
    asks("start", 30),
    "found it still starting after 20 minutes; its last words: restores; wanted it active",
  ]);
  expect(lines.filter((line) => line.startsWith("waits"))).toHaveLength(40);
});

test("for the daemon of another installation it ends after five", () => {
  expect(waitingFor("other", "restart", 75).at(-1)).toMatch(
    /^found it still starting after 5 minutes/,
  );
});
