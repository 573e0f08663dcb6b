import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(__dirname, "../..");

/** A folder for one test file, gone when its tests are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rootless-docker-pack-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/**
 * The checkout before anything is built, with the modules that `npm ci` installs. A copy, so that the
 * checkout stays as it is; without the tests, whose files come and go while they run.
 */
export function copyCheckout(target: string): void {
  const left = ["node_modules", ".git", "bin", "test"];
  cpSync(root, target, {
    recursive: true,
    filter: (path) => !left.includes(relative(root, path)),
  });
  linkModules(target);
}

/** Gives a folder the checkout's modules, as if they were installed there. */
export function linkModules(folder: string): void {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}

/** `npm pack` in a copy of the checkout; returns the tarball's path and the files in it. */
export function pack(folder: string): { tarball: string; files: string[] } {
  const checkout = join(folder, "checkout");
  copyCheckout(checkout);
  npm(checkout, "pack", "--silent", "--pack-destination", folder);
  const manifest = readFileSync(join(checkout, "package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const tarball = join(folder, `rootless-docker-${version}.tgz`);
  const list = execFileSync("tar", ["-tf", tarball], { encoding: "utf8" });
  const files = list.split("\n").filter(Boolean);
  return { tarball, files: files.map((path) => path.replace(/^package\//, "")) };
}

export function unpack(tarball: string, target: string): void {
  mkdirSync(target);
  execFileSync("tar", ["-xf", tarball, "-C", target, "--strip-components=1"]);
}

/**
 * The packed package as the engine finds plugins on PATH, and started as its Node.js language host starts
 * it, which is not to be had from the package registries. Returns the executable, which is alone in its folder.
 */
export function pluginExecutable(folder: string, tarball: string): string {
  const plugin = join(folder, "plugin");
  unpack(tarball, plugin);
  linkModules(plugin);
  mkdirSync(join(folder, "bin"));
  const file = join(folder, "bin/pulumi-resource-rootless-docker");
  const runPlugin = join(plugin, "node_modules/@pulumi/pulumi/cmd/run-plugin/index.js");
  writeFileSync(file, `#!/bin/sh\nexec ${process.execPath} ${runPlugin} ${plugin} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Runs npm; returns what it prints. */
export function npm(cwd: string, ...args: string[]): string {
  // npm tells its children about itself by variables; those of `npm test` are not meant for this one.
  const env = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle)_/.test(name),
  );
  return execFileSync("npm", args, {
    cwd,
    env: Object.fromEntries(env),
    encoding: "utf8",
    stdio: "pipe",
  });
}

/** Runs the checkout's TypeScript compiler in a folder; fails with what it says. */
export function tsc(cwd: string, ...args: string[]): void {
  compile("typescript", cwd, ...args);
}

/** The compilers that programs are tried with, by their folders in node_modules. */
export const compilers = ["typescript", "typescript-6"] as const;

/** The same with one of the compilers. */
export function compile(name: (typeof compilers)[number], cwd: string, ...args: string[]): void {
  const compiler = join(root, "node_modules", name, "bin/tsc");
  try {
    execFileSync(process.execPath, [compiler, ...args], { cwd, encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout);
  }
}
