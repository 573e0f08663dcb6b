import { restarts } from "../effects";
import { engine } from "../engine/step";
import {
  appArmorDocument,
  kernelModulesDocument,
  portsDocument,
  privilegedPortsEffect,
  sysctlsDocument,
  unprivilegedPingDocument,
} from "./settings";
import { defineStep } from "../step";

/** Kernel settings, options of modules, the AppArmor profile that user namespaces need, and ports below 1024. */
export const kernel = defineStep({
  name: "kernel",
  // A profile names a program of the engine, and a capability is of its file.
  needs: [engine],
  inputs: [
    "unprivilegedPing",
    "sysctls",
    "kernelModuleOptions",
    "appArmorProfile",
    "engine.source",
    "privilegedPorts",
  ],
  effects: { "privileged-ports": privilegedPortsEffect, "rootlesskit.capability": restarts },
  document: (given) => ({
    ...sysctlsDocument(given.sysctls),
    ...unprivilegedPingDocument(given.unprivilegedPing),
    ...kernelModulesDocument(given.kernelModuleOptions),
    ...appArmorDocument(given.appArmorProfile, given.engine.source),
    ...portsDocument(given.privilegedPorts),
  }),
});
