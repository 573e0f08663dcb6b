import type * as pulumi from "@pulumi/pulumi";

/** Whether rootlesskit gets an AppArmor profile that lets it make user namespaces. */
export const AppArmorProfile = {
  /**
   * If the kernel restricts user namespaces, as on Ubuntu 24.04, and no profile names rootlesskit, it gets a
   * profile with the one permission `userns`.
   */
  Auto: "Auto",
  /** No profile is written. If the kernel restricts user namespaces, the daemon does not start. */
  None: "None",
} as const;
export type AppArmorProfile = (typeof AppArmorProfile)[keyof typeof AppArmorProfile];

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

/** How containers may publish ports below 1024. */
export const PrivilegedPorts = {
  /** Containers may not. */
  None: "None",
  /**
   * `cap_net_bind_service` on rootlesskit, until an upgrade of its package. Whoever runs rootlesskit on this
   * machine may open any port.
   */
  FileCapability: "FileCapability",
  /** `net.ipv4.ip_unprivileged_port_start=0`: every user of this machine may open any port. */
  Sysctl: "Sysctl",
} as const;
export type PrivilegedPorts = (typeof PrivilegedPorts)[keyof typeof PrivilegedPorts];
