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
