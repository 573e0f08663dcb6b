import type { Document } from "../document";
import type { Reader } from "../../validation/reader";
import type { AppArmorProfile } from "./appArmor/args";
import { appArmorDocument, appArmorSettings } from "./appArmor/settings";
import {
  type KernelModuleSettings,
  kernelModulesDocument,
  kernelModuleSettings,
} from "./kernelModules/settings";
import { sysctlsDocument, type SysctlsSettings, sysctlsSettings } from "./sysctls/settings";
import {
  unprivilegedPingDocument,
  type UnprivilegedPingSettings,
  unprivilegedPingSettings,
} from "./unprivilegedPing/settings";

export interface KernelSettings {
  unprivilegedPing: UnprivilegedPingSettings;
  sysctls: SysctlsSettings;
  kernelModuleOptions: KernelModuleSettings;
  appArmorProfile: AppArmorProfile;
}

export function kernelSettings(read: Reader): KernelSettings {
  return {
    unprivilegedPing: unprivilegedPingSettings(read.object("unprivilegedPing")),
    sysctls: sysctlsSettings(read),
    kernelModuleOptions: kernelModuleSettings(read),
    appArmorProfile: appArmorSettings(read),
  };
}

export function kernelDocument(settings: KernelSettings): Document {
  return {
    ...sysctlsDocument(settings.sysctls),
    ...unprivilegedPingDocument(settings.unprivilegedPing),
    ...kernelModulesDocument(settings.kernelModuleOptions),
    ...appArmorDocument(settings.appArmorProfile),
  };
}
