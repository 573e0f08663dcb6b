import type * as pulumi from "@pulumi/pulumi";

/** The value of an Output, undefined where it is not known. The SDK's types do not show this. */
export async function knownValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const { isKnown } = output as unknown as { isKnown: Promise<boolean> };
  return (await isKnown)
    ? new Promise<T>((resolve) => output.apply((value) => resolve(value)))
    : undefined;
}
