import * as pulumi from "@pulumi/pulumi";
import { knownValue } from "../sdkInternals";

/** A text for people: "[secret]" where it is one, and `unknown` where it is not known yet. */
export async function shown(
  input: pulumi.Input<string>,
  unknown = "(not known yet)",
): Promise<string> {
  const output = pulumi.output(input);
  if (await pulumi.isSecret(output)) return "[secret]";
  return (await knownValue(output)) ?? unknown;
}
