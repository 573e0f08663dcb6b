import type { Document } from "../../document";
import type { Reader, Rule } from "../../../validation/reader";

export interface UnprivilegedPingSettings {
  enabled: boolean;
  groups: string;
}

// net/ipv4/ping.c: two group ids, the largest 2147483647; "1 0" is nobody. The kernel takes a number
// that begins with 0 for an octal one.
const groupRange: Rule<string> = (value) => {
  const [, first, last] = /^(0|[1-9]\d{0,9}) (0|[1-9]\d{0,9})$/.exec(value) ?? [];
  return first !== undefined && Number(first) <= 2147483647 && Number(last) <= 2147483647
    ? undefined
    : "is not a range of group ids; write two of 0 to 2147483647, such as '0 2147483647'";
};

export function unprivilegedPingSettings(read: Reader): UnprivilegedPingSettings {
  const settings = {
    enabled: read.boolean("enabled") ?? true,
    groups: read.string("groups", { rule: groupRange }) ?? "0 2147483647",
  };
  read.refuseOthers();
  return settings;
}

export function unprivilegedPingDocument(ping: UnprivilegedPingSettings): Document {
  return { "net.ipv4.ping_group_range": ping.enabled ? ping.groups : undefined };
}
