import { gunzipSync, gzipSync } from "node:zlib";
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
  const agent = older.resources.find(isAgent)?.inputs ?? {};
  await host.run(agent.update as string, { input: agent.stdin as string });
  await stack.importState(toDeployment(older, await stack.exportState()));
  const steps = ["update web-agent", "update web-kernel"];
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

const isAgent = ({ urn }: { urn: string }) => urn.endsWith("::web-agent");

/** The same state, left by a version of this package whose step `kernel` does one thing more. */
function withOlderKernelStep(state: Recorded): Recorded {
  const resources = state.resources.map((resource) => {
    const change = isAgent(resource)
      ? olderAgent
      : resource.urn.endsWith("::web-kernel")
        ? (document: string) => document.replace(/^agent: .*$/m, 'agent: "01de4c0d"')
        : undefined;
    if (!change) return resource;
    const { inputs, outputs } = resource;
    const stdin = change(inputs.stdin as string);
    return { ...resource, inputs: { ...inputs, stdin }, outputs: { ...outputs, stdin } };
  });
  return { ...state, resources };
}

function olderAgent(packed: string): string {
  const lines = packed.split("\n");
  const head = lines.filter((line) => line.startsWith("#"));
  const body = lines.filter((line) => !line.startsWith("#")).join("");
  const text = gunzipSync(Buffer.from(body, "base64")).toString();
  const older = text.replace("kernel_apply() {\n", "kernel_apply() {\n\ttrue\n");
  expect(older).not.toBe(text);
  const marked = head.map((line) => line.replace(/^(# steps\/kernel\.sh ).*/, "$101de4c0d"));
  expect(marked).not.toEqual(head);
  return [...marked, gzipSync(older).toString("base64"), ""].join("\n");
}
