import type { Failure } from "../resourceType";
import { isObject, isSecret, isUnknown, plain, secret, unwrap, type Properties } from "../values";

/** The names of the inputs of `command:remote:Command`. */
export const inputNames = [
  "addPreviousOutputInEnv",
  "connection",
  "create",
  "delete",
  "environment",
  "logging",
  "stdin",
  "triggers",
  "update",
] as const;

const loggingModes = ["stdout", "stderr", "stdoutAndStderr", "none"] as const;

/** Which output lines show beside the resource while the command runs. */
export type Logging = (typeof loggingModes)[number];

/** How one machine is reached. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  hostKey?: string;
  /** Dials beyond this many that fail are final; -1 never gives up. */
  dialErrorLimit: number;
  /** In seconds; 0 waits for ever. */
  perDialTimeout: number;
}

/** How the command's machine is reached: directly, or by way of one other. */
export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

/** The known inputs, without secret marks. */
export interface Inputs {
  addPreviousOutputInEnv?: boolean;
  connection: Connection;
  create?: string;
  delete?: string;
  environment?: Record<string, string>;
  logging?: Logging;
  stdin?: string;
  update?: string;
}

/** Typed view of checked inputs, or of a recorded state, all of whose values are known. */
export function inputsOf(properties: Properties): Inputs {
  // `check` has seen every one of these.
  return plain(withoutNulls(properties)) as unknown as Inputs;
}

const endpointDefaults = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };

const secretFields = ["password", "privateKey", "privateKeyPassword"] as const;

const endpointTypes: Record<keyof Endpoint, "string" | "number"> = {
  agentSocketPath: "string",
  dialErrorLimit: "number",
  host: "string",
  hostKey: "string",
  password: "string",
  perDialTimeout: "number",
  port: "number",
  privateKey: "string",
  privateKeyPassword: "string",
  user: "string",
};

/** Validates the inputs of `command:remote:Command` and fills in the connection's defaults. */
export function checkInputs(raw: Properties): { inputs: Properties; failures: Failure[] } {
  const { inputs, failures } = checkConnected(raw, inputNames, "CommandInputs");
  return {
    inputs,
    failures: [
      ...failures,
      ...["create", "delete", "stdin", "update"].flatMap((name) =>
        typeFailures(inputs, name, "string", name),
      ),
      ...typeFailures(inputs, "addPreviousOutputInEnv", "boolean", "addPreviousOutputInEnv"),
      ...loggingFailures(inputs),
    ],
  };
}

/**
 * Checks the names of the inputs and the connection among them, and fills in its defaults. The connection becomes
 * secret, and in it the key and the passwords once more.
 */
export function checkConnected(
  raw: Properties,
  names: readonly string[],
  type: string,
): { inputs: Properties; failures: Failure[] } {
  const inputs = withoutNulls(raw);
  const failures = [
    ...unrecognized(Object.keys(inputs), names, "", type),
    ...connectionFailures(inputs, type),
  ];
  return { inputs: withConnectionDefaults(inputs), failures };
}

function connectionFailures(inputs: Properties, type: string): Failure[] {
  const connection = unwrap(inputs.connection);
  if (connection === undefined) {
    return [missing("connection", type)];
  }
  if (isUnknown(connection)) {
    return [];
  }
  if (!isObject(connection)) {
    return [{ property: "connection", reason: "Expected an object for 'connection'" }];
  }
  const names = [...Object.keys(endpointTypes), "proxy"];
  const failures = [
    ...unrecognized(Object.keys(connection), names, "connection.", "Connection"),
    ...endpointFailures(connection, "connection.", "Connection"),
  ];
  const proxy = unwrap(connection.proxy);
  if (!isObject(proxy)) {
    return failures;
  }
  return [
    ...failures,
    ...unrecognized(
      Object.keys(proxy),
      Object.keys(endpointTypes),
      "connection.proxy.",
      "ProxyConnection",
    ),
    ...endpointFailures(proxy, "connection.proxy.", "ProxyConnection"),
  ];
}

function endpointFailures(endpoint: Properties, path: string, type: string): Failure[] {
  return [
    ...(unwrap(endpoint.host ?? null) === null ? [missing(`${path}host`, type)] : []),
    ...Object.entries(endpointTypes).flatMap(([name, wanted]) =>
      typeFailures(endpoint, name, wanted, `${path}${name}`),
    ),
  ];
}

/** A value that is there, is known, and is not of the type that is wanted. */
export function typeFailures(
  values: Properties,
  name: string,
  wanted: string,
  path: string,
): Failure[] {
  const value = unwrap(values[name]);
  if (value === undefined || value === null || isUnknown(value) || typeof value === wanted) {
    return [];
  }
  return [{ property: path, reason: `Field '${path}' must be a '${wanted}'` }];
}

function loggingFailures(inputs: Properties): Failure[] {
  const logging = unwrap(inputs.logging);
  if (
    logging === undefined ||
    isUnknown(logging) ||
    loggingModes.some((mode) => mode === logging)
  ) {
    return [];
  }
  return [{ property: "logging", reason: `logging must be one of ${loggingModes.join(", ")}` }];
}

export function unrecognized(
  names: string[],
  known: readonly string[],
  path: string,
  type: string,
): Failure[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      property: path + name,
      reason: `Unrecognized field '${name}' on '${type}'`,
    }));
}

export function missing(path: string, type: string): Failure {
  const field = path.split(".").at(-1);
  return { property: path, reason: `Missing required field '${field}' on '${type}'` };
}

function withConnectionDefaults(inputs: Properties): Properties {
  const connection = unwrap(inputs.connection);
  if (connection === undefined) {
    return inputs;
  }
  return {
    ...inputs,
    connection: secret(isObject(connection) ? withDefaults(connection) : connection),
  };
}

function withDefaults(connection: Properties): Properties {
  const filled = withSecrets({ ...endpointDefaults, ...withoutNulls(connection) });
  const proxy = unwrap(connection.proxy);
  if (!isObject(proxy)) {
    return filled;
  }
  const filledProxy = withSecrets({ ...endpointDefaults, ...withoutNulls(proxy) });
  return { ...filled, proxy: isSecret(connection.proxy) ? secret(filledProxy) : filledProxy };
}

function withSecrets(endpoint: Properties): Properties {
  const secrets: readonly string[] = secretFields;
  const marked = Object.entries(endpoint).map(([name, value]) => [
    name,
    secrets.includes(name) ? secret(value) : value,
  ]);
  return Object.fromEntries(marked) as Properties;
}

function withoutNulls(values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
