import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { packedAgent, stepCodeHash, type StepName, unpackCommand } from "../agent/agentText";
import { factsOf, type Facts } from "../outputs";
import { type Document, renderDocument } from "./document";

/** What all steps of one host share. */
export interface Host {
  name: string;
  connection: pulumi.Input<types.input.remote.ConnectionArgs>;
  /** Hexadecimal identity of the installation. */
  lease: pulumi.Output<string>;
  /** The agent's last argument, with a space before it, or empty. */
  escalation: pulumi.Output<string>;
  options: pulumi.CustomResourceOptions;
}

/** One step on the host: the command, and the facts that it reported. */
export interface Step {
  command: remote.Command;
  facts: pulumi.Output<Facts>;
}

const state = "/var/lib/rootless-docker";
const agent = `${state}/agent`;

/**
 * Installs the agent, which is the command's stdin. It starts from a file of the SSH user, becomes
 * root, and puts itself into place.
 */
export function installAgent(host: Host, dependsOn: pulumi.Input<pulumi.Resource[]>): Step {
  return command(host, "agent", {
    create: pulumi.interpolate`f=$(mktemp) && trap 'rm -f "$f"' EXIT && (${unpackCommand}) >"$f" && sh "$f" install agent ${host.lease}${host.escalation}`,
    // stdin is the agent's text here: the revert reads no document.
    delete: onlyWithAgent(pulumi.interpolate`sh ${agent} revert agent ${host.lease}${host.escalation} </dev/null`),
    stdin: packedAgent(),
    dependsOn,
  });
}

/** A step: its document on stdin of the agent's `apply`, and of its `revert` when it is deleted. */
export function applyStep(
  host: Host,
  name: StepName,
  document: pulumi.Output<Document>,
  dependsOn: Step[],
): Step {
  const code = stepCodeHash(name);
  return command(host, name, {
    create: pulumi.interpolate`sh ${agent} apply ${name} ${host.lease}${host.escalation}`,
    delete: stepsWithoutRevert.includes(name)
      ? undefined
      : onlyWithAgent(pulumi.interpolate`sh ${agent} revert ${name} ${host.lease}${host.escalation}`),
    stdin: document.apply((keys) => renderDocument({ ...keys, agent: code })),
    dependsOn: dependsOn.map((step) => step.command),
  });
}

/** They change nothing that would have to be taken back: destroy opens no connection for them. */
const stepsWithoutRevert: StepName[] = ["preflight", "report"];

/** A host that was made anew has nothing to take back; one whose agent alone is gone fails loudly. */
function onlyWithAgent(revert: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.interpolate`[ ! -d ${state} ] || ${revert}`;
}

function command(
  host: Host,
  step: string,
  { dependsOn, ...args }: CommandText & { dependsOn: pulumi.Input<pulumi.Resource[]> },
): Step {
  const resource = new remote.Command(
    `${host.name}-${step}`,
    {
      ...args,
      connection: host.connection,
      triggers: [host.lease],
      // The report on stdout is for the outputs; people read the lines on stderr.
      logging: "stderr",
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(host.options, { dependsOn }),
  );
  return { command: resource, facts: resource.stdout.apply(factsOf) };
}

interface CommandText {
  create: pulumi.Input<string>;
  delete: pulumi.Input<string> | undefined;
  stdin: pulumi.Input<string>;
}

/**
 * A value for the component's outputs: what depends on it waits for the last step, which is a daemon
 * that really answers. Known at preview where the value is.
 */
export function whenAnswered<T>(report: Step, value: pulumi.Output<T>): pulumi.Output<T> {
  if (pulumi.runtime.isDryRun()) return value;
  return pulumi.all([value, report.command.stdout]).apply(([known]) => known) as pulumi.Output<T>;
}

export function factsWhenAnswered(report: Step, step: Step): pulumi.Output<Facts> {
  return whenAnswered(report, step.facts);
}
