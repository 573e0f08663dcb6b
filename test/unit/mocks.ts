import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

// Stacks, read through source maps, took most of the time: the SDK keeps one with each resource and promise.
Object.assign(pulumi.Resource, { callsites: () => [] });
Error.stackTraceLimit = 4;

/** How the engine marks a secret and a value that is not known yet. */
const secretMark = "4dabf18193072939515e22adb298388d";
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One resource as it was sent to the engine. */
export interface Registration {
  type: string;
  name: string;
  /** Names of its parent and of what it depends on. */
  parent: string | undefined;
  dependsOn: string[];
  /** As they travel: secrets are objects that carry the engine's mark. */
  inputs: Record<string, unknown>;
  protect: boolean;
  deletedWith: string;
  retainOnDelete: boolean;
  timeouts: { create: string; update: string; delete: string } | undefined;
  aliases: string[];
  /** Names of its hooks, by kind; mocks have none. */
  hooks: Record<string, string[]>;
}

/** What a program did under mocks. */
export interface Outcome<T> {
  value: T;
  registrations: Registration[];
  /** Outputs that components registered, by the component's name. */
  outputs: Record<string, Record<string, unknown>>;
  warnings: string[];
  errors: string[];
  infos: string[];
}

export interface RunOptions {
  preview?: boolean;
  /** Facts on stdout of the steps' commands, by step; added to those of a usual host. */
  facts?: Record<string, Record<string, string>>;
  /** Whether a preview knows what the steps reported, as of steps that do not change. */
  unchanged?: boolean;
  /** All of a step's stdout, in place of its facts. */
  stdout?: Record<string, string>;
}

/** The request of a registration, of which the SDK has no public type. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
  getProtect(): boolean;
  getDeletedwith(): string;
  getRetainondelete(): boolean;
  getCustomtimeouts():
    { getCreate(): string; getUpdate(): string; getDelete(): string } | undefined;
  getHooks():
    | Record<"getBeforeCreateList" | "getBeforeUpdateList" | "getOnErrorList", () => string[]>
    | undefined;
  getAliasesList(): { getUrn(): string; getSpec(): { getName(): string } | undefined }[];
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, unknown> };
}

/** What a usual host reports. */
export const usualFacts: Record<string, Record<string, string>> = {
  machine: {
    "versions.engine": "26.1.5+dfsg1",
    "versions.rootlesskit": "2.3.4",
    "versions.kernel": "6.12.48+deb13-amd64",
    "versions.os": "Debian GNU/Linux 13 (trixie)",
    "account.name": "app",
    "account.uid": "1234",
    "account.gid": "1235",
    "account.home": "/srv/app",
    "subordinateIds.uids": "165536:65536,400000:70000",
    "subordinateIds.gids": "231072:65537",
    "kernel.pingGroups": "0 2147483647",
    "kernel.portStart": "1024",
    "rootlesskit.path": "/usr/bin/rootlesskit",
    "rootlesskit.capability": "",
    "engine.isInstalledFile": "true",
    "engine.seenAt": "1760000000",
  },
  daemon: {
    storageDriver: "overlay2",
    "cgroup.version": "2",
    "cgroup.driver": "systemd",
    "cgroup.controllers": "cpu,memory,pids",
    "network.driver": "slirp4netns",
    "network.portDriver": "builtin",
    "network.mtu": "65520",
    "network.bridgeMtu": "65520",
    "network.userDefinedBridgeMtu": "1500",
    "daemon.limits": "true true true",
    "daemon.security": "[name=seccomp,profile=builtin name=rootless name=cgroupns]",
    "daemon.version": "26.1.5+dfsg1",
    "daemon.experimental": "false",
    "daemon.isDriverNamed": "false",
    "daemon.userlandProxy": "true",
    "daemon.overrides": "",
    "daemon.hostGateway": "",
    "daemon.hostGatewayIsHere": "false",
    "dockerd.process": "4321",
    "dockerd.isInstalledFile": "true",
    "dockerd.seenAt": "1760000007",
    "dockerd.network": "net:[4026532299]",
    "dockerd.machineNetwork": "net:[4026531840]",
    "dockerd.interfaces": "lo,tap0,docker0",
    "dockerd.capabilities": "000001ffffffffff",
    "dockerd.idMap": "0 1234 1,1 165536 65536",
    "dockerd.rootMount": "master:1",
    "dockerd.socket": "",
    "rootlesskit.protocols": "tcp,udp",
    "rootlesskit.isTransparent": "true",
    "rootlesskit.loopback": "10.0.2.2",
    "rootlesskit.hostLoopback": "false",
    "client.version": "26.1.5",
    "kernel.appArmor": "true",
    "machine.firewalld": "false",
    "criu.path": "",
    "files.modes":
      ".config/docker/daemon.json=600:1234:1235 .config/docker/environment=600:1234:1235 .config/systemd/user/docker.service=644:1234:1235 .=750:1234:1235 .config=755:1234:1235 .config/docker=755:1234:1235 .config/docker/tls=700:1234:1235 .config/systemd=755:1234:1235 .config/systemd/user=755:1234:1235 /run/user/1234=700:1234:1235 /run/user/1234/docker.sock=660:1234:1235",
  },
};

export const installation = "0123456789abcdef";

const componentType = "rootless-docker:index:RootlessDockerHost";
const installationType = "random:index/randomId:RandomId";
export const commandType = "command:remote:Command";

/** Answers for what the component makes and for nothing else. */
export function mocks({
  preview,
  facts,
  unchanged,
  stdout: given,
}: RunOptions): pulumi.runtime.Mocks {
  return {
    newResource({ type, name, inputs }) {
      const state = inputs as Record<string, unknown>;
      switch (type) {
        case componentType:
        case "pulumi:providers:docker":
        case "pulumi:pulumi:Stack":
          return { id: undefined, state };
        case installationType:
          // A preview knows nothing but the inputs.
          return preview
            ? { id: undefined, state }
            : { id: `${name}-id`, state: { ...state, hex: installation } };
        // The mock of a copy, as of the official plugin, gives back what it got.
        case "command:remote:CopyToRemote":
          return { id: `${name}-id`, state };
        case commandType: {
          if (preview && !unchanged) return { id: undefined, state };
          const step = name.slice(name.lastIndexOf("-") + 1);
          const known = { ...usualFacts[step], ...facts?.[step] };
          const stdout = given?.[step] ?? JSON.stringify({ step, changed: [], facts: known });
          return { id: `${name}-id`, state: { ...state, stdout, stderr: "" } };
        }
        default:
          throw new Error(`no mock of resource ${name} of type ${type}`);
      }
    },
    call({ token }) {
      throw new Error(`no mock of function ${token}`);
    },
  };
}

/**
 * Runs a program under mocks, as `pulumi up` or as `pulumi preview` would, and waits until every
 * resource in it is registered.
 */
export async function runProgram<T extends pulumi.Resource>(
  program: () => T | Promise<T>,
  options: RunOptions = {},
): Promise<Outcome<T>> {
  const record = await startRecording(options);
  const value = await program();
  await settle(value);
  return { value, ...record };
}

/** Starts recording what is registered from now on; for programs that fail. */
export async function startRecording(
  options: RunOptions = {},
): Promise<Omit<Outcome<never>, "value">> {
  await pulumi.runtime.setMocks(mocks(options), "project", "stack", options.preview ?? false);
  const record: Omit<Outcome<never>, "value"> = {
    registrations: [],
    outputs: {},
    warnings: [],
    errors: [],
    infos: [],
  };
  const note = (list: string[]) => (message: string) => Promise.resolve(void list.push(message));
  jest.spyOn(pulumi.log, "warn").mockImplementation(note(record.warnings));
  jest.spyOn(pulumi.log, "error").mockImplementation(note(record.errors));
  jest.spyOn(pulumi.log, "info").mockImplementation(note(record.infos));
  const { registerResource, registerResourceOutputs } = originals;
  MockMonitor.prototype.registerResource = function (
    this: MockMonitor,
    request: Request,
    callback,
  ) {
    record.registrations.push(registrationOf(request));
    return registerResource.call(this, request, callback);
  };
  MockMonitor.prototype.registerResourceOutputs = function (
    this: MockMonitor,
    request: OutputsRequest,
    callback,
  ) {
    record.outputs[lastPart(request.getUrn())] = request.getOutputs().toJavaScript();
    registerResourceOutputs.call(this, request, callback);
  };
  return record;
}

const originals = {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  registerResource: MockMonitor.prototype.registerResource,
  // eslint-disable-next-line @typescript-eslint/unbound-method
  registerResourceOutputs: MockMonitor.prototype.registerResourceOutputs,
};

function registrationOf(request: Request): Registration {
  const timeouts = request.getCustomtimeouts();
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent() ? lastPart(request.getParent()) : undefined,
    dependsOn: request.getDependenciesList().map(lastPart).sort(),
    inputs: request.getObject().toJavaScript(),
    protect: request.getProtect(),
    deletedWith: request.getDeletedwith(),
    retainOnDelete: request.getRetainondelete(),
    timeouts: timeouts?.getCreate()
      ? {
          create: timeouts.getCreate(),
          update: timeouts.getUpdate(),
          delete: timeouts.getDelete(),
        }
      : undefined,
    aliases: request
      .getAliasesList()
      .map((alias) => alias.getSpec()?.getName() ?? alias.getUrn())
      .sort(),
    hooks: hooksOf(request.getHooks()),
  };
}

function hooksOf(binding: ReturnType<Request["getHooks"]>): Record<string, string[]> {
  if (binding === undefined) return {};
  return {
    beforeCreate: binding.getBeforeCreateList(),
    beforeUpdate: binding.getBeforeUpdateList(),
    onError: binding.getOnErrorList(),
  };
}

function lastPart(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Waits for every resource below one, and for the outputs that it registers. */
async function settle(resource: pulumi.Resource): Promise<void> {
  await registered(resource);
  for (const child of childrenOf(resource)) await settle(child);
  // registerOutputs is sent in turns of the event loop of its own.
  await new Promise((resolve) => setImmediate(resolve));
}

function childrenOf(resource: pulumi.Resource): pulumi.Resource[] {
  const { __childResources } = resource as { __childResources?: Set<pulumi.Resource> };
  return [...(__childResources ?? [])];
}

/** The value of an output; undefined where it is not known. Rejects where it failed. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (output as unknown as { promise(): Promise<T | undefined> }).promise();
}

/** Whether an output is known. */
export function known(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

/** The resources that an output waits for. */
export function resourcesOf(output: pulumi.Output<unknown>): Promise<Set<pulumi.Resource>> {
  return (output as unknown as { allResources(): Promise<Set<pulumi.Resource>> }).allResources();
}

/** The name that a resource was given. */
export function nameOf(resource: pulumi.Resource): string {
  return (resource as unknown as { __name: string }).__name;
}

/** Waits until the engine has answered about a resource. */
export async function registered(resource: pulumi.Resource): Promise<void> {
  await valueOf(resource.urn);
}

/** A value that is not known before `up`. */
export function unknown<T>(): pulumi.Output<T> {
  const { Output } = pulumi as unknown as {
    Output: new (...parts: unknown[]) => pulumi.Output<T>;
  };
  return new Output(
    new Set(),
    Promise.resolve(undefined),
    Promise.resolve(false),
    Promise.resolve(false),
    Promise.resolve(new Set()),
  );
}

/** One registration, by the name's last part. */
export function step({ registrations }: { registrations: Registration[] }, name: string) {
  const found = registrations.filter((registration) => registration.name.endsWith(`-${name}`));
  if (found.length !== 1) throw new Error(`${found.length} registrations of ${name}`);
  return found[0];
}

/** What a secret that travels has inside; anything else fails. */
export function inSecret(value: unknown): unknown {
  if (!isSecret(value)) throw new Error(`not a secret: ${JSON.stringify(value)}`);
  return value.value;
}

function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && secretMark in value;
}

/** The same value as people may see it: "[secret]" and "[unknown]" where the engine shows these. */
export function shown(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (value === unknownMark) return "[unknown]";
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shown(part)]));
}
