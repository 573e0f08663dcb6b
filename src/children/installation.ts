import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * The identity of one installation on one host for one account. When either changes, so does the installation, and with
 * it (through `triggers`) every step. All steps are created anew on the new identity, then deleted on the old one, each
 * in its order.
 */
export function createInstallation(
  name: string,
  keepers: { host: pulumi.Input<string>; account: pulumi.Input<string> },
  options: pulumi.CustomResourceOptions,
): random.RandomId {
  return new random.RandomId(`${name}-installation`, { byteLength: 8, keepers }, options);
}
