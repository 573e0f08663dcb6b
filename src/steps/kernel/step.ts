import { preflight } from "../preflight/step";
import { defineStep } from "../step";
import { appArmorDocument } from "./appArmor/settings";
import { kernelModulesDocument } from "./kernelModules/settings";
import { sysctlsDocument } from "./sysctls/settings";
import { unprivilegedPingDocument } from "./unprivilegedPing/settings";

/** Kernel settings, options of modules and the AppArmor profile that user namespaces need. */
export const kernel = defineStep({
  name: "kernel",
  needs: [preflight],
  inputs: [
    "unprivilegedPing",
    "sysctls",
    "kernelModuleOptions",
    "appArmorProfile",
    "engine.source",
  ],
  // Every key with a dot is a kernel setting, net.ipv4.ping_group_range among them.
  applied: ["*.*", "modprobe.d/*", "apparmor-profile"],
  document: (given) => ({
    ...sysctlsDocument(given.sysctls),
    ...unprivilegedPingDocument(given.unprivilegedPing),
    ...kernelModulesDocument(given.kernelModuleOptions),
    ...appArmorDocument(given.appArmorProfile, given.engine.source),
  }),
});
