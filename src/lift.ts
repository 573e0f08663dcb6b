import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { connectionInput, field, isPlain } from "./remote/connection";
import { dockerHostUrl } from "./remote/settings";
import { readSettings, type Settings } from "./settings";
import { PrivilegedPorts } from "./steps/ports/args";
import { describeProblems, pending } from "./step/problems";

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
  const { problems } = readSettings(known, secretPaths);
  if (problems.length > 0) await pulumi.log.error(describeProblems(problems), component);
  return problems.length === 0;
}

/** The arguments with every Output and Promise replaced by the mark for "not known yet". */
function withoutOutputs(value: unknown): unknown {
  if (isOutput(value)) return pending;
  if (Array.isArray(value)) return value.map(withoutOutputs);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, withoutOutputs(v)]));
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
  return { ...args, connection: connectionInput(args.connection) };
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
  const { storageDriver, onDestroy, privilegeEscalation } = args;
  const name = field(args.account, "name");
  const host = field(args.connection, "host");
  const port = field(args.connection, "port");
  const hostKey = field(args.connection, "hostKey");
  warnUnverified(hostKey, host, component);
  const { daemon, environment, secretNames, secretValues } = splitSecrets(args);
  return {
    host: host.apply(String),
    accountName: from({ account: { name } }, (settings) => settings.account.name),
    dockerHost: from({ connection: { host, port }, account: { name } }, (settings) =>
      dockerHostUrl(settings.account.name, settings.connection),
    ),
    identity: from(
      { account: { name, create: field(args.account, "create") }, subordinateIds, rootfulDocker },
      ({ account, subordinateIds, rootfulDocker }) => ({ account, subordinateIds, rootfulDocker }),
    ),
    account: from({ account: args.account, subordinateIds }, ({ account, subordinateIds }) => ({
      account,
      subordinateIds,
    })),
    engine: from({ engine, rootfulDocker }, ({ engine, rootfulDocker }) => ({
      engine,
      rootfulDocker,
    })),
    unprivilegedPing: from({ unprivilegedPing }, (settings) => settings.unprivilegedPing),
    privilegedPorts: from({ privilegedPorts }, (settings) => settings.privilegedPorts),
    daemon: from({ daemon, environment, storageDriver, onDestroy }, (settings) => settings.daemon),
    privilegeEscalation: from({ privilegeEscalation }, (settings) => settings.privilegeEscalation),
    secretNames,
    secretValues,
  };
}

function warnUnverified(
  hostKey: pulumi.Output<string | undefined>,
  host: pulumi.Output<string | undefined>,
  component: pulumi.Resource,
): void {
  pulumi.all([hostKey, host]).apply(([key, name]) => {
    if (key) return;
    const message = `${name ?? "the host"} is not verified: set connection.hostKey, or anybody in between can read and change what is sent`;
    void pulumi.log.warn(message, component);
  });
}

interface Entry {
  /** Such as `environment/HTTP_PROXY`: where the value goes on the host. */
  place: string;
  name: string;
  /** The value, as JSON. */
  json: string;
  secret: boolean;
}

/**
 * Parts the secret values of `daemon` and `environment` from the others: those travel in a command of
 * their own, since one secret part hides a whole document in previews.
 */
function splitSecrets(args: RootlessDockerHostArgs) {
  const daemon = entries("daemon.json", args.daemon);
  const environment = entries("environment", args.environment);
  const secrets = pulumi
    .all([daemon, environment])
    .apply(([a, b]) => [...a, ...b].filter(({ secret }) => secret));
  return {
    daemon: daemon.apply(openValues),
    environment: environment.apply(openValues),
    secretNames: secrets.apply((list) => list.map(({ place }) => place)),
    secretValues: secrets.apply((list) => {
      const values = Object.fromEntries(list.map(({ place, json }) => [place, json]));
      return list.length > 0 ? pulumi.secret(values) : pulumi.output(values);
    }),
  };
}

function openValues(list: Entry[]): Record<string, unknown> {
  return Object.fromEntries(
    list.filter(({ secret }) => !secret).map(({ name, json }) => [name, JSON.parse(json)]),
  );
}

function entries(
  place: string,
  mapping: pulumi.Input<{ [key: string]: pulumi.Input<unknown> }> | undefined,
): pulumi.Output<Entry[]> {
  // Given as a whole, it is secret as a whole; else value by value.
  if (isPlain(mapping)) {
    const parts = Object.entries(mapping).map(([name, value]) =>
      opened(pulumi.output(value)).apply(([json, secret]) =>
        entriesOf(place, { [name]: json }, secret),
      ),
    );
    return pulumi.all(parts).apply((lists) => lists.flat());
  }
  return opened(pulumi.output(mapping ?? {})).apply(([json, secret]) =>
    entriesOf(place, jsonByName(json), secret),
  );
}

function opened(value: pulumi.Output<unknown>): pulumi.Output<[string | undefined, boolean]> {
  const json = pulumi.unsecret(value).apply((known) => JSON.stringify(known) as string | undefined);
  return pulumi.all([json, pulumi.isSecret(value)]);
}

function jsonByName(json: string | undefined): Record<string, string> {
  const known = JSON.parse(json ?? "{}") as Record<string, unknown>;
  return Object.fromEntries(Object.entries(known).map(([name, v]) => [name, JSON.stringify(v)]));
}

function entriesOf(
  place: string,
  values: Record<string, string | undefined>,
  secret: boolean,
): Entry[] {
  return Object.entries(values).flatMap(([name, json]) =>
    json === undefined ? [] : [{ place: `${place}/${name}`, name, json, secret }],
  );
}

/** Only a file capability has a file of the engine to stand on. An Output may turn out to be one. */
export function mayNeedEngine(ports: pulumi.Input<PrivilegedPorts> | undefined): boolean {
  return isOutput(ports) || ports === PrivilegedPorts.FileCapability;
}

/** Everything that the documents are made of. */
export type LiftedSettings = ReturnType<typeof liftSettings>;
