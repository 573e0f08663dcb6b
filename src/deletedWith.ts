import * as pulumi from "@pulumi/pulumi";

/**
 * The options with a `deletedWith` whose URN is whole. Where this package runs as a component plugin, the
 * SDK (3.248) reads that option as a reference to a provider, `URN::ID`: it takes the resource's name for
 * the id, and the engine refuses what is left.
 */
export function withWholeDeletedWith(
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
  const { deletedWith } = opts ?? {};
  if (!(deletedWith instanceof pulumi.DependencyProviderResource)) return opts;
  const urn = pulumi.interpolate`${deletedWith.urn}::${deletedWith.id}`;
  const whole = Object.create(deletedWith, { urn: { value: urn } }) as pulumi.Resource;
  return { ...opts, deletedWith: whole };
}
