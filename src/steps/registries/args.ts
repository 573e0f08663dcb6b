import type * as pulumi from "@pulumi/pulumi";

/** A login of the account's docker CLI to a registry. */
export interface RegistryAuthArgs {
  /** The registry's host, with its port if it has one. Not a secret. Defaults to Docker Hub. */
  address?: pulumi.Input<string>;
  /** Who logs in. Not a secret. */
  username: pulumi.Input<string>;
  /** Password or token. Always kept as a secret. */
  password: pulumi.Input<string>;
}
