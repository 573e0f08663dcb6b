import type * as pulumi from "@pulumi/pulumi";

/** A login of the account's docker CLI to a registry. */
export interface RegistryAuthArgs {
  /**
   * The registry's host, with its port where it has one of its own, such as `ghcr.io` or `registry.example:5000`. A scheme
   * in front of it is left out, as docker does. Not a secret. Defaults to Docker Hub.
   */
  address?: pulumi.Input<string>;
  /** Who logs in. Not a secret: it is an argument of `docker login`. */
  username: pulumi.Input<string>;
  /** Password or token. Always kept as a secret. */
  password: pulumi.Input<string>;
}
