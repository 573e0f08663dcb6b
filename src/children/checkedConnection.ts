import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshConnectionArgs } from "../ssh/args";
import { connectionInput } from "../ssh/connection";

type ConnectionInput = types.input.remote.ConnectionArgs;

/**
 * The connection of the children. Where an argument turns out to be wrong, a hook ends each of their creates and
 * updates; until then this one is the same for all wrong values. The command plugin checks the types of a connection
 * before hooks run, and its error would end the whole run, also with `--continue-on-error`.
 */
export function checkedConnection(
  connection: pulumi.Input<SshConnectionArgs>,
  isRight: true | Promise<boolean>,
): pulumi.Output<ConnectionInput> {
  const given = pulumi.output<ConnectionInput>(connectionInput(connection));
  if (isRight === true) return given;
  return pulumi.output(isRight).apply((yes) => (yes ? given : pulumi.output(noHost)));
}

const noHost: ConnectionInput = { host: "" };
