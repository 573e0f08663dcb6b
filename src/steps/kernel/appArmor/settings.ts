import type { Document } from "../../document";
import type { Reader } from "../../../validation/reader";
import { EngineSource } from "../../engine/args";
import { AppArmorProfile } from "./args";

export function appArmorSettings(read: Reader): AppArmorProfile {
  return read.oneOf("appArmorProfile", AppArmorProfile) ?? AppArmorProfile.Auto;
}

/** The archives' rootlesskit is another program, and another one for each version. */
export function appArmorDocument(profile: AppArmorProfile, source: EngineSource): Document {
  const archives = profile === AppArmorProfile.Auto && source === EngineSource.StaticArchive;
  return { "apparmor-profile": archives ? "archives" : profile.toLowerCase() };
}
