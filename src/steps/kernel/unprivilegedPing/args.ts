import type * as pulumi from "@pulumi/pulumi";

/** Who may send ICMP echo requests without privileges: ping in containers needs it. */
export interface UnprivilegedPingArgs {
  /** Whether the host's setting is managed. Defaults to true. */
  enabled?: pulumi.Input<boolean>;
  /**
   * Value of `net.ipv4.ping_group_range`: the first and the last group id that may ping. Defaults to "0
   * 2147483647".
   */
  groups?: pulumi.Input<string>;
}
