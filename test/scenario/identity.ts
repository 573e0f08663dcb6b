import type * as pulumi from "@pulumi/pulumi";
import { OnDestroyData, RootlessDockerHost, type RootlessDockerHostArgs } from "../../index";
import {
  diffSnapshots,
  type HostSnapshot,
  snapshotHost,
  type TestHost,
} from "../../stand-ins/hosts";
import { asAccount, daemonStart } from "../support/host";
import { type Outcome, steps } from "../support/stack";
import { connectionTo, everyChild } from "../support/hostStack";

// What the tests of an installation's identity have in common: who holds the account, on which host.

/** A program with one installation, for the account `app`. */
export function program(
  host: TestHost,
  name: string,
  args: Partial<RootlessDockerHostArgs> = {},
  options: pulumi.ComponentResourceOptions = {},
) {
  return () => {
    new RootlessDockerHost(
      name,
      {
        connection: connectionTo(host),
        account: { name: "app" },
        onDestroy: { data: OnDestroyData.Delete },
        ...args,
      },
      options,
    );
  };
}

/** Process and start of the account's daemon, which must answer. */
export async function daemon(host: TestHost): Promise<string> {
  await asAccount(host, "app", "docker info >/dev/null");
  return daemonStart(host, "app");
}

/** What differs on a host. */
export async function changesSince(earlier: HostSnapshot, host: TestHost): Promise<string[]> {
  return diffSnapshots(earlier, await snapshotHost(host));
}

/** What the engine did, without the installations themselves, which are but their steps. */
export function childSteps(outcome: Outcome): string[] {
  return steps(outcome).filter((line) => !/ (web|site)$/.test(line));
}

/** All of `made` was made in its order, from installation to daemon; then `gone` went, in reverse order. */
export function expectMoved(outcome: Outcome, made: string, gone: string): void {
  const lines = childSteps(outcome).filter((line) => / (web|site)-/.test(line));
  const created = lines.filter((line) => line.startsWith(`${made}-`));
  const deleted = lines.filter((line) => line.startsWith(`${gone}-`));
  expect(created.map((line) => line.slice(`${made}-`.length)).sort()).toEqual(everyChild);
  expect(deleted.map((line) => line.slice(`${gone}-`.length)).sort()).toEqual(everyChild);
  // The child that keeps drift comes and goes beside the copy and the agent.
  const inOrder = (all: string[]) => all.map(last).filter((child) => child !== "drift");
  expect(inOrder(created).slice(0, 3)).toEqual(["installation", "copy", "agent"]);
  expect(created.slice(-1).map(last)).toEqual(["daemon"]);
  expect(lines.indexOf(created.at(-1) ?? "")).toBeLessThan(lines.indexOf(deleted[0]));
  expect(deleted.slice(0, 1).map(last)).toEqual(["daemon"]);
  expect(inOrder(deleted).slice(-3)).toEqual(["agent", "copy", "installation"]);
  expect(deleted.slice(-1).map(last)).toEqual(["installation"]);
}

function last(line: string): string {
  return line.slice(line.lastIndexOf("-") + 1);
}
