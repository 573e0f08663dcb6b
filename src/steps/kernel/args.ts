import type * as pulumi from "@pulumi/pulumi";

/** Whether rootlesskit gets an AppArmor profile that lets it make user namespaces. */
export const AppArmorProfile = {
  /**
   * If the kernel restricts user namespaces, as on Ubuntu 24.04, and no profile names rootlesskit, this package writes
   * a profile with the single permission `userns`.
   */
  Auto: "auto",
  /** Writes no profile. If the kernel restricts user namespaces, the daemon does not start. */
  None: "none",
} as const;
export type AppArmorProfile = (typeof AppArmorProfile)[keyof typeof AppArmorProfile];

/** Settings of the machine's kernel. */
export interface KernelArgs {
  /**
   * Kernel settings by name. They are set now and at every boot. If the kernel does not have a setting, `up` fails.
   * Defaults to {}.
   */
  sysctls?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /**
   * Whether every account of the machine can ping, which ping in containers requires: sets `net.ipv4.ping_group_range`
   * to "0 2147483647". A value of it in `sysctls` takes precedence. With false, the machine's own setting is left
   * alone. Defaults to true.
   */
  unprivilegedPing?: pulumi.Input<boolean>;
  /**
   * Options of kernel modules by MODULE.PARAMETER, in /etc/modprobe.d. A parameter that the module does not have is
   * skipped. For overlay and fuse an option takes effect at once if nothing uses them; any other option takes effect at
   * the next boot. Defaults to {}.
   */
  moduleOptions?: pulumi.Input<{ [option: string]: pulumi.Input<string> }>;
  /** Whether this package writes an AppArmor profile for rootlesskit if it needs one. Defaults to "auto". */
  appArmorProfile?: pulumi.Input<AppArmorProfile>;
}

/** Whether containers can publish ports below 1024. */
export const PrivilegedPorts = {
  /** They cannot. */
  None: "none",
  /**
   * Gives rootlesskit the capability `cap_net_bind_service`, until its package is upgraded. Whoever runs rootlesskit on
   * this machine can open any port. Not supported with pasta or the port driver slirp4netns.
   */
  FileCapability: "file-capability",
  /** Sets `net.ipv4.ip_unprivileged_port_start` to 0: every user of this machine can open any port. */
  Sysctl: "sysctl",
} as const;
export type PrivilegedPorts = (typeof PrivilegedPorts)[keyof typeof PrivilegedPorts];
