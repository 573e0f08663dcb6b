import * as pulumi from "@pulumi/pulumi";
import { OnDestroyData, Restarts, type RootlessDockerHostArgs } from "../../index";
import { createHost, destroyAllHosts, type TestHost } from "../../stand-ins/hosts";
import { connectionTo, HostStack, stepsRun } from "../support/hostStack";
import { type Outcome, said } from "../support/stack";

// `operations.restarts`: refuse on the real engine and a real host. The tests follow each other.
let host: TestHost;
let installation: HostStack;
let running: string;

const start = (): Partial<RootlessDockerHostArgs> => ({
  connection: connectionTo(host),
  account: { name: "app" },
  daemon: { "log-level": "info" },
  environment: { TOKEN: pulumi.secret("s3cret-one") },
  onDestroy: { data: OnDestroyData.Delete },
});
const refuse = (edit: Partial<RootlessDockerHostArgs>) => ({
  ...start(),
  operations: { restarts: Restarts.Refuse },
  ...edit,
});

beforeAll(async () => {
  host = await createHost({ suite: "trixie", engine: true });
  installation = await HostStack.on(host, "restarts");
  expect((await installation.tryUp(start())).failure).toBeUndefined();
  running = await installation.daemonStart();
});
afterAll(destroyAllHosts);

const logins = async () =>
  Number(await host.run("journalctl -q -u ssh --no-pager | grep -c 'Accepted publickey'"));

const words = (found: string) =>
  `web: operations.restarts is set to refuse, and does not allow this change: ${found}. To fix: set operations.restarts to allow for this change, or revert the change. Nothing was changed`;
const restart = "the daemon restarts; containers stop, and those with a restart policy start again";
const moves =
  "the whole installation moves: a new, empty daemon starts in the new place, and the one in the old place stops";

const warnings = (outcome: Outcome) =>
  said(outcome, "web", "lasting")
    .filter(({ severity }) => severity === "warning")
    .map(({ message }) => message);

const edits: [string, Partial<RootlessDockerHostArgs>, string][] = [
  [
    "a key of daemon.json",
    { daemon: { "log-level": "warn" } },
    `daemon.json/log-level: ${restart}`,
  ],
  [
    "a secret value",
    { environment: { TOKEN: pulumi.secret("s3cret-two") } },
    `environment/TOKEN: ${restart}`,
  ],
  [
    "an engine, before a key that restarts nothing",
    { engine: { version: "26.1" }, kernel: { sysctls: { "net.core.somaxconn": "8192" } } },
    "version: daemons restart if their engine changes",
  ],
  ["another account", { account: { name: "ci" } }, `account.name: ${moves}`],
];

test.each([
  ...edits,
  // Documentation's own network: nobody answers there.
  [
    "another host",
    { connection: { host: "192.0.2.1", privateKey: "-----none-----" } },
    `connection.host: ${moves}`,
  ] as (typeof edits)[0],
])("%s: a preview says it, and up ends before anything", async (_name, edit, found) => {
  const before = await logins();
  const program = installation.program(refuse(edit));
  const outcome = await installation.stack.preview(program);
  expect(warnings(outcome)).toContain(`up would fail: ${words(found)}`);
  const { failure, printed } = await installation.stack.tryUp(program);
  expect(failure).toContain(
    `error: before hook "rootless-docker:web-restarts" failed: ${words(found)}\n`,
  );
  expect(printed).not.toContain("s3cret");
  // That of this look.
  expect(await logins()).toBe(before + 1);
  expect(await installation.daemonStart()).toBe(running);
});

test("what restarts nothing passes", async () => {
  const edit = {
    daemon: { "log-level": "info" },
    kernel: { sysctls: { "net.core.somaxconn": "8192" } },
  };
  const program = installation.program(refuse(edit));
  const outcome = await installation.stack.preview(program);
  expect(warnings(outcome)).toEqual([]);
  expect(stepsRun(await installation.stack.up(program))).toEqual(["update web-machine"]);
  expect(await host.run("sysctl -n net.core.somaxconn")).toBe("8192\n");
  expect(await installation.daemonStart()).toBe(running);
});

test("an upgrade of this package: the step's own error", async () => {
  const state = await installation.stack.exportState();
  const { resources = [] } = state.deployment as {
    resources?: { urn: string; inputs?: { stdin?: string } }[];
  };
  const { inputs } = resources.find(({ urn }) => urn.endsWith("::web-machine")) ?? {};
  const stdin = inputs?.stdin ?? "";
  // What an earlier version of the package left: its step had other code.
  const earlier = stdin.replace(/^agent: "\w+"$/m, 'agent: "0123"');
  expect(earlier).toContain('agent: "0123"');
  Object.assign(inputs ?? {}, { stdin: earlier });
  await installation.stack.importState(state);
  const program = installation.program(
    refuse({
      daemon: { "log-level": "info" },
      kernel: { sysctls: { "net.core.somaxconn": "8192" } },
    }),
  );
  const found =
    "web-machine: operations.restarts is set to refuse, and does not allow this change: agent: this version of rootless-docker runs other code as root in this step, and the daemon restarts if what it reads differs then. To fix";
  const outcome = await installation.stack.preview(program);
  expect(warnings(outcome)).toContainEqual(expect.stringContaining(`up would fail: ${found}`));
  const { failure } = await installation.stack.tryUp(program);
  expect(failure).toContain(found);
  expect(await installation.daemonStart()).toBe(running);
  Object.assign(inputs ?? {}, { stdin });
  await installation.stack.importState(state);
});

test("what another up left to do: the step's own error", async () => {
  const edit = {
    daemon: { "log-level": "warn" },
    kernel: { sysctls: { "net.core.somaxconn": "8192" } },
  };
  // The component alone has the change then, and no step.
  await installation.upBy("pulumi up --target '**::web'", () => ({ ...start(), ...edit }));
  const before = await logins();
  const { failure } = await installation.tryUp(refuse(edit));
  expect(failure).toContain(
    `error: before hook "rootless-docker:web-stepRestarts" failed: web-daemon: operations.restarts is set to refuse, and does not allow this change: daemon.json/log-level: ${restart}. To fix`,
  );
  expect(await logins()).toBe(before + 1);
  expect(await installation.daemonStart()).toBe(running);
});

test("with Allow it goes through", async () => {
  const edit = { daemon: { "log-level": "warn" }, operations: { restarts: Restarts.Allow } };
  expect((await installation.tryUp({ ...start(), ...edit })).failure).toBeUndefined();
  expect(await installation.daemonStart()).not.toBe(running);
  await installation.destroy();
});
