import * as pulumi from "@pulumi/pulumi";
import { packedAgent } from "../agent/agentText";
import type { Inputs } from "../inputs";
import { knownValue } from "../knownValue";
import { checkNewCommand } from "../remote/commands";
import { escalationArgument } from "../remote/settings";
import { documentOf } from "../steps";
import { renderDocument } from "../steps/document";
import { everyStepInputs } from "../steps/everyStep";
import { preflight } from "../steps/preflight/step";
import { readProblems } from "./answer";
import { type KnownConnection, runOverSsh } from "./ssh";

/**
 * What preflight would end with on a machine that has nothing of the installation, a line each. None where an
 * argument is not known yet.
 *
 * @throws Error that says why there is no answer.
 */
export async function problemsOf(
  inputs: Inputs,
  owner: string,
  connection: KnownConnection,
): Promise<string[]> {
  const paths = [...preflight.inputs, ...everyStepInputs, "privilegeEscalation"] as const;
  const command = inputs.from(paths, (settings) =>
    checkNewCommand(
      renderDocument(documentOf(preflight, settings, owner)),
      escalationArgument(settings.privilegeEscalation),
    ),
  );
  const known = await knownValue(pulumi.output(command));
  return known ? readProblems(await runOverSsh(connection, known, packedAgent())) : [];
}
