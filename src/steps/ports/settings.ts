import type { Document } from "../document";
import type { Reader } from "../../validation/reader";
import { NetworkDriver, PortDriver } from "../daemon/network/args";
import type { NetworkSettings } from "../daemon/network/settings";
import { PrivilegedPorts } from "./args";

export function privilegedPortsSettings(read: Reader): PrivilegedPorts {
  return read.oneOf("privilegedPorts", PrivilegedPorts) ?? PrivilegedPorts.None;
}

/** The capability is RootlessKit's, and with some port drivers it is another program that binds ports. */
export function refuseCapabilityOfOthers(
  read: Reader,
  privilegedPorts: PrivilegedPorts,
  { driver, portDriver }: NetworkSettings,
): void {
  if (privilegedPorts !== PrivilegedPorts.FileCapability) return;
  const binds =
    driver === NetworkDriver.Pasta
      ? "pasta"
      : portDriver === PortDriver.Slirp4netns
        ? "slirp4netns"
        : undefined;
  if (binds)
    read.refuse(
      "privilegedPorts",
      `FileCapability is for RootlessKit, and with this network it is ${binds} that binds ports; choose Sysctl, or leave network.driver and network.portDriver out`,
    );
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

/** The values are those of the document. */
export function privilegedPortsEffect(before: unknown, after: unknown): string {
  const keepsRunning = [before, after].includes(words[PrivilegedPorts.FileCapability])
    ? ""
    : "; the daemon keeps running";
  const effect = typeof after === "string" ? effects[after] : undefined;
  return effect === undefined ? "" : effect + keepsRunning;
}

const effects: Record<string, string | undefined> = {
  [words[PrivilegedPorts.None]]:
    "a container that starts from now on publishes no port below the machine's own net.ipv4.ip_unprivileged_port_start, 1024 by default",
  [words[PrivilegedPorts.FileCapability]]:
    "containers can publish ports below 1024, and so can whoever runs rootlesskit on this machine",
  [words[PrivilegedPorts.Sysctl]]:
    "containers can publish ports below 1024, and every user of this machine can bind them",
};
