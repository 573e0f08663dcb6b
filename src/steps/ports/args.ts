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
