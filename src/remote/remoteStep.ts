import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { packedAgent, stepCodeHash, type StepName } from "../agent/agentText";
import { factsOf, type Facts } from "../outputs";
import {
  applyCommand,
  installCommand,
  revertCommand,
  uninstallCommand,
  type Who,
} from "./commands";
import { type Document, renderDocument } from "../steps/document";

type ConnectionInput = types.input.remote.ConnectionArgs;

/** What all steps of one host share. */
export interface Host {
  name: string;
  connection: pulumi.Input<ConnectionInput>;
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

/** Installs the agent. Refused arguments end here, before anything touches the host. */
export function installAgent(
  host: Host,
  everyStep: pulumi.Output<Document>,
  accepted: Promise<boolean>,
): Step {
  const connection = pulumi
    .output(accepted)
    .apply((yes) => pulumi.output<ConnectionInput>(yes ? host.connection : argumentsAreRefused));
  return command({ ...host, connection }, "agent", {
    create: whoOf(host).apply((who) => installCommand("install", who)),
    update: whoOf(host).apply((who) => installCommand("update", who)),
    // stdin is the agent's text here: the revert reads no document.
    delete: whoOf(host).apply(uninstallCommand),
    stdin: everyStep.apply(packedAgent),
  });
}

// The command's own check refuses unknown fields, at preview too; no host has this name.
const argumentsAreRefused: ConnectionInput = {
  host: "",
  ...{ argumentsAreRefused: "see the error of RootlessDockerHost" },
};

/** A step: its document on stdin of the agent's `apply`, and of its `revert` when it is deleted. */
export function applyStep(
  host: Host,
  name: StepName,
  document: pulumi.Output<Document>,
  dependsOn: Step[],
): Step {
  const code = stepCodeHash(name);
  return command(host, name, {
    create: whoOf(host).apply((who) => applyCommand("apply", name, who)),
    update: whoOf(host).apply((who) => applyCommand("update", name, who)),
    // preflight changes nothing. Nor does the report; but when it goes, all else is about to.
    delete: name === "preflight" ? undefined : whoOf(host).apply((who) => revertCommand(name, who)),
    stdin: document.apply((keys) => renderDocument({ ...keys, agent: code })),
    dependsOn: dependsOn.map((step) => step.command),
  });
}

function whoOf({ lease, escalation }: Host): pulumi.Output<Who> {
  return pulumi.all([lease, escalation]).apply(([hex, word]) => ({ lease: hex, escalation: word }));
}

function command(host: Host, step: string, { dependsOn, ...args }: CommandText): Step {
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
  return {
    command: resource,
    facts: resource.stdout.apply((stdout) => factsOf(`${host.name}-${step}`, stdout)),
  };
}

interface CommandText {
  create: pulumi.Input<string>;
  update: pulumi.Input<string>;
  delete: pulumi.Input<string> | undefined;
  stdin: pulumi.Input<string>;
  dependsOn?: pulumi.Resource[];
}

/**
 * Makes values into outputs of the component: what depends on them waits for the last step, which is
 * a daemon that really answers. They are known at preview where the value is.
 */
export function afterLastStep(report: Step) {
  return <T>(value: pulumi.Output<T>): pulumi.Output<T> => {
    if (pulumi.runtime.isDryRun()) return value;
    const both = pulumi.all([value, report.command.stdout]);
    return both.apply(([known]) => known) as pulumi.Output<T>;
  };
}
