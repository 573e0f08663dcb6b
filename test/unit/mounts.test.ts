import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const shell = readFileSync(join(__dirname, "../../src/host/core/mounts.sh"), "utf8");
const [withoutEscapes = ""] = /^without_escapes\(\) \{\n[^]*?^\}\n/m.exec(shell) ?? [];

test.each([
  ["/a\\040b", "/a b"],
  ["/a\\134b", "/a\\b"],
  ["/a\\0401", "/a 1"],
  // An account's, which would else be one of another account's home.
  ["/home/evil/x\\012/home/bob", "/home/evil/x?/home/bob"],
])("a mount point: %s", (written, name) => {
  const input = `${written}\n`;
  const found = execFileSync("sh", ["-c", `${withoutEscapes} without_escapes`], { input });
  expect(found.toString()).toBe(`${name}\n`);
});

const [placeOf = ""] = /^place_of\(\) \{\n[^]*?^\}\n/m.exec(shell) ?? [];

test.each([
  ["ext2/ext3", "ext4", "ext4"],
  ["ext2/ext3", "", "ext2/ext3"],
  ["xfs", "none of its business", "xfs"],
])("a place on what stat calls %s and the mount '%s': %s", (stat, mount, shown) => {
  const script = `set -eu
    ${placeOf}
    file_system() { echo '${stat}'; }
    nearest_directory() { echo "$1"; }
    mount_of() { [ -n '${mount}' ] && echo '${mount}'; }
    place_of /srv/app`;
  expect(execFileSync("sh", ["-c", script]).toString()).toBe(`/srv/app (${shown})`);
});

const looks = ["seconds_to_look", "timed_look"]
  .map((name) => new RegExp(`^${name}\\(\\) \\{\\n[^]*?^\\}\\n`, "m").exec(shell)?.[0] ?? "")
  .join("");

test("looks at what an account has made end together, before anybody has waited ten minutes", () => {
  const script = `set -eu
    ${looks}
    WORK=$(mktemp -d) now=1000
    seconds_since_boot() { echo $now; }
    look() { now=$((now + 300)); }
    seconds_to_look; timed_look look; seconds_to_look; timed_look look; seconds_to_look
    rm -r "$WORK"`;
  expect(execFileSync("sh", ["-c", script]).toString()).toBe("500\n200\n1\n");
});
