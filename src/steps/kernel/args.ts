import type * as pulumi from "@pulumi/pulumi";

/** Whether rootlesskit gets an AppArmor profile that lets it make user namespaces. */
export const AppArmorProfile = {
  /**
   * If the kernel restricts user namespaces, as on Ubuntu 24.04, and no profile names rootlesskit, it gets a
   * profile with the one permission `userns`.
   */
  Auto: "auto",
  /** No profile is written. If the kernel restricts user namespaces, the daemon does not start. */
  None: "none",
} as const;
export type AppArmorProfile = (typeof AppArmorProfile)[keyof typeof AppArmorProfile];

/** Settings of the machine's kernel. */
export interface KernelArgs {
  /**
   * Kernel settings by name, set now and kept over a reboot. A setting that the kernel does not have is an error.
   * Defaults to {}.
   */
  sysctls?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /**
   * Whether everybody on the machine may ping, which ping in containers needs: `net.ipv4.ping_group_range` is "0
   * 2147483647". With false the machine's own setting stays, and `sysctls` can set another one. Defaults to true.
   */
  unprivilegedPing?: pulumi.Input<boolean>;
  /**
   * Options of kernel modules by MODULE.PARAMETER, in /etc/modprobe.d. A parameter that the module does not have
   * is left out. An option takes effect at once for overlay and fuse if nothing uses them, else at the next boot.
   * Defaults to {}.
   */
  moduleOptions?: pulumi.Input<{ [option: string]: pulumi.Input<string> }>;
  /** Whether rootlesskit gets an AppArmor profile where it needs one. Defaults to "auto". */
  appArmorProfile?: pulumi.Input<AppArmorProfile>;
}

/** How containers may publish ports below 1024. */
export const PrivilegedPorts = {
  /** Containers may not. */
  None: "none",
  /**
   * `cap_net_bind_service` on rootlesskit, until an upgrade of its package. Whoever runs rootlesskit on this
   * machine may open any port.
   */
  FileCapability: "file-capability",
  /** `net.ipv4.ip_unprivileged_port_start=0`: every user of this machine may open any port. */
  Sysctl: "sysctl",
} as const;
export type PrivilegedPorts = (typeof PrivilegedPorts)[keyof typeof PrivilegedPorts];
