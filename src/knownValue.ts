import type * as pulumi from "@pulumi/pulumi";

/** Whether an Output has a value; at preview some have none. The SDK's types do not show this. */
export function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

/** The value of an Output, undefined where it is not known. */
export async function knownValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (await isKnown(output))
    ? new Promise<T>((resolve) => output.apply((value) => resolve(value)))
    : undefined;
}
