import * as pulumi from "@pulumi/pulumi";
import type { RootlessDockerHostArgs } from "../args";
import { askForDrift } from "../drift/notes";
import { engineIsSupported, hooksWork, refuseUnless, withHooks } from "../engineHooks";
import type { HookName } from "../hookNames";
import type { Inputs } from "../inputs";
import { knownOr, knownValue } from "../sdkInternals";
import { AgentTransfer } from "../ssh/args";
import { escalationArgument } from "../ssh/settings";
import { checkedConnection, unlessRefused } from "./checkedConnection";
import { childOptions } from "./childOptions";
import { explainErrors } from "./explainErrors";
import { createInstallation } from "./installation";
import { type StepCommands, runSteps } from "./runSteps";
import { waitForMachine } from "./waitForMachine";
import { warnUnverified } from "./warnUnverified";

/** A component and what its children are made of. */
export interface Family {
  component: pulumi.ComponentResource;
  name: string;
  args: RootlessDockerHostArgs;
  inputs: Inputs;
  /** The component's own, as Pulumi got them. */
  options: pulumi.ComponentResourceOptions;
  hookName: HookName;
  /** The address that the state has, once the hook of the component has run. */
  earlierHost: () => Promise<string | undefined>;
  /** For each child, beside those that are made here. */
  hooks: (pulumi.ResourceHookBinding | undefined)[];
}

/** Makes the installation, then what is drift on it, then its steps. Returns the commands of the steps. */
export function createChildren(family: Family): StepCommands {
  const { component, name, args, inputs, hookName } = family;
  const host = inputs.from(["connection.host"], ({ connection }) => connection.host);
  const proxyHost = inputs.from(
    ["connection.proxy.host"],
    ({ connection }) => connection.proxy?.host ?? "",
  );
  const account = inputs.from(["account.name"], (settings) => settings.account.name);
  const user = inputs.from(["connection.user"], ({ connection }) => connection.user);
  const hosts = [host, proxyHost];
  warnUnverified(inputs, host, proxyHost, component);
  void inputs.warn(component);

  const mayRun = gate(inputs, component);
  const options = withHooks(childOptions(component, family.options), [
    refuseUnless(hookName("gate"), mayRun, `nothing runs on this host: ${seeError(name)}`),
    explainErrors(hookName, hosts, user),
    ...family.hooks,
  ]);
  const place = placeOf(family, host);
  const identity = createInstallation(name, { host: place, account }, options);
  const installation = identity.hex;

  const transfer = inputs.atOnce([])?.agentTransfer ?? AgentTransfer.Sftp;
  const escalation = inputs.from(
    ["connection.privilegeEscalation", "connection.sudoPassword"],
    escalationArgument,
  );
  const invocation = pulumi
    .all([installation, escalation])
    .apply(([hex, word]) => ({ installation: hex, escalation: word, transfer }));
  const connection = checkedConnection(args.connection, mayRun);
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
  const drift = askForDrift({
    ...{ name, component, owner, inputs, isRight: mayRun, options },
    ...{ connection, host: place, proxyHost, installation, invocation },
  });

  const unanswered = `nothing runs: ${seeError(name)}`;
  return runSteps({
    ...{ name, owner, inputs, identity, installation, invocation, transfer },
    connection: unlessRefused(connection, drift.isAnswered),
    drift: drift.notes,
    beforeLogin: waitForMachine(hookName, inputs, hosts, component),
    options: withHooks(options, [refuseUnless(hookName("answer"), drift.isAnswered, unanswered)]),
  });
}

/**
 * The machine's address. A preview does not know that of a machine which the same `up` may change, such as a cloud's. It
 * takes the state's, because a different one would show as a move of all that is there; the words say what may come.
 */
function placeOf(
  { component, earlierHost }: Family,
  host: pulumi.Input<string>,
): pulumi.Input<string> {
  if (typeof host === "string") return host;
  return knownOr(pulumi.output(host), async () => {
    // The hook of the component runs before it has a URN.
    await knownValue(component.urn);
    return earlierHost();
  });
}

const seeError = (name: string) => `see the error of ${name}`;

/**
 * Whether anything may be registered, made anew or run: the arguments are right, and the engine is one that this package
 * supports. What is wrong is logged as an error of the component.
 */
function gate(inputs: Inputs, component: pulumi.Resource): true | Promise<boolean> {
  const areRight = inputs.areRight(component);
  if (!hooksWork()) return areRight;
  const both = Promise.all([areRight, engineIsSupported(component)]);
  return both.then((answers) => answers.every(Boolean));
}
