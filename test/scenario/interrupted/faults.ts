import { fillDisk, freeDisk, killTree, signal, type NspawnHost } from "../../../testbed/hosts";
import type { RunningStep } from "../../../testkit/runningSteps";

/** What can go wrong while a step runs. */
export interface Fault {
  name: string;
  /** Does it. What it returns is for when the engine has ended, and makes all well again. */
  strike(host: NspawnHost, running: RunningStep): Promise<() => Promise<void>>;
}

const nothingToMend = async (): Promise<void> => undefined;

/** The host comes up by itself; whether it has, is asked when the engine has ended. */
function comingUp(up: Promise<void>): () => Promise<void> {
  up.catch(() => undefined);
  return () => up;
}

/** Faults of the host. */
export const faults: readonly Fault[] = [
  {
    // The agent goes on, or dies of what it cannot say any more.
    name: "connection cut",
    strike: async (_host, { session }) => {
      signal(session.pid, "SIGKILL");
      return nothingToMend;
    },
  },
  {
    name: "agent killed",
    strike: async (host, { shell }) => {
      killTree(shell.pid, () => host.processes());
      return nothingToMend;
    },
  },
  {
    name: "rebooted",
    strike: async (host) => comingUp(host.reboot()),
  },
  {
    name: "power cut",
    strike: async (host) => comingUp(host.cutPower()),
  },
  {
    name: "disk full",
    strike: async (host) => {
      await fillDisk(host.root);
      return async () => freeDisk(host.root);
    },
  },
];

/** A fault on this side. */
export const pulumiKilled = (kill: () => void): Fault => ({
  name: "Pulumi killed",
  strike: async () => {
    kill();
    return nothingToMend;
  },
});
