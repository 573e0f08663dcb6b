import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { packedAgent, stepCodeHash } from "../agent/agentText";
import { driftInDocument } from "../drift/answer";
import type { Notes } from "../drift/notes";
import type { Inputs } from "../inputs";
import type { Settings } from "../settings";
import { documentOf, type StepName, steps } from "../steps";
import { type Document, renderDocument } from "../steps/document";
import { everyStepDocument, everyStepInputs } from "../steps/everyStep/document";
import type { Step } from "../steps/step";
import {
  applyCommand,
  installCommand,
  type Invocation,
  revertCommand,
  type StepInvocation,
  uninstallCommand,
  wordOfId,
} from "./commands";

type ConnectionInput = types.input.remote.ConnectionArgs;

/** What all steps of one component share. */
export interface StepContext {
  /** The component's name. */
  name: string;
  /** Who holds the installation: PROJECT/STACK/NAME. */
  owner: string;
  inputs: Inputs;
  connection: pulumi.Input<ConnectionInput>;
  /** Hexadecimal identity of the installation. */
  lease: pulumi.Output<string>;
  invocation: pulumi.Output<Invocation>;
  /** What is not as it was left; undefined where nobody asks. */
  drift: pulumi.Output<Notes> | undefined;
  options: pulumi.CustomResourceOptions;
}

/** The commands of the steps. */
export type StepCommands = Record<StepName, remote.Command>;

/** Installs the agent, then runs the steps, each after those that it needs. */
export function runSteps(context: StepContext, accepted: true | Promise<boolean>): StepCommands {
  const agent = installAgent(context, accepted);
  const commands = new Map<Step, remote.Command>();
  for (const step of steps) {
    const before = step.needs(context.inputs.atOnce(step.inputs));
    const dependsOn = before.flatMap((needed) => commands.get(needed) ?? []);
    commands.set(step, runStep(context, step, agent, dependsOn.length > 0 ? dependsOn : [agent]));
  }
  const named = [...commands].map(([{ name }, command]) => [name, command]);
  return Object.fromEntries(named) as StepCommands;
}

/** Refused arguments end here, before anything touches the host. */
function installAgent(context: StepContext, accepted: true | Promise<boolean>): remote.Command {
  const { inputs, invocation } = context;
  const connection =
    accepted === true ? context.connection : connectionIf(accepted, context.connection);
  return command({ ...context, connection }, "agent", {
    create: invocation.apply((who) => installCommand("install", who)),
    update: invocation.apply((who) => installCommand("update", who)),
    // stdin is the agent's text here: the revert reads no document.
    delete: invocation.apply(uninstallCommand),
    stdin: inputs.from(everyStepInputs, (settings) => packedAgent(everyStepDocument(settings))),
  });
}

function connectionIf(
  accepted: Promise<boolean>,
  connection: StepContext["connection"],
): pulumi.Output<ConnectionInput> {
  return pulumi
    .output(accepted)
    .apply((yes) => pulumi.output<ConnectionInput>(yes ? connection : argumentsAreRefused));
}

// The command's own check refuses unknown fields, at preview too, and quotes the name; no host has this name.
const argumentsAreRefused: ConnectionInput = {
  host: "",
  ...{ "see the error of RootlessDockerHost": "" },
};

/**
 * A step: its document on stdin of the agent's `apply`, and of its `revert` when it is deleted. One for secret values
 * that has none logs in only when they come or go: the command plugin does nothing for a create or a delete without text.
 */
function runStep(
  context: StepContext,
  step: Step,
  installed: remote.Command,
  dependsOn: pulumi.Resource[],
): remote.Command {
  const { inputs, lease, owner, drift } = context;
  const invocation = pulumi
    .all([lease, installed.id])
    .apply(([hex, id]) => ({ lease: hex, agentId: wordOfId(id) }));
  const name = step.name as StepName;
  const agent = stepCodeHash(name);
  const isIdle = (settings: Settings) =>
    step.isSecret && renderDocument(step.document(settings, owner)) === "";
  // Of all other steps the command is known, also where an input is not.
  const idle = step.isSecret && inputs.from(step.inputs, isIdle);
  const unlessIdle = (words: (who: StepInvocation) => string) =>
    pulumi
      .all([invocation, idle])
      .apply(([who, nothing]) => (nothing ? undefined : words(who))) as pulumi.Output<string>;
  const stdinWith = (drifted: Document) =>
    inputs.from([...step.inputs, ...everyStepInputs], (settings) => {
      if (isIdle(settings)) return renderDocument({ agent });
      const text = renderDocument({ ...documentOf(step, settings, owner), ...drifted, agent });
      return step.isSecret ? pulumi.secret(text) : text;
    }) as pulumi.Input<string>;
  const stdin = drift
    ? drift.apply((notes) => pulumi.output(stdinWith(driftInDocument(notes[name]))))
    : stdinWith({});
  return command(context, name, {
    create: unlessIdle((who) => applyCommand("apply", name, who)),
    update: invocation.apply((who) => applyCommand("update", name, who)),
    delete: step.reverts ? unlessIdle((who) => revertCommand(name, who)) : undefined,
    stdin,
    dependsOn,
  });
}

interface CommandText {
  create: pulumi.Input<string>;
  update: pulumi.Input<string>;
  delete: pulumi.Input<string> | undefined;
  stdin: pulumi.Input<string>;
  dependsOn?: pulumi.Resource[];
}

function command(
  { name, connection, lease, options }: StepContext,
  step: string,
  { dependsOn, ...text }: CommandText,
): remote.Command {
  return new remote.Command(
    `${name}-${step}`,
    {
      ...text,
      connection,
      triggers: [lease],
      // The report on stdout is for the outputs; people read the lines on stderr.
      logging: "stderr",
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(options, { dependsOn }),
  );
}
