import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDir, cached } from "../../stand-ins/cache";
import { withLock } from "../../stand-ins/hosts/lock";

let base: string;
const xdgBefore = process.env.XDG_CACHE_HOME;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "testbed-cache-"));
  process.env.XDG_CACHE_HOME = base;
});
afterEach(() => {
  rmSync(base, { recursive: true });
  if (xdgBefore === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = xdgBefore;
});

test("a cached thing has its name, version and hash in its folder's", () => {
  expect(cacheDir("tool", "1.2", "abc")).toBe(join(base, "rootless-docker/tool-1.2-abc"));
  expect(cacheDir("tool", "1.2")).toBe(join(base, "rootless-docker/tool-1.2"));
});

test("two at once build it once", async () => {
  let builds = 0;
  const build = async (tmp: string) => {
    builds++;
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeFileSync(join(tmp, "file"), "made");
  };
  const dir = cacheDir("tool", "1");
  await Promise.all([cached(dir, build), cached(dir, build), cached(dir, build)]);
  expect(builds).toBe(1);
  expect(readFileSync(join(dir, "file"), "utf8")).toBe("made");
});

test("a build that fails leaves nothing, and can be tried again", async () => {
  const dir = cacheDir("tool", "1");
  const failing = cached(dir, async (tmp) => {
    writeFileSync(join(tmp, "half"), "");
    throw new Error("no luck");
  });
  await expect(failing).rejects.toThrow("no luck");
  expect(existsSync(dir)).toBe(false);
  expect(readdirSync(join(base, "rootless-docker"))).toEqual([".tool-1.lock"]);
  await cached(dir, async (tmp) => writeFileSync(join(tmp, "file"), ""));
  expect(readdirSync(dir)).toEqual(["file"]);
});

test("the lock of a killed process is free", async () => {
  const file = join(base, "lock");
  const script = `require("./stand-ins/hosts/lock").withLock(${JSON.stringify(file)}, () => {
    console.log("held");
    return new Promise(() => setInterval(() => {}, 1000));
  })`;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close").then(() =>
    Promise.reject(new Error("it never held the lock")),
  );
  await Promise.race([once(child.stdout, "data"), ended]);
  ended.catch(() => undefined);
  child.kill("SIGKILL");
  await expect(withLock(file, async () => "ours")).resolves.toBe("ours");
});
