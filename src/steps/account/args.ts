import type * as pulumi from "@pulumi/pulumi";

/** The ordinary account that runs the daemon. */
export interface AccountArgs {
  /** Name of the account. Another name moves the installation to that account. Defaults to "docker-rootless". */
  name?: pulumi.Input<string>;
  /**
   * Whether the account is created if it does not exist. Defaults to true; with false a missing account is an
   * error.
   */
  create?: pulumi.Input<boolean>;
  /** User id of a new account, 1000 to 59999. Defaults to the next free one. */
  uid?: pulumi.Input<number>;
  /** Home directory of a new account. Defaults to the system's, `/home/NAME`. */
  home?: pulumi.Input<string>;
  /** Login shell of a new account. Defaults to "/bin/bash". */
  shell?: pulumi.Input<string>;
  /**
   * Public keys that may log in as the account, for `docker -H` with the output `dockerHost`. Keys that are there
   * already stay. Defaults to none.
   */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]>;
}
