import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshConnectionArgs, SshProxyArgs } from "./args";
import { secretConnectionFields } from "./settings";

type ConnectionInput = types.input.remote.ConnectionArgs;
type ProxyInput = types.input.remote.ProxyConnectionArgs;

// Field by field, so that a field of some other object never reaches SSH, and one that is not known
// yet does not hide the others.
const hopFields = [
  "host",
  "port",
  "user",
  "privateKey",
  "privateKeyPassword",
  "password",
  "agentSocketPath",
  "hostKey",
  "dialErrorLimit",
  "perDialTimeout",
] as const;

/** The SSH connection of every command, with its secret fields wrapped. */
export function connectionInput(
  connection: pulumi.Input<SshConnectionArgs>,
): pulumi.Input<ConnectionInput> {
  return connectionWith(connection, () => ({}));
}

/** The same as the component's own inputs record it: how the login becomes root belongs to the way, too. */
export function recordedConnection(
  connection: pulumi.Input<SshConnectionArgs>,
): pulumi.Input<SshConnectionArgs> {
  return connectionWith(connection, ({ privilegeEscalation, sudoPassword }) => ({
    ...(privilegeEscalation === undefined ? {} : { privilegeEscalation }),
    ...(sudoPassword === undefined ? {} : { sudoPassword: pulumi.secret(sudoPassword) }),
  }));
}

function connectionWith<More extends object>(
  connection: pulumi.Input<SshConnectionArgs>,
  more: (fields: SshConnectionArgs) => More,
): pulumi.Input<ConnectionInput & More> {
  return mapKnown(connection, (fields) => ({
    ...hopInput<ConnectionInput>(fields),
    ...more(fields),
    // Null is what programs in other languages send for nothing.
    proxy: fields.proxy ? proxyInput(fields.proxy) : undefined,
  }));
}

function proxyInput(proxy: pulumi.Input<SshProxyArgs>): pulumi.Input<ProxyInput> {
  return mapKnown(proxy, (fields) => hopInput<ProxyInput>(fields));
}

function hopInput<T>(fields: SshProxyArgs): T {
  const entries = hopFields
    .filter((field) => fields[field] !== undefined)
    .map((field) => [field, hopField(field, fields)]);
  return Object.fromEntries(entries) as T;
}

function hopField(field: keyof SshProxyArgs, fields: SshProxyArgs): unknown {
  const secret: readonly string[] = secretConnectionFields;
  if (secret.includes(field)) return pulumi.secret(fields[field]);
  if (field !== "hostKey") return fields[field];
  const key = fields.hostKey;
  return typeof key === "string"
    ? key.trim()
    : pulumi.output(key).apply((known) => (typeof known === "string" ? known.trim() : known));
}

/**
 * Applies to a plain object at once, so that its members stay as known as they are. An Output may turn out to be
 * nothing, which is a problem that `Inputs` tells.
 */
function mapKnown<T extends object, U>(input: pulumi.Input<T>, map: (value: T) => U) {
  return isPlain(input)
    ? map(input)
    : pulumi.secret(input).apply((value) => map((value ?? {}) as T));
}

/** True for a value that is there already, whatever its members are. */
export function isPlain<T>(input: pulumi.Input<T> | undefined): input is T {
  return input !== undefined && !pulumi.Output.isInstance(input) && !(input instanceof Promise);
}
