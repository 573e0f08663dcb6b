import type * as pulumi from "@pulumi/pulumi";

/** Options that reach the children only when they are copied; parent brings the others. */
export function childOptions(
  parent: pulumi.ComponentResource,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.CustomResourceOptions {
  const { deletedWith, retainOnDelete, customTimeouts } = options ?? {};
  return { parent, deletedWith, retainOnDelete, customTimeouts };
}
