import { performance } from "node:perf_hooks";
import type { TestHost } from "../stand-ins/hosts";
import { account, type Contestant, type Phase, phases, pingGroups } from "./contestants";

/** What one phase took. */
export interface Measured {
  /** Wall time on this machine. */
  seconds: number;
  /** CPU time of everything on the host. */
  hostCpuSeconds: number;
  /** SSH connections that the host accepted; the package opens one for each command. */
  connections: number;
}

/** One contestant's course over one host. */
export interface Course extends Record<Phase, Measured> {
  stateBytes: number;
  steps: Record<string, number>;
  /** What kind of Docker host it came to be, by name. */
  outcome: Record<string, string>;
}

/** Runs all phases on a fresh host, and checks after each that the host is what it should be. */
export async function course(host: TestHost, contestant: Contestant): Promise<Course> {
  const run = await contestant.prepare(host);
  const measured: Partial<Record<Phase, Measured>> = {};
  let outcome: Record<string, string> = {};
  let stateBytes = 0;
  for (const phase of phases) {
    measured[phase] = await measure(host, () => run.run(phase));
    if (phase === "destroy") {
      await expectNothingLeft(host);
      continue;
    }
    const now = await outcomeOf(host);
    if (now.pingGroups !== pingGroups(phase))
      throw new Error(`${phase}: ping is ${now.pingGroups}`);
    if (phase === "first provisioning") outcome = now;
    stateBytes = await run.stateBytes();
  }
  return { ...(measured as Record<Phase, Measured>), stateBytes, steps: run.steps, outcome };
}

async function measure(host: TestHost, work: () => Promise<void>): Promise<Measured> {
  // What is left to write of the phase before, and of making the host, is nobody's.
  await host.run("sync");
  const before = await counters(host);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const after = await counters(host);
  return {
    seconds,
    hostCpuSeconds: after.cpuSeconds - before.cpuSeconds,
    // The second look at the counters is a connection, too.
    connections: after.connections - before.connections - 1,
  };
}

async function counters(host: TestHost): Promise<{ cpuSeconds: number; connections: number }> {
  const [usage, accepted] = (
    await host.run(
      "sed -n 's/^usage_usec //p' /sys/fs/cgroup/cpu.stat; journalctl -q -o cat _COMM=sshd-session + _COMM=sshd | grep -c ^Accepted",
    )
  ).split("\n");
  return { cpuSeconds: Number(usage) / 1e6, connections: Number(accepted) };
}

const infoFormat =
  '{"driver":"{{.Driver}}","security":"{{.SecurityOptions}}","cgroup":"{{.CgroupVersion}} {{.CgroupDriver}}","version":"{{.ServerVersion}}"}';

/** Asks the account's own docker, as the account would. */
async function outcomeOf(host: TestHost): Promise<Record<string, string>> {
  const info = await host.run(
    `setpriv --reuid ${account} --regid ${account} --init-groups env -i HOME=/home/${account} PATH="/home/${account}/bin:$PATH" docker info --format '${infoFormat}'`,
  );
  const outcome = JSON.parse(info) as Record<string, string>;
  if (!outcome.security.includes("name=rootless")) throw new Error(`not rootless: ${info}`);
  const ping = await host.run("tr '\\t' ' ' </proc/sys/net/ipv4/ping_group_range");
  const units = await host.run(
    "systemctl is-active docker.socket docker.service containerd.service || true",
  );
  const linger = await host.run("ls /var/lib/systemd/linger");
  return { ...outcome, pingGroups: ping.trim(), rootUnits: units.trim(), linger: linger.trim() };
}

async function expectNothingLeft(host: TestHost): Promise<void> {
  const left = await host.run(
    `getent passwd ${account} || true; pgrep -x dockerd || true; command -v dockerd || true`,
  );
  if (left !== "") throw new Error(`destroy left something behind:\n${left}`);
}
