import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import type { SshProxyArgs } from "./remote/args";
import { connectionInput, field, isPlain } from "./remote/connection";
import { dockerHostUrl } from "./remote/settings";
import { readSettings, type Settings } from "./settings";
import { PrivilegedPorts } from "./steps/ports/args";
import { publicSecrets } from "./steps/secrets/publicSecrets";
import { markCredentials, splitSecrets } from "./steps/secrets/splitSecrets";
import { hasCredentials } from "./validation/credentials";
import { describeProblems, pending } from "./validation/reader";
import { everyStepDocument } from "./steps/everyStep";

/**
 * Checks what is plain in the arguments, at once.
 *
 * @throws InputPropertiesError with every problem.
 */
export function checkPlainArguments(args: RootlessDockerHostArgs): void {
  const { problems } = readSettings(withoutOutputs(args));
  if (problems.length === 0) return;
  const errors = problems.map((problem) => ({ ...problem }));
  throw new pulumi.InputPropertiesError({ message: describeProblems(problems), errors });
}

/**
 * Checks all arguments as soon as the Outputs among them are known; at preview some may never be.
 * Problems are logged, all at once, and the promise says whether there are none.
 *
 * It does not throw: a resource with a failed input is never registered, and a program of the
 * Automation API then waits for it for ever. The first command gets an impossible connection instead.
 */
export async function checkOutputArguments(
  args: RootlessDockerHostArgs,
  component: pulumi.Resource,
): Promise<boolean> {
  const secretPaths: string[] = [];
  const known = await withOutputs(args, "", secretPaths);
  const { settings, problems } = readSettings(known, secretPaths);
  problems.push(...publicSecrets(secretPaths, settings.daemon));
  if (problems.length > 0) await pulumi.log.error(describeProblems(problems), component);
  return problems.length === 0;
}

/** The arguments with every Output and Promise replaced by the mark for "not known yet". */
function withoutOutputs(value: unknown, depth = 0): unknown {
  if (isOutput(value)) return pending;
  // An object that holds itself has no end; the settings refuse what is as deep as this.
  if (typeof value !== "object" || value === null || depth > 200) return value;
  if (Array.isArray(value)) return value.map((part) => withoutOutputs(part, depth + 1));
  const parts = Object.entries(value).map(([key, part]) => [key, withoutOutputs(part, depth + 1)]);
  return Object.fromEntries(parts);
}

/** The arguments with every Output's value. At preview, one may not be known, and stays pending. */
async function withOutputs(value: unknown, path: string, secretPaths: string[]): Promise<unknown> {
  if (isOutput(value)) {
    const output: pulumi.Output<unknown> = pulumi.output(value);
    if (await pulumi.isSecret(output)) secretPaths.push(path);
    return (await isKnown(output)) ? new Promise((resolve) => output.apply(resolve)) : pending;
  }
  if (Array.isArray(value)) {
    const parts = value.map((part, index) => withOutputs(part, `${path}[${index}]`, secretPaths));
    return Promise.all(parts);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, part]) => {
    return [key, await withOutputs(part, path ? `${path}.${key}` : key, secretPaths)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function isOutput(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Whether an Output has a value; at preview some have none. The SDK's types do not show this. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

/** The component's own inputs as they are recorded in the state: keys and passwords as secrets. */
export function wrapSecrets(args: RootlessDockerHostArgs): pulumi.Inputs {
  return {
    ...args,
    connection: connectionInput(args.connection),
    daemon: markCredentials(args.daemon),
    environment: markCredentials(args.environment),
  };
}

/** Options that reach the children only when they are copied; parent brings the others. */
export function childOptions(
  parent: pulumi.ComponentResource,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  const { deletedWith, retainOnDelete, customTimeouts } = options ?? {};
  return { parent, deletedWith, retainOnDelete, customTimeouts };
}

/** Settings of each step, lifted out of the Outputs that this step needs and no others. */
export function liftSettings(args: RootlessDockerHostArgs, component: pulumi.Resource) {
  const from = <T>(part: object, choose: (settings: Settings) => T): pulumi.Output<T> =>
    pulumi.output(part).apply((known) => choose(readSettings(known).settings));

  const { subordinateIds, rootfulDocker, engine, unprivilegedPing, privilegedPorts } = args;
  const { storageDriver, network, onDestroy, privilegeEscalation } = args;
  const { resourceControllers, sysctls, kernelModuleOptions, appArmorProfile } = args;
  const { recheck, takeOver } = args;
  const name = field(args.account, "name");
  const host = field(args.connection, "host");
  const port = field(args.connection, "port");
  const hostKey = field(args.connection, "hostKey");
  warnUnverified("connection", hostKey, host, component);
  // Null is what programs in other languages send for nothing.
  const proxy = (
    isPlain(args.connection)
      ? (args.connection.proxy ?? undefined)
      : field(args.connection, "proxy")
  ) as pulumi.Input<SshProxyArgs> | undefined;
  warnUnverified("connection.proxy", field(proxy, "hostKey"), field(proxy, "host"), component);
  const { daemon, environment, secretNames, secretValues } = splitSecrets(args);
  return {
    host: host.apply(String),
    accountName: from({ account: { name } }, (settings) => settings.account.name),
    dockerHost: from({ connection: { host, port }, account: { name } }, (settings) =>
      dockerHostUrl(settings.account.name, settings.connection),
    ),
    impossible: from(
      {
        account: identity(args.account),
        subordinateIds,
        rootfulDocker,
        storageDriver,
        network: { driver: field(network, "driver") },
        daemon: {
          "data-root": unlessSecret(field(args.daemon, "data-root")),
          icc: unlessSecret(field(args.daemon, "icc")),
          iptables: unlessSecret(field(args.daemon, "iptables")),
        },
        sysctls,
        kernelModuleOptions,
        appArmorProfile,
      },
      (settings) => settings,
    ),
    account: from(
      { account: args.account, subordinateIds, resourceControllers },
      ({ account, subordinateIds, resourceControllers }) => ({
        account,
        subordinateIds,
        resourceControllers,
      }),
    ),
    engine: from({ engine, rootfulDocker }, ({ engine, rootfulDocker }) => ({
      engine,
      rootfulDocker,
    })),
    kernel: from(
      { unprivilegedPing, sysctls, kernelModuleOptions, appArmorProfile },
      (settings) => settings.kernel,
    ),
    privilegedPorts: from({ privilegedPorts }, (settings) => settings.privilegedPorts),
    daemon: from(
      { daemon, environment, storageDriver, network, onDestroy },
      (settings) => settings.daemon,
    ),
    privilegeEscalation: from({ privilegeEscalation }, (settings) => settings.privilegeEscalation),
    everyStep: from({ recheck, takeOver }, (settings) => settings.everyStep).apply(
      everyStepDocument,
    ),
    secretNames,
    secretValues,
  };
}

/** A secret value travels in the step `secrets` only, whether it is marked or seen to be one. */
function unlessSecret(output: pulumi.Output<unknown>): pulumi.Output<unknown> {
  return pulumi
    .all([pulumi.unsecret(output), pulumi.isSecret(output)])
    .apply(([known, secret]) => (secret || hasCredentials("", known) ? undefined : known));
}

/** Of the account, what says which one it is, and no more. */
function identity(account: RootlessDockerHostArgs["account"]) {
  const fields = ["name", "create", "uid", "home", "shell"] as const;
  return Object.fromEntries(fields.map((name) => [name, field(account, name)]));
}

function warnUnverified(
  path: string,
  hostKey: pulumi.Output<string | undefined>,
  host: pulumi.Output<string | undefined>,
  component: pulumi.Resource,
): void {
  const shown = pulumi.all([host, pulumi.isSecret(host)]);
  pulumi.all([hostKey, shown]).apply(([key, [name, secret]]) => {
    const isProxy = path === "connection.proxy";
    if (key || (isProxy && name === undefined)) return;
    const unnamed = isProxy ? "the proxy" : "the host";
    const message = `${secret ? unnamed : (name ?? unnamed)} is not verified: set ${path}.hostKey, or anybody in between can read and change what is sent`;
    void pulumi.log.warn(message, component);
  });
}

/** Only a file capability has a file of the engine to stand on. An Output may turn out to be one. */
export function mayNeedEngine(ports: pulumi.Input<PrivilegedPorts> | undefined): boolean {
  return isOutput(ports) || ports === PrivilegedPorts.FileCapability;
}

/** Everything that the documents are made of. */
export type LiftedSettings = ReturnType<typeof liftSettings>;
