import type * as pulumi from "@pulumi/pulumi";

/** The ordinary account that runs the daemon. */
export interface AccountArgs {
  /** Its name. Another name moves the installation to that account. Defaults to "docker-rootless". */
  name?: pulumi.Input<string>;
  /** Whether it is created where it does not exist. Defaults to true; false makes that an error. */
  create?: pulumi.Input<boolean>;
  /** Its user id when created, 1000 to 59999. Defaults to the next free one. */
  uid?: pulumi.Input<number>;
  /** Its home directory when created, an absolute path. Defaults to the system's (`/home/NAME`). */
  home?: pulumi.Input<string>;
  /** Its login shell when created, an absolute path. Defaults to "/bin/bash". */
  shell?: pulumi.Input<string>;
  /**
   * Public keys that may log in as the account, so that `docker -H` works through the output
   * `dockerHost`. Keys that are there already stay. Defaults to none.
   */
  authorizedKeys?: pulumi.Input<pulumi.Input<string>[]>;
}
