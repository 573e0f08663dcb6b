import { agentText } from "../../src/agent/agentText";
import { RootlessDockerHost, OnDestroyData } from "../../index";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { daemonStart } from "../../testkit/host";
import { connectionTo, stepsRun } from "../../testkit/hostStack";
import { Stack } from "../../testkit/stack";
import { opened, type Recorded, toDeployment } from "./recorded";

// A host and a state as a version left them whose step `kernel` is another one, taken over by the code of today.
afterAll(destroyAllHosts);

let host: TestHost;
let before: HostSnapshot;
let stack: Stack;
const program = () => {
  new RootlessDockerHost("web", {
    connection: connectionTo(host),
    account: { name: "app" },
    sysctls: { "net.core.somaxconn": "8192" },
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
  const older = withOlderKernelStep(opened(await stack.exportState()));
  const lease = stack.outputs("web-lease").hex as string;
  const text = olderAgent();
  await host.run(`cat >agent && sh agent install agent ${lease} auto && rm agent`, { input: text });
  await stack.importState(toDeployment(older, await stack.exportState()));
  const steps = ["copy", "kernel", "preflight"].map((child) => `update web-${child}`);
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

/** The same state, left by a version of this package whose step `kernel` does one thing more. */
function withOlderKernelStep(state: Recorded): Recorded {
  const earlier = (text: string) =>
    text
      .replace(/^agent: .*$/m, 'agent: "01de4c0d"')
      .replace(/^(# steps ).*/m, "$101de4c0d")
      .replace(/^program: .*$/m, 'program: "0.1.0 01de4c0d"');
  const resources = state.resources.map((resource) => {
    const text = JSON.stringify(resource).replaceAll(
      /("hash":")[0-9a-f]{64}/g,
      `$1${"0".repeat(64)}`,
    );
    const { inputs, outputs, ...rest } = JSON.parse(text) as typeof resource;
    if (!/::web-(preflight|kernel)$/.test(resource.urn)) return { ...rest, inputs, outputs };
    const stdin = earlier(inputs.stdin as string);
    return { ...rest, inputs: { ...inputs, stdin }, outputs: { ...outputs, stdin } };
  });
  return { ...state, resources };
}

function olderAgent(): string {
  const older = agentText().replace("kernel_apply() {\n", "kernel_apply() {\n\ttrue\n");
  expect(older).not.toBe(agentText());
  return older;
}
