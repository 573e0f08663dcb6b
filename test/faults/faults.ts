import {
  allProcesses,
  fillDisk,
  freeDisk,
  killTree,
  signal,
  treeOf,
  type NspawnHost,
} from "../../testbed/hosts";
import type { RunningStep } from "./steps";

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

export const pulumiKilled = "Pulumi killed";

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
    name: pulumiKilled,
    strike: async () => {
      const cli = treeOf(process.pid, allProcesses()).find(({ command }) =>
        /^\S*\/pulumi (up|destroy) /.test(command),
      );
      // It may just have ended by itself.
      if (cli) killTree(cli.pid, allProcesses);
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
