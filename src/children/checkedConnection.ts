import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshConnectionArgs } from "../ssh/args";
import { connectionInput } from "../ssh/connection";

type ConnectionInput = types.input.remote.ConnectionArgs;

/** The connection as the command plugin takes it, if all arguments turn out to be right; see `unlessRefused`. */
export function checkedConnection(
  connection: pulumi.Input<SshConnectionArgs>,
  isRight: true | Promise<boolean>,
): pulumi.Output<ConnectionInput> {
  return unlessRefused(pulumi.output<ConnectionInput>(connectionInput(connection)), isRight);
}

/**
 * The connection of a child that a hook may refuse. If it does, the connection is one to no host: so there is a change,
 * and without a change no hook runs. An error that the program logs does not end a run by itself. The command plugin
 * would also refuse a connection of a wrong type, but before hooks run, and that ends the whole run, even with
 * `--continue-on-error`.
 */
export function unlessRefused(
  connection: pulumi.Output<ConnectionInput>,
  isRight: true | Promise<boolean>,
): pulumi.Output<ConnectionInput> {
  if (isRight === true) return connection;
  return pulumi.output(isRight).apply((yes) => (yes ? connection : pulumi.output(noHost)));
}

const noHost: ConnectionInput = { host: "" };
