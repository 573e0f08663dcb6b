import * as pulumi from "@pulumi/pulumi";
import { knownValue } from "./sdkInternals";
import { plainText } from "./validation/plainText";

type Severity = "info" | "warn" | "error";

/** Writes a line to the log as plain text. Nothing else of this package writes there: lint checks that. */
export function log(
  severity: Severity,
  message: string,
  resource?: pulumi.Resource,
): Promise<void> {
  return pulumi.log[severity](plainText(message), resource);
}

/**
 * Says something about a resource once the engine has it: never, if a hook refuses it. The SDK has one queue of messages
 * for a process, where one about a resource that never comes holds up all later ones, of other runs too.
 */
export async function logOn(
  resource: pulumi.Resource,
  severity: Severity,
  message: string,
): Promise<void> {
  await knownValue(resource.urn);
  await log(severity, message, resource);
}

/** An error of a hook, of which the engine shows the message: as plain text. */
export function plainError(message: string): Error {
  return new Error(plainText(message));
}
