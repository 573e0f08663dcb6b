import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LocalWorkspace, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { ensureYamlLanguage } from "../../stand-ins/toolchain";
import {
  createHost,
  destroyAllHosts,
  snapshotHost,
  type HostSnapshot,
  type TestHost,
} from "../../stand-ins/hosts";
import { type Outcome, type Recorded, steps } from "../support/stack";
import { changesSince, daemon } from "./identity";
import { everyChild } from "../support/hostStack";
import { pack, pluginExecutable, temporaryFolder } from "../support/checkout";

// The example in YAML, where the package is a component plugin: one life, and what each resource
// option does there. The tests follow each other on one host.
const folder = temporaryFolder();
const project = join(folder, "project");
let host: TestHost;
let before: HostSnapshot;
let stack: Stack;
let running: string;

interface Resource {
  type: string;
  properties: Record<string, unknown>;
  options?: Record<string, unknown>;
}

type Done = Pick<Outcome, "events">;

interface Program {
  name: string;
  packages?: unknown;
  resources: Record<string, Resource>;
}

const example = join(__dirname, "../../examples/yaml/Pulumi.yaml");

beforeAll(async () => {
  host = await createHost({ suite: "trixie" });
  before = await snapshotHost(host);
  stack = await makeStack();
  await stack.setAllConfig({
    address: { value: host.address },
    hostKey: { value: host.hostKey },
    privateKey: { value: host.privateKey, secret: true },
    authorizedKey: { value: `${host.hostKey} a-key` },
  });
});
afterAll(destroyAllHosts);

async function makeStack(): Promise<Stack> {
  const toolchain = await ensureYamlLanguage();
  const { pulumiCommand, env } = toolchain;
  for (const name of ["project", "state"]) mkdirSync(join(folder, name));
  writeProgram(() => undefined);
  const envVars = {
    ...env,
    PATH: `${dirname(pluginExecutable(folder, pack(folder).tarball))}:${env.PATH}`,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
  };
  return LocalWorkspace.createStack(
    { stackName: "dev", workDir: project },
    { pulumiCommand, envVars },
  );
}

/** Writes the example, with another account that waits for the first one's daemon, and an edit. */
function writeProgram(edit: (program: Program) => void): void {
  const program = parse(readFileSync(example, "utf8")) as Program;
  delete program.packages;
  const { type, properties } = program.resources.host;
  properties.onDestroy = { data: "delete" };
  program.resources.second = {
    type,
    properties: { ...properties, account: { name: "second" } },
    options: { dependsOn: ["${host}"] },
  };
  edit(program);
  writeFileSync(join(project, "Pulumi.yaml"), stringify(program, { aliasDuplicateObjects: false }));
}

async function up(edit: (program: Program) => void = () => undefined): Promise<Done> {
  writeProgram(edit);
  const events: EngineEvent[] = [];
  await stack.up({ onEvent: (event) => events.push(event) });
  return { events };
}

/** The same with options of both accounts. */
const withOptions = (options: Record<string, unknown>) => (program: Program) => {
  for (const resource of Object.values(program.resources))
    resource.options = { ...resource.options, ...options };
};

async function recorded(name: string): Promise<(Recorded & Record<string, unknown>) | undefined> {
  const { resources = [] } = (await stack.exportStack()).deployment as {
    resources?: (Recorded & { urn: string })[];
  };
  return resources.find(({ urn }) => urn.endsWith(`::${name}`)) as never;
}

/** What was done to a step's resource, account by account in the order of the first one. */
const accountsIn = (outcome: Done) => {
  const names = steps(outcome).flatMap((line) => /(host|second)-/.exec(line)?.[1] ?? []);
  return names.filter((name, index) => name !== names[index - 1]);
};

test("dependsOn: the second account is begun when the first one's daemon has answered", async () => {
  expect(accountsIn(await up())).toEqual(["host", "second"]);
  running = await daemon(host);
  expect((await stack.outputs()).dockerHost.value).toBe(`ssh://app@${host.address}:22`);
  expect(steps(await up())).toEqual([]);
});

test("a preview says in words what a change does, as in TypeScript", async () => {
  writeProgram((program) => {
    program.resources.host.properties.daemon = { "log-level": "debug" };
    program.resources.second.properties.account = { name: "third" };
  });
  const { stdout } = await stack.preview({ color: "never" });
  expect(stdout).toMatch(/^ +host-daemon: .*log-level .* => "debug": the daemon restarts/m);
  expect(stdout).toMatch(/^ +second: a new, empty daemon starts at ssh:\/\/third@/m);
});

test("another host of the same name, below another parent", async () => {
  writeProgram(({ resources }) => {
    const { type, properties } = resources.second;
    const named = { name: "host", options: { parent: "${second}" } };
    resources.third = { type, properties: { ...properties, account: { name: "third" } }, ...named };
  });
  const { stdout } = await stack.preview({ color: "never" });
  expect(stdout).toMatch(/^ +host: sets up a rootless Docker host/m);
});

test("customTimeouts and protect reach every step; destroy refuses, and nothing is done", async () => {
  const options = { protect: true, customTimeouts: { create: "1h" } };
  expect(steps(await up(withOptions(options)))).toEqual([]);
  for (const step of everyChild)
    expect(await recorded(`host-${step}`)).toMatchObject({
      protect: true,
      customTimeouts: { create: 3600 },
    });
  await expect(stack.destroy()).rejects.toThrow(/cannot be deleted\s+because it is protected/);
  expect(await daemon(host)).toBe(running);
});

test("deletedWith reaches every step", async () => {
  const withHost = ({ resources: { second } }: Program) => {
    second.options = { ...second.options, deletedWith: "${host}" };
  };
  expect(steps(await up(withHost))).toEqual([]);
  const urn = (await recorded("host"))?.urn;
  for (const step of everyChild)
    expect(await recorded(`second-${step}`)).toMatchObject({ deletedWith: urn });
  expect(steps(await up())).toEqual([]);
});

test("destroy: the second account goes first, and the host is what it was", async () => {
  const events: EngineEvent[] = [];
  await stack.destroy({ onEvent: (event) => events.push(event) });
  expect(accountsIn({ events })).toEqual(["second", "host"]);
  expect(await changesSince(before, host)).toEqual([]);
});
