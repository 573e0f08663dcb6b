/** How containers may publish ports below 1024. */
export const PrivilegedPorts = {
  /** They may not. */
  None: "None",
  /**
   * `setcap cap_net_bind_service=ep` on rootlesskit, until an upgrade of its package: whoever runs
   * rootlesskit on this machine may bind any port.
   */
  FileCapability: "FileCapability",
  /** `net.ipv4.ip_unprivileged_port_start=0`: every user of this machine may bind any port. */
  Sysctl: "Sysctl",
} as const;
export type PrivilegedPorts = (typeof PrivilegedPorts)[keyof typeof PrivilegedPorts];
