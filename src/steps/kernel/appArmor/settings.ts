import type { Document } from "../../document";
import type { Reader } from "../../../validation/reader";
import { AppArmorProfile } from "./args";

export function appArmorSettings(read: Reader): AppArmorProfile {
  return read.oneOf("appArmorProfile", AppArmorProfile) ?? AppArmorProfile.Auto;
}

export function appArmorDocument(profile: AppArmorProfile): Document {
  return { "apparmor-profile": profile.toLowerCase() };
}

/** What preflight checks too: without a profile, rootlesskit may not get a user namespace. */
export function noAppArmorDocument(profile: AppArmorProfile): Document {
  return profile === AppArmorProfile.None ? appArmorDocument(profile) : {};
}
