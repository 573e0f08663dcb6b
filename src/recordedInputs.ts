import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "./args";
import { isPlain, recordedConnection } from "./ssh/connection";
import type { OperationsArgs } from "./steps/operations";
import type { secretInputs } from "./steps/secretInputs";
import { colourMarks } from "./validation/colourMarks";
import { hasCredentials } from "./validation/credentials";

type Mapping = pulumi.Input<{ [key: string]: pulumi.Input<unknown> }> | undefined;

/** Inputs with secret values, by the name of the argument that they are in. */
type SecretArgument = keyof typeof secretInputs extends infer Path
  ? Path extends `${infer Argument}.${string}`
    ? Argument
    : Path
  : never;

/**
 * The component's own inputs as the state records them: keys, passwords and credentials as secrets. Of `operations`,
 * `driftDetection` and `restarts` are left out: they ask something of one run, and a run that asks something else is no
 * change.
 */
export function recordedInputs(args: RootlessDockerHostArgs): pulumi.Inputs {
  const marked: Record<SecretArgument, unknown> = {
    connection: recordedConnection(args.connection),
    daemon: markCredentials(args.daemon),
    environment: markCredentials(args.environment),
    registryAuth: markPasswords(args.registryAuth),
    tcpSocket: markKey(args.tcpSocket),
  };
  const recorded = { ...args, operations: recordedOperations(args.operations), ...marked };
  return withHiddenColours(recorded) as pulumi.Inputs;
}

/**
 * The same, where a value that turns out to have a colour mark is a secret. It is refused, but with --diff the CLI shows
 * what the program gave, too. A plain value is refused before anything is registered.
 */
function withHiddenColours(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise)
    return pulumi
      .output(value)
      .apply((known: unknown) =>
        colourMarks(known, []).length > 0 ? pulumi.secret(known) : pulumi.output(known),
      );
  if (Array.isArray(value)) return value.map(withHiddenColours);
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([key, part]) => [key, withHiddenColours(part)]);
  return Object.fromEntries(parts);
}

function recordedOperations(
  operations: RootlessDockerHostArgs["operations"],
): pulumi.Input<OperationsArgs | undefined> {
  // Null is what programs in other languages send for nothing.
  if (!operations) return undefined;
  return isPlain(operations)
    ? lasting(operations)
    : pulumi.output(operations).apply((known) => (known ? lasting(known) : undefined));
}

/** Undefined for none, as where `operations` is not given. An empty `recheck` and a `takeOver` of false are none. */
function lasting(operations: OperationsArgs): OperationsArgs | undefined {
  const recheck = operations.recheck || undefined;
  const takeOver = operations.takeOver || undefined;
  return recheck === undefined && takeOver === undefined ? undefined : { recheck, takeOver };
}

function markPasswords(logins: RootlessDockerHostArgs["registryAuth"]): typeof logins {
  if (!logins) return logins;
  if (!isPlain(logins)) return pulumi.secret(logins);
  return logins.map((login) =>
    isPlain(login) ? { ...login, password: pulumi.secret(login.password) } : pulumi.secret(login),
  );
}

function markKey(socket: RootlessDockerHostArgs["tcpSocket"]): typeof socket {
  if (!socket) return socket;
  return isPlain(socket)
    ? { ...socket, privateKey: pulumi.secret(socket.privateKey) }
    : pulumi.secret(socket);
}

function markCredentials(mapping: Mapping): Mapping {
  if (!mapping) return mapping;
  if (!isPlain(mapping)) return marked("", mapping) as Mapping;
  return Object.fromEntries(
    Object.entries(mapping).map(([name, value]) => [name, marked(name, value)]),
  );
}

function marked(name: string, value: pulumi.Input<unknown>): pulumi.Input<unknown> {
  if (typeof value !== "object") return hasCredentials(name, value) ? pulumi.secret(value) : value;
  const output: pulumi.Output<unknown> = pulumi.output(value);
  return output.apply((known) =>
    hasCredentials(name, known) ? pulumi.secret(known) : pulumi.output(known),
  );
}
