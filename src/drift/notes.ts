import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { presentInWords } from "./words";
import { knownValue } from "../sdkInternals";
import { hooksWork } from "../engineHooks";
import type { Inputs } from "../inputs";
import { logOn } from "../log";
import { checkCommand, type Invocation } from "../agent/commands";
import { withoutSecrets } from "../ssh/withoutSecrets";
import { type KnownConnection, runOverSsh } from "../ssh/ssh";
import { withPassword } from "../ssh/sudoPassword";
import { waitForServer } from "../ssh/waitForServer";
import { stepNames } from "../steps";
import { isRefused, notesOf, readAnswer } from "./answer";
import { DriftDetection, type Notes, notesOfInstallation } from "../steps/operations";
import { plainLine } from "../validation/plainText";
import { askNewMachine } from "./preflight";

/** Values that asking for drift needs. */
export interface Asking {
  /** The component's name. */
  name: string;
  component: pulumi.Resource;
  connection: pulumi.Input<types.input.remote.ConnectionArgs>;
  /** PROJECT/STACK/NAME. */
  owner: string;
  /** As messages name it. */
  host: pulumi.Input<string>;
  /** That of the machine that the connection jumps over; empty without one. */
  proxyHost: pulumi.Input<string>;
  installation: pulumi.Output<string>;
  invocation: pulumi.Output<Invocation>;
  inputs: Inputs;
  /** Whether all arguments are right: until then no host is asked. */
  isRight: true | Promise<boolean>;
  options: pulumi.CustomResourceOptions;
}

/** The result of asking. */
export interface Asked {
  notes: pulumi.Output<Notes>;
  /** Whether the steps may run: not where no host answered that has to. */
  isAnswered: true | Promise<boolean>;
}

/**
 * Drift that was found on the host, by step: it stands in the step's document too, so that the step runs and puts it
 * right.
 *
 * The child `NAME-drift` keeps it, and runs nothing. It is there whether anybody asks or not. Where nobody asks, the
 * host does not answer, or nothing of a step has drifted since, the engine keeps what the state has (`ignoreChanges`).
 * So asking, not asking any more, and a repair change nothing by themselves
 * (docs/decisions/0009-what-a-preview-asks.md).
 */
export function askForDrift(asking: Asking): Asked {
  const { name, host, installation, options } = asking;
  const atOnce = asking.inputs.atOnce(["operations.driftDetection"])?.operations.driftDetection;
  // Under mocks nobody is asked: there no option is decided as late as a host answers.
  const mayAsk = atOnce !== DriftDetection.None && hooksWork();
  const asked = mayAsk ? ask(asking) : Promise.resolve(noAnswer);
  const keepRest: pulumi.ResourceTransform = async ({ props, opts }) => {
    const { notes, keeps } = await asked;
    const kept = stepNames.filter((step) => keeps && notes[step] === undefined);
    const ignoreChanges = [
      ...(opts.ignoreChanges ?? []),
      ...kept.map((step) => `environment.${step}`),
    ];
    return { props, opts: { ...opts, ignoreChanges } };
  };
  const child = new remote.Command(
    `${name}-drift`,
    {
      // No command runs: this is a mapping that the engine keeps, and shows, by key. Nothing logs in with it.
      connection: { host },
      environment: pulumi.output(asked).apply(({ notes }) => notes),
      triggers: [installation],
      addPreviousOutputInEnv: false,
    },
    mayAsk
      ? { ...options, transforms: [keepRest] }
      : { ...options, ignoreChanges: ["environment"] },
  );
  // In the preview of a new installation neither its id nor the child's outputs are known, and nothing has drifted. The
  // URN is known, and makes the steps depend on the child.
  const notes = pulumi.all([child.urn, asked]).apply(async ([, answer]) => {
    const [id, kept] = await Promise.all([knownValue(installation), knownValue(child.environment)]);
    return notesOfInstallation(id, { ...kept, ...answer.notes });
  });
  if (!mayAsk || atOnce === DriftDetection.Preview) return { notes, isAnswered: true };
  return { notes, isAnswered: asked.then(({ fails }) => !fails) };
}

/** The new notes, and whether those that the state has of other steps stay. */
interface Answer {
  notes: Notes;
  keeps: boolean;
  /** That nothing may run, for want of an answer. */
  fails?: true;
}

const noAnswer: Answer = { notes: {}, keeps: true };

/** Asks the host, and logs what it does not say by itself. */
export async function ask(asking: Asking): Promise<Answer> {
  const connection: pulumi.Output<KnownConnection> = pulumi.output(asking.connection);
  const detection = asking.inputs.from(
    ["operations.driftDetection"],
    ({ operations }) => operations.driftDetection,
  );
  const password = asking.inputs.from(["sudoPassword"], (given) => given.sudoPassword);
  const [known, invocation, wanted, stdin, isRight] = await Promise.all([
    knownValue(connection),
    knownValue(asking.invocation),
    knownValue(pulumi.output(detection)),
    knownValue(pulumi.output(password)),
    asking.isRight,
  ]);
  if (wanted === undefined || wanted === DriftDetection.None || !isRight) return noAnswer;
  const nothingLeft = { notes: {}, keeps: false };
  // A host that is not there yet.
  if (!known) return nothingLeft;
  const isRequired = wanted === DriftDetection.Required;
  try {
    if (isRequired && !pulumi.runtime.isDryRun()) await waitForGreeting(asking.inputs, known);
    const line = withPassword(stdin, { text: "", isSecret: false });
    const answer = invocation && (await runOverSsh(known, checkCommand(invocation), line));
    if (!invocation || answer === undefined || isRefused(answer)) {
      const machine = await askNewMachine(asking.inputs, asking.owner, known);
      for (const problem of machine?.problems ?? [])
        await logOn(asking.component, "warn", `up would fail: ${problem}`);
      if (machine && machine.present.length > 0)
        await logOn(asking.component, "info", `${asking.name}: ${presentInWords(machine.present)}`);
      return nothingLeft;
    }
    const drift = readAnswer(answer);
    if (drift) return { notes: notesOf(drift, invocation.installation), keeps: true };
    // In an `up` the installation may be new.
    return pulumi.runtime.isDryRun() ? await nothingThere(asking, isRequired) : nothingLeft;
  } catch (error) {
    const left = invocation ? noAnswer : nothingLeft;
    const reason = (error as Error).message.replace(/^Error: /, "");
    // An agent that an earlier version of this package put there: the next `up` brings the present one.
    if (/is not a (verb|step)/.test(reason)) return left;
    const message = await noAnswerInWords(asking, reason);
    if (!isRequired) {
      await logOn(
        asking.component,
        "warn",
        `${message}. This preview does not show changes that somebody made there`,
      );
      return left;
    }
    const fix = "make the machine reachable, or set operations.driftDetection to preview";
    await logOn(
      asking.component,
      "error",
      `${message}. Nothing runs, because operations.driftDetection is set to required. To fix: ${fix}`,
    );
    return { ...left, fails: true };
  }
}

/** A machine that has nothing of an installation which the state has: nothing on it is as the last `up` left it. */
async function nothingThere(asking: Asking, isRequired: boolean): Promise<Answer> {
  const fix =
    "run pulumi up if its first up failed; or, if the machine was created again, run it with a new value of operations.recheck";
  const message = `${await shownHost(asking)} has no record of this installation. To fix: ${fix}`;
  await logOn(asking.component, isRequired ? "error" : "warn", message);
  return isRequired ? { ...noAnswer, fails: true } : noAnswer;
}

async function shownHost({ host }: Asking): Promise<string> {
  const name = pulumi.output(host);
  return (await pulumi.isSecret(name)) ? "the host" : ((await knownValue(name)) ?? "the host");
}

/** In `up`, waits for a machine that the same `up` has made, and that boots; at the end, asking says more. */
async function waitForGreeting(inputs: Inputs, connection: KnownConnection): Promise<void> {
  const seconds = await knownValue(
    pulumi.output(inputs.from(["connection.connectTimeout"], (given) => given.connection)),
  );
  // Waiting does not help where the proxy refuses the login, or shows another key.
  const isFinal = (why: string) => /authentication|denied|verification/i.test(why);
  await waitForServer(connection, seconds?.connectTimeout ?? 0, ({ why }) => !isFinal(why));
}

async function noAnswerInWords(asking: Asking, reason: string): Promise<string> {
  const shown = await shownHost(asking);
  const words = plainLine(await withoutSecrets(reason, [asking.host, asking.proxyHost]));
  const otherKey = /host denied|verification failed/i.test(reason)
    ? ". Its host key differs from connection.hostKey: if the machine was not created again, somebody may be intercepting the connection"
    : "";
  return `${shown} could not be checked: ${words}${otherKey}`;
}
