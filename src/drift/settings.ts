import type { Reader } from "../validation/reader";
import { DriftDetection } from "./args";

export function driftDetectionSettings(read: Reader): DriftDetection {
  return read.oneOf("driftDetection", DriftDetection) ?? DriftDetection.Off;
}
