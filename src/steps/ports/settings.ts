import type { Document } from "../../step/document";
import type { Reader } from "../../step/problems";
import { PrivilegedPorts } from "./args";

export function privilegedPortsSettings(read: Reader): PrivilegedPorts {
  return read.oneOf("privilegedPorts", PrivilegedPorts) ?? PrivilegedPorts.None;
}

export function portsDocument(privilegedPorts: PrivilegedPorts): Document {
  return {
    "rootlesskit.capability":
      privilegedPorts === PrivilegedPorts.FileCapability ? "cap_net_bind_service=ep" : undefined,
    "net.ipv4.ip_unprivileged_port_start":
      privilegedPorts === PrivilegedPorts.Sysctl ? 0 : undefined,
  };
}
