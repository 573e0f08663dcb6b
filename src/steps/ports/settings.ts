import type { Document } from "../document";
import type { Reader } from "../../validation/reader";
import { PrivilegedPorts } from "./args";

export function privilegedPortsSettings(read: Reader): PrivilegedPorts {
  return read.oneOf("privilegedPorts", PrivilegedPorts) ?? PrivilegedPorts.None;
}

export function portsDocument(privilegedPorts: PrivilegedPorts): Document {
  return {
    "privileged-ports": words[privilegedPorts],
    "rootlesskit.capability":
      privilegedPorts === PrivilegedPorts.FileCapability ? "cap_net_bind_service=ep" : undefined,
    "net.ipv4.ip_unprivileged_port_start":
      privilegedPorts === PrivilegedPorts.Sysctl ? 0 : undefined,
  };
}

const words: Record<PrivilegedPorts, string> = {
  [PrivilegedPorts.None]: "none",
  [PrivilegedPorts.FileCapability]: "file-capability",
  [PrivilegedPorts.Sysctl]: "sysctl",
};
