import * as pulumi from "@pulumi/pulumi";
import { packedAgent } from "../agent/agentText";
import type { Inputs } from "../inputs";
import { knownValue } from "../sdkInternals";
import { checkNewCommand } from "../agent/commands";
import { escalationArgument } from "../ssh/settings";
import { withPassword } from "../ssh/sudoPassword";
import { type KnownConnection, runOverSsh } from "../ssh/ssh";
import { wholeDocument } from "../steps/document";
import { everyStepDocument, everyStepInputs } from "../steps/operations";
import { type InputPath, settingsAt } from "../steps/inputPaths";
import { kernelDocument, kernelInputs, preflightDocument, preflightInputs } from "../steps/machine";
import { type NewMachine, readNewMachine } from "./answer";

/**
 * The errors with which preflight would end on a machine that has nothing of the installation, and what is there now.
 * Undefined where an argument is not known yet.
 *
 * @throws Error that says why there is no answer.
 */
export async function askNewMachine(
  inputs: Inputs,
  owner: string,
  connection: KnownConnection,
): Promise<NewMachine | undefined> {
  const paths: InputPath[] = [
    ...preflightInputs,
    ...kernelInputs,
    ...everyStepInputs,
    "connection.privilegeEscalation",
    "connection.sudoPassword",
  ];
  const command = inputs.from(paths, (settings) =>
    checkNewCommand(
      wholeDocument({
        ...kernelDocument(settings),
        ...preflightDocument(settingsAt(settings, preflightInputs), owner),
        ...everyStepDocument(settings),
      }),
      escalationArgument(settings),
    ),
  );
  const password = inputs.from(["sudoPassword"], (settings) => settings.sudoPassword);
  const [known, stdin] = await Promise.all([
    knownValue(pulumi.output(command)),
    knownValue(pulumi.output(password)),
  ]);
  const text = withPassword(stdin, { text: packedAgent(), isSecret: false });
  return known ? readNewMachine(await runOverSsh(connection, known, text)) : undefined;
}
