import type { Document } from "../../document";
import type { Reader } from "../../../validation/reader";
import { OnDestroyData } from "./args";

export interface OnDestroySettings {
  data: OnDestroyData;
}

export function onDestroySettings(read: Reader): OnDestroySettings {
  const settings = { data: read.oneOf("data", OnDestroyData) ?? OnDestroyData.Keep };
  read.refuseOthers();
  return settings;
}

export function onDestroyDocument({ data }: OnDestroySettings): Document {
  return { "on-destroy-data": data.toLowerCase() };
}
