import * as pulumi from "@pulumi/pulumi";
import { knownValue } from "./sdkInternals";

/**
 * Says something about a resource once the engine has it: never, if a hook refuses it. The SDK has one queue of messages
 * for a process, where one about a resource that never comes holds up all later ones, of other runs too.
 */
export async function logOn(
  resource: pulumi.Resource,
  severity: "info" | "warn" | "error",
  message: string,
): Promise<void> {
  await knownValue(resource.urn);
  await pulumi.log[severity](message, resource);
}
