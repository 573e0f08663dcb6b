import type { Reader } from "../validation/reader";
import { Restarts } from "./args";

export function restartsSettings(read: Reader): Restarts {
  return read.oneOf("restarts", Restarts) ?? Restarts.Allow;
}
