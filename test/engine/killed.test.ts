import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { stepNames } from "../../src/agent/agentText";
import { Trial } from "../conformance/trial";
import { RootlessDockerHost, OnDestroyData, PrivilegedPorts } from "../../index";
import { connectionTo } from "./installation";

// `pulumi up` is killed while each step runs, and run again: the host is that of one clean run.
const wishes = {
  account: { name: "app" },
  daemon: { debug: true },
  privilegedPorts: PrivilegedPorts.FileCapability,
  onDestroy: { data: OnDestroyData.Delete },
};
const steps = ["agent", ...stepNames];

let host: TestHost;
let bare: HostSnapshot;
let clean: HostSnapshot;

const program = () => {
  new RootlessDockerHost("web", { connection: connectionTo(host), ...wishes });
};

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  bare = await snapshotHost(host);
  const trial = await Trial.start("clean");
  await trial.up(program);
  clean = await snapshotHost(host);
  await trial.destroy();
});
afterAll(destroyAllHosts);

/** Starts `up` and kills it, with everything it started, some time after a step has begun. */
async function killedUp(step: string, delay: number, stackName: string, backendDir: string) {
  const args = JSON.stringify({ stackName, backendDir, connection: connectionTo(host), wishes });
  const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "program.ts"), args], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let begun = false;
  child.stdout.on("data", (text: Buffer) => {
    if (begun || !text.toString().split("\n").includes(`web-${step}`)) return;
    begun = true;
    setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), delay);
  });
  await ended;
  expect(begun).toBe(true);
}

test.each(steps)("killed while %s runs", async (step) => {
  const backendDir = mkdtempSync(join(tmpdir(), "killed-"));
  const delay = step === "engine" ? 2500 : 150;
  await killedUp(step, delay, step, backendDir);
  const trial = await Trial.start(step, backendDir);
  await trial.unlock();
  try {
    await trial.up(program);
    expect(trial.recorded("web-report")).toBeDefined();
    expect(diffSnapshots(clean, await snapshotHost(host)).filter(lasting)).toEqual([]);
  } finally {
    await trial.destroy();
  }
  expect(diffSnapshots(bare, await snapshotHost(host))).toEqual([]);
});

// What differs between any two clean runs too.
const ofEachRun = [
  // Each installation has a lease of its own.
  "/var/lib/rootless-docker/",
  // dockerd makes up an id, and keeps random network ids in a database.
  "/.local/share/docker/engine-id",
  "/.local/share/docker/network/files/local-kv.db",
  // Logins of the test itself.
  "session-c",
];

function lasting(difference: string): boolean {
  return !ofEachRun.some((part) => difference.includes(part));
}
