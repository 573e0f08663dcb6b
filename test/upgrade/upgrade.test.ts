import type * as pulumi from "@pulumi/pulumi";
import { agentText } from "../../src/agent/agentText";
import { RootlessDockerHost, OnDestroyData } from "../../index";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../stand-ins/hosts";
import { daemonStart } from "../support/host";
import { connectionTo, stepsRun } from "../support/hostStack";
import { Stack } from "../support/stack";

// A host and a state as a version left them whose step `daemon` is another one, taken over by the code of today.
afterAll(destroyAllHosts);

let host: TestHost;
let before: HostSnapshot;
let stack: Stack;
const program = () => {
  new RootlessDockerHost("web", {
    connection: connectionTo(host),
    account: { name: "app" },
    kernel: { sysctls: { "net.core.somaxconn": "8192" } },
    onDestroy: { data: OnDestroyData.Delete },
  });
};

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  before = await snapshotHost(host);
  stack = await Stack.start("upgrade");
});

test("where the code of one step alone is older, only agent and that step run, and nothing is restarted", async () => {
  await stack.up(program);
  const installation = stack.outputs("web-installation").hex as string;
  const text = olderAgent();
  await host.run(`cat >agent && sh agent install agent ${installation} auto && rm agent`, {
    input: text,
  });
  await stack.importState(withOlderDaemonStep(await stack.exportState()));
  const steps = ["copy", "daemon", "machine"].map((child) => `update web-${child}`);
  expect(stepsRun(await stack.preview(program)).sort()).toEqual(steps);
  const started = await daemonStart(host, "app");
  expect(stepsRun(await stack.up(program)).sort()).toEqual(steps);
  expect(await daemonStart(host, "app")).toBe(started);
  expect(stepsRun(await stack.up(program))).toEqual([]);
});

test("destroy gives the host back", async () => {
  await stack.destroy();
  expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
});

/** The same state, left by a version of this package whose step `daemon` does one thing more. */
function withOlderDaemonStep(state: pulumi.automation.Deployment): pulumi.automation.Deployment {
  const text = JSON.stringify(state)
    .replaceAll(/("hash":")[0-9a-f]{64}/g, `$1${"0".repeat(64)}`)
    .replaceAll(/(program: \\"|# steps )[^"\\]*/g, "$101de4c0d")
    .replaceAll(/(agent: \\")[0-9a-f]{8}(\\"\\ndaemon\.json)/g, "$101de4c0d$2");
  return JSON.parse(text) as pulumi.automation.Deployment;
}

function olderAgent(): string {
  const older = agentText().replace("daemon_apply() {\n", "daemon_apply() {\n\ttrue\n");
  expect(older).not.toBe(agentText());
  return older;
}
