import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exec } from "../../stand-ins/hosts/exec";
import { removeLeftovers } from "../../stand-ins/hosts";
import { ownerLives, ownerRecord } from "../../stand-ins/hosts/owner";
import { placeOf, stateDir } from "../../stand-ins/hosts/place";

const children: ChildProcess[] = [];
// Also after a failure, or jest would wait for them.
afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

/** Starts the command line tool, and waits until its host is up. */
async function hostOfAnotherProcess() {
  const child = spawn(process.execPath, ["--import", "tsx", "stand-ins/hosts/cli.ts", "create"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("ssh -F")) break;
  }
  const number = Number(/"name": "rd-(\d+)"/.exec(text)?.[1]);
  return { child, number };
}

/** Everything on this machine that tells of host N. */
async function traces(number: number): Promise<string[]> {
  const { dir, machine, cable } = placeOf(number);
  const processes = await exec("pgrep", ["--full", `systemd-nspawn .*--machine=${machine} `]);
  const cgroups = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .filter((line) => line.split(" ")[2] === "cgroup2")
    .map((line) => join(line.split(" ")[1], "rootless-docker-testbed", machine));
  const files = [dir, `/sys/class/net/${cable}`, `/run/systemd/nspawn/propagate/${machine}`];
  return [
    ...processes.stdout.split("\n").filter((line) => line !== ""),
    ...[...files, ...cgroups].filter((path) => existsSync(path)),
  ];
}

async function untilGone(number: number): Promise<void> {
  for (let tries = 0; tries < 3000 && (await traces(number)).length > 0; tries++) await sleep(100);
}

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("a host goes after a %s", async (signal) => {
  const { child, number } = await hostOfAnotherProcess();
  expect((await traces(number)).length).toBeGreaterThan(3);
  child.kill(signal);
  await untilGone(number);
  expect(await traces(number)).toEqual([]);
});

test("what a dead process and its guardian left is found and removed", async () => {
  const { child, number } = await hostOfAnotherProcess();
  const { dir } = placeOf(number);
  const guardian = await exec("pgrep", ["--full", `remove.sh --when-stdin-ends ${dir} `]);
  // A shell that is about to become another program counts, too.
  for (const pid of guardian.stdout.trim().split("\n")) process.kill(Number(pid), "SIGKILL");
  child.kill("SIGKILL");
  await sleep(200);
  expect((await traces(number)).length).toBeGreaterThan(3);
  expect(await removeLeftovers()).toContain(`rd-${number}`);
  expect(await traces(number)).toEqual([]);
});

test("a host of a living process stays", async () => {
  const { child, number } = await hostOfAnotherProcess();
  expect(await removeLeftovers()).not.toContain(`rd-${number}`);
  expect((await traces(number)).length).toBeGreaterThan(3);
  child.kill("SIGTERM");
  await untilGone(number);
});

test("a record without an owner, or of another boot, is a leftover", () => {
  expect(ownerLives(ownerRecord())).toBe(true);
  expect(ownerLives("")).toBe(false);
  expect(ownerLives(ownerRecord().replace(/ \S+$/, " another-boot"))).toBe(false);
  expect(ownerLives(ownerRecord().replace(/ \d+ /, " 1 "))).toBe(false);
});

test("half a host is removed too", async () => {
  const { dir, machine } = placeOf(254);
  mkdirSync(join(dir, "root/etc"), { recursive: true });
  try {
    writeFileSync(join(dir, "owner"), "");
    expect(await removeLeftovers()).toContain(machine);
    expect(await traces(254)).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test("the network goes with the last host", async () => {
  // Other processes on this machine may have hosts of their own.
  if (existsSync(join(stateDir, "hosts"))) return;
  expect(existsSync("/sys/class/net/rd-bridge")).toBe(false);
  expect((await exec("iptables", ["-w", "-t", "nat", "-S"])).stdout).not.toContain("10.203.0.");
});
