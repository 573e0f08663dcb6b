import { gunzipSync, gzipSync } from "node:zlib";
import { packedAgent, stepCodeHash } from "../../src/agent/agentText";
import { usualSteps } from "../../src/steps";
import {
  createHost,
  destroyAllHosts,
  diffSnapshots,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../testbed/hosts";
import { type Outcome, live, Stack } from "../../testkit/stack";
import { connectionTo, stepsRun } from "../../testkit/hostStack";
import {
  opened,
  placesOf,
  type ProgramArgs,
  readRecorded,
  type Recorded,
  recordedFile,
  recordedVersions,
  type Resource,
  toDeployment,
} from "./recorded";

/**
 * Inputs of commands that changed on purpose since a version, beside the hash of the code, and so run
 * them once more. Anything that is not said here is a mistake.
 */
const onPurpose: Record<string, (step: string) => string[]> = {
  "v0.1.0": (step) => [
    // The agent knows a step that is replaced: the report has a `delete` for that, too.
    "update",
    "create",
    ...agentOfItsOwn(step),
  ],
  "v0.1.1": agentOfItsOwnIn,
  "v0.2.0": agentOfItsOwnIn,
};

function agentOfItsOwnIn(step: string): string[] {
  return [...(step === "agent" ? [] : ["create", "update"]), ...agentOfItsOwn(step)];
}

/** Each installation has an agent of its own, which is whole or is not run (decision 0011). */
function agentOfItsOwn(step: string): string[] {
  return step === "preflight" ? [] : ["delete"];
}

/** What such a step changes on the host all the same: its last line, where it is another one. */
const changedOnPurpose: Record<string, unknown> = {
  // Packages that it brought are kept from apt's autoremove.
  engine: expect.stringMatching(
    /^engine: \/etc\/apt\/apt\.conf\.d\/99rootless-docker-\w+ written$/,
  ),
  // Bridges have RootlessKit's MTU, which is the one restart.
  daemon: "daemon: daemon of app restarted",
};

/** Where the recorded program has network.hostLoopback. */
const hostGateway = 'daemon.json/host-gateway-ip: "10.0.2.2"\n';
/** What the document of the step daemon says beside what it said then. */
const bridges =
  'daemon.json/mtu: 1500\ndefault-network-opts.bridge: {"com.docker.network.driver.mtu":"1500"}\n';

// A host and a state as an earlier version left them, taken over by the code of today.
afterAll(destroyAllHosts);

describe.each(recordedVersions())("from %s", (version) => {
  let host: TestHost;
  let before: HostSnapshot;
  let recorded: Recorded;
  let program: () => void;
  let stack: Stack;

  beforeAll(async () => {
    host = await createHost({ suite: "trixie" });
    before = await snapshotHost(host);
    const places = await placesOf(host);
    recorded = readRecorded(version, places);
    const module = (await import(recordedFile(version, "program.ts"))) as {
      program: (args: ProgramArgs) => void;
    };
    program = () => module.program({ connection: connectionTo(host), userKey: places.userKey });
    await leave(host, recorded);
    stack = await Stack.start("upgrade");
    await stack.importState(toDeployment(recorded, await stack.exportState()));
  });

  test("a preview names the steps whose code changed, each as an update, and nothing else", async () => {
    const outcome = await stack.preview(program);
    const changes = changesSince(version, recorded);
    expect(stepsRun(outcome).sort()).toEqual(updates(Object.keys(changes)));
    expect(changedInputs(outcome)).toEqual(changes);
  });

  test("up runs these, changes nothing on the host but what is meant to, and restarts the daemon once", async () => {
    const daemonBefore = await daemonStart(host);
    const outcome = await stack.up(program);
    const changed = Object.keys(changesSince(version, recorded));
    expect(stepsRun(outcome).sort()).toEqual(updates(changed));
    const said = (step: string) => changedOnPurpose[step] ?? nothingToChange(step);
    expect(lastLines(outcome, changed)).toEqual(changed.map(said));
    const daemonAfter = await daemonStart(host);
    expect(daemonAfter).not.toBe(daemonBefore);
    const { daemon, ...others } = documents(opened(await stack.exportState()));
    const before = daemon.replace(bridges, "").replace(hostGateway, "");
    expect({ ...others, daemon: before }).toEqual(documents(recorded));
    expect(daemon).toContain(bridges);
    expect(stepsRun(await stack.up(program))).toEqual([]);
    expect(await daemonStart(host)).toBe(daemonAfter);
  });

  test("where the code of the step kernel alone is older, only agent and kernel run", async () => {
    const now = opened(await stack.exportState());
    const older = withOlderKernelStep(now);
    await leave(host, { ...older, resources: older.resources.filter(isAgent) });
    await stack.importState(toDeployment(older, await stack.exportState()));
    const steps = updates(["agent", "kernel"]);
    expect(stepsRun(await stack.preview(program)).sort()).toEqual(steps);

    const daemonBefore = await daemonStart(host);
    const outcome = await stack.up(program);
    expect(stepsRun(outcome)).toEqual(steps);
    expect(lastLines(outcome, ["agent", "kernel"])).toEqual([
      "agent: /var/lib/rootless-docker/agent installed",
      "kernel: nothing to change",
    ]);
    expect(await daemonStart(host)).toBe(daemonBefore);
  });

  test("destroy gives the host back", async () => {
    await stack.destroy();
    expect(diffSnapshots(before, await snapshotHost(host))).toEqual([]);
  });
});

/** Process id and start time of the account's daemon. */
function daemonStart(host: TestHost): Promise<string> {
  return host.run("ps -o pid=,lstart= -p $(pgrep -u app -x dockerd)");
}

/** Brings a host to where the commands of a state left it: runs them, in the order of their making. */
async function leave(host: TestHost, { resources }: Recorded): Promise<void> {
  for (const { type, inputs } of resources) {
    if (type !== "command:remote:Command") continue;
    const { stdin, create } = inputs;
    await host.run(create as string, { input: textOf(stdin) });
  }
}

/** Steps that are no longer what a recorded state has of them, with the inputs that differ. */
function changesSince(version: string, recorded: Recorded): Record<string, string[]> {
  const changes: Record<string, string[]> = {};
  for (const step of ["agent", ...usualSteps] as const) {
    const inputs = onPurpose[version]?.(step) ?? [];
    const same =
      step === "agent"
        ? stdinOf(recorded, step) === packedAgent()
        : stdinOf(recorded, step).includes(`agent: "${stepCodeHash(step)}"`);
    if (!same) inputs.push("stdin");
    if (inputs.length > 0) changes[step] = inputs.sort();
  }
  return changes;
}

/** The same as an operation of the engine has it. */
function changedInputs({ events }: Outcome): Record<string, string[]> {
  const entries = events.flatMap(({ resourcePreEvent }) => {
    const { op, urn, diffs } = resourcePreEvent?.metadata ?? { op: "same", urn: "" };
    const step = /::web-(\w+)$/.exec(urn)?.[1];
    return op === "same" || !step ? [] : [[step, [...(diffs ?? [])].sort()] as const];
  });
  return Object.fromEntries(entries);
}

/** What every step was told, but for the hash of its code. */
function documents(state: Recorded): Record<string, string> {
  const withoutHash = (step: string) => stdinOf(state, step).replace(/^agent: .*\n/m, "");
  return Object.fromEntries(usualSteps.map((step) => [step, withoutHash(step)]));
}

function inputsOf({ resources }: Recorded, step: string): Resource["inputs"] {
  return resources.find(({ urn }) => urn.endsWith(`::web-${step}`))?.inputs ?? {};
}

function stdinOf(state: Recorded, step: string): string {
  return textOf(inputsOf(state, step).stdin);
}

function textOf(stdin: unknown): string {
  return typeof stdin === "string" ? stdin : (stdin as { $secret: string }).$secret;
}

const updates = (steps: string[]) => steps.map((step) => `update web-${step}`).sort();

function lastLines(outcome: Outcome, steps: string[]): (string | undefined)[] {
  return steps.map((step) => live(outcome, `web-${step}`).at(-1));
}

const nothingToChange = (step: string) =>
  step === "agent"
    ? "agent: /var/lib/rootless-docker/agent installed"
    : `${step}: nothing to change`;

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
