import type { Document } from "../../step/document";
import type { Reader, Rule } from "../../step/problems";

export interface UnprivilegedPingSettings {
  enabled: boolean;
  groups: string;
}

// net/ipv4/ping.c: two group ids, the largest 2147483647; "1 0" is nobody.
const groupRange: Rule<string> = (value) => {
  const [, first, last] = /^(\d{1,10}) (\d{1,10})$/.exec(value) ?? [];
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

export function kernelDocument(ping: UnprivilegedPingSettings): Document {
  return {
    // Debian's own switch; on kernels without it nothing is written.
    "kernel.unprivileged_userns_clone": 1,
    // One for the daemon and one or more a container; the kernel's default is far above.
    "user.max_user_namespaces": ">= 1024",
    "net.ipv4.ping_group_range": ping.enabled ? ping.groups : undefined,
  };
}
