import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { agentFile } from "../agent/agentFile";
import { agentParts, packedAgent, stepCodeHash } from "../agent/agentText";
import {
  type Invocation,
  type StepInvocation,
  applyCommand,
  copyCommand,
  copyPath,
  machineCommand,
  removeCopyCommand,
  revertCommand,
  uninstallCommand,
  wordOfId,
} from "../agent/commands";
import { withHooks } from "../engineHooks";
import type { Inputs } from "../inputs";
import { isKnown, urnsBehind } from "../sdkInternals";
import { AgentTransfer } from "../ssh/args";
import { withPassword } from "../ssh/sudoPassword";
import { type StepName, documentOf, steps } from "../steps";
import { valueAt } from "../steps/inputPaths";
import { type Document, renderDocument, wholeDocument } from "../steps/document";
import { driftInDocument, everyStepInputs, type Notes } from "../steps/operations";
import { machine } from "../steps/machine";
import type { Settings } from "../steps/settings";
import type { Step } from "../steps/step";
import { pending } from "../validation/reader";

type ConnectionInput = types.input.remote.ConnectionArgs;

/** Values that all steps of one component share. */
export interface StepContext {
  /** The component's name. */
  name: string;
  /** Who holds the installation: PROJECT/STACK/NAME. */
  owner: string;
  inputs: Inputs;
  connection: pulumi.Input<ConnectionInput>;
  /** The resource of the installation's identity, which is the first child. */
  identity: pulumi.Resource;
  /** Hexadecimal identity of the installation. */
  installation: pulumi.Output<string>;
  invocation: pulumi.Output<Invocation>;
  transfer: AgentTransfer;
  /** Drift that was found last, by step. */
  drift: pulumi.Output<Notes>;
  /** A hook for the child that logs in first. */
  beforeLogin: pulumi.ResourceHookBinding | undefined;
  options: pulumi.CustomResourceOptions;
}

/** The commands of the steps. */
export type StepCommands = Record<StepName, remote.Command>;

/** Brings the agent, then runs the steps, each after those that it needs. */
export function runSteps(context: StepContext): StepCommands {
  const agent = agentChild(context, copyAgent(context));
  // One Output for all steps: a program of many hosts pays for each.
  const invocation = pulumi
    .all([context.invocation, agent.id])
    .apply(([who, id]) => ({ ...who, agentId: wordOfId(id) }));
  const commands = new Map<Step, remote.Command>();
  for (const step of steps) {
    const dependsOn = step.needs.flatMap((needed) => commands.get(needed) ?? []);
    const after = dependsOn.length > 0 ? dependsOn : [agent];
    commands.set(step, runStep(context, step, invocation, after));
  }
  const named = [...commands].map(([{ name }, command]) => [name, command]);
  return Object.fromEntries(named) as StepCommands;
}

/** A file of the login's with the agent's text, which the step machine puts into place. */
function copyAgent(context: StepContext): pulumi.Resource {
  const { name, connection, inputs, invocation, installation, transfer } = context;
  const options = withHooks(context.options, [context.beforeLogin]);
  // Another value of these brings the file again: that step may need it then, or another user.
  const paths = ["operations.recheck", "operations.takeOver", "connection.user"] as const;
  const needed = ({ operations: { recheck = "", takeOver }, connection: { user } }: Settings) =>
    [recheck, String(takeOver), user].join(" ");
  const escalation = invocation.apply((who) => who.escalation);
  const triggers = [installation, inputs.from(paths, needed), escalation];
  if (transfer === AgentTransfer.Stdin)
    return command({ ...context, triggers, options }, "copy", {
      create: invocation.apply(copyCommand),
      update: invocation.apply(copyCommand),
      delete: invocation.apply(removeCopyCommand),
      stdin: packedAgent(),
      dependsOn: [context.identity],
    });
  return new remote.CopyToRemote(
    `${name}-copy`,
    {
      connection,
      source: new pulumi.asset.FileAsset(agentFile()),
      remotePath: remotePath(context),
      triggers,
    },
    pulumi.mergeOptions(options, { dependsOn: [context.identity] }),
  );
}

/**
 * The copy's place. With `--continue-on-error` an `up` goes on after a hook has refused the installation, and its id is
 * not known then. The engine skips this child, but only after the plugin's check, which ends the whole run if there is
 * no path.
 */
function remotePath({ identity, invocation, transfer }: StepContext): pulumi.Output<string> {
  const path = invocation.apply((who) => copyPath(transfer, who.installation));
  if (pulumi.runtime.isDryRun()) return path;
  const none = pulumi.output(copyPath(transfer, "none"));
  // Its URN is known all the same, and makes this depend on it.
  return pulumi
    .all([identity.urn, isKnown(path)])
    .apply<string>(([, known]) => (known ? path : none));
}

/**
 * Its delete is the last on the host: it removes all that is left there, also of an `up` that failed. Until then it
 * runs nothing: once there is a copy on the machine, Pulumi knows that there is something to delete.
 */
function agentChild(context: StepContext, copy: pulumi.Resource): remote.Command {
  return command(context, "agent", {
    delete: context.invocation.apply(uninstallCommand),
    stdin: afterPassword(context.inputs, undefined),
    dependsOn: [copy],
  });
}

/** The text on stdin after sudo's password, which makes a secret of it; as it is where there is no password. */
function afterPassword(
  inputs: Inputs,
  stdin: pulumi.Input<string> | undefined,
): pulumi.Input<string> | undefined {
  const path = ["connection.sudoPassword"] as const;
  if (inputs.atOnce(path)?.connection.sudoPassword === false) return stdin;
  const given = pulumi.output(stdin);
  const password = pulumi.output(inputs.from(["sudoPassword"], (all) => all.sudoPassword));
  const whole = pulumi.all([given, pulumi.isSecret(given), password]).apply(prefixed);
  // A preview may not know the connection at all: what is on stdin is shown all the same.
  const alone = pulumi.all([given, urnsBehind(password)]).apply(([text]) => text);
  const isAtAllKnown = inputs.values().then((all) => valueAt(all, "connection") !== pending);
  return pulumi
    .output(isAtAllKnown)
    .apply((known) => (known ? whole : alone)) as pulumi.Output<string>;
}

function prefixed([text, isSecret, password]: [string | undefined, boolean, string | undefined]) {
  return password === undefined
    ? pulumi.output(text)
    : pulumi.secret(withPassword(password, { text: text ?? "", isSecret }));
}

/**
 * A step: its document on stdin of the agent's `apply`, and of its `revert` when it is deleted. One for secret values
 * that has none logs in only when they come or go: the command plugin does nothing for a create or a delete without text.
 */
function runStep(
  context: StepContext,
  step: Step,
  invocation: pulumi.Output<Invocation & StepInvocation>,
  dependsOn: pulumi.Resource[],
): remote.Command {
  const { inputs, owner, drift } = context;
  const name = step.name as StepName;
  const agent = stepCodeHash(name);
  const isFirst = step === machine;
  const { program, parts } = agentParts();
  const isIdle = (settings: Settings) =>
    step.isSecret && renderDocument(step.document(settings, owner)) === "";
  // The command of every other step is known, also where an input is not.
  const idle = step.isSecret && inputs.from(step.inputs, isIdle);
  const unlessIdle = (words: (who: Invocation & StepInvocation) => string) => {
    if (typeof idle === "boolean") return idle ? undefined : invocation.apply(words);
    const both = pulumi.all([invocation, idle]);
    return both.apply(([who, nothing]) =>
      nothing ? undefined : words(who),
    ) as pulumi.Output<string>;
  };
  const stdinWith = (drifted: Document) =>
    inputs.from([...step.inputs, ...everyStepInputs], (settings) => {
      if (isIdle(settings)) return wholeDocument({ agent });
      const document = { ...documentOf(step, settings, owner), ...drifted, agent };
      const text = isFirst
        ? [...parts, wholeDocument({ ...document, program })].join("\n")
        : wholeDocument(document);
      return step.isSecret ? pulumi.secret(text) : text;
    }) as pulumi.Input<string>;
  const stdin = drift.apply((notes) => pulumi.output(stdinWith(driftInDocument(notes[name]))));
  const runs = (verb: "apply" | "update", who: Invocation & StepInvocation) =>
    isFirst ? machineCommand(verb, who) : applyCommand(verb, name, who);
  return command(context, name, {
    create: unlessIdle((who) => runs("apply", who)),
    update: invocation.apply((who) => runs("update", who)),
    delete: unlessIdle((who) => revertCommand(name, who)),
    stdin: afterPassword(inputs, stdin),
    dependsOn,
  });
}

type CommandContext = Pick<StepContext, "name" | "connection" | "installation" | "options"> & {
  triggers?: pulumi.Input<string>[];
};

interface CommandText {
  create?: pulumi.Input<string>;
  update?: pulumi.Input<string>;
  delete: pulumi.Input<string> | undefined;
  stdin?: pulumi.Input<string>;
  dependsOn?: pulumi.Resource[];
}

function command(
  { name, connection, installation, triggers = [installation], options }: CommandContext,
  step: string,
  { dependsOn, ...text }: CommandText,
): remote.Command {
  return new remote.Command(
    `${name}-${step}`,
    {
      ...text,
      connection,
      triggers,
      // The report on stdout is for the outputs; people read the lines on stderr.
      logging: "stderr",
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(options, { dependsOn }),
  );
}
