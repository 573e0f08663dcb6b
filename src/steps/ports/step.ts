import { restarts } from "../daemon/restarts";
import { engine } from "../engine/step";
import { preflight } from "../preflight/step";
import { defineStep } from "../step";
import { PrivilegedPorts } from "./args";
import { portsDocument, privilegedPortsEffect } from "./settings";

/** Ports below 1024. */
export const ports = defineStep({
  name: "ports",
  // Only a file capability has a file of the engine to stand on.
  needs: (given) =>
    given === undefined || given.privilegedPorts === PrivilegedPorts.FileCapability
      ? [engine]
      : [preflight],
  inputs: ["privilegedPorts"],
  applied: ["rootlesskit.capability", "net.ipv4.ip_unprivileged_port_start"],
  displayed: ["privileged-ports"],
  effects: { "privileged-ports": privilegedPortsEffect, "rootlesskit.capability": restarts },
  document: ({ privilegedPorts }) => portsDocument(privilegedPorts),
});
