import type { Document } from "../../document";
import type { Reader, Rule } from "../../../validation/reader";
import { filledLine } from "../../../validation/rules";

/** Values of kernel settings by their names. */
export type SysctlsSettings = Record<string, string>;

// Folders of the document that the kernel's settings travel in.
const isFolder = (name: string) =>
  ["certs.d", "daemon.json", "docker.service", "modprobe.d"].includes(name);

const sysctlName: Rule<string> = (name) =>
  /^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$/.test(name) && name.length <= 200 && !isFolder(name)
    ? undefined
    : "is not the name of a kernel setting; write it with dots, as sysctl does, such as kernel.keys.maxkeys";

/** Settings that other options write, and those options. */
const ownedSysctls = new Map([
  ["net.ipv4.ping_group_range", "unprivilegedPing.groups"],
  ["net.ipv4.ip_unprivileged_port_start", "privilegedPorts"],
]);

export function sysctlsSettings(read: Reader): SysctlsSettings {
  const sysctls: [string, string][] = [];
  for (const [name, value] of Object.entries(read.mapping("sysctls", sysctlName))) {
    const wrong = wrongSysctl(name, value);
    if (wrong) read.refuse(`sysctls.${name}`, `${read.quote(`sysctls.${name}`, value)} ${wrong}`);
    else sysctls.push([name, value as string]);
  }
  return Object.fromEntries(sysctls);
}

function wrongSysctl(name: string, value: unknown): string | undefined {
  const owner = ownedSysctls.get(name);
  if (owner) return `is set by ${owner}; use that option`;
  if (typeof value !== "string") return "is not a text; write the value in quotes";
  return wrongText(value) ?? wrongForContainers(name, value);
}

function wrongText(value: string): string | undefined {
  // A value of the kernel's own settings is at most a page, and they are words and numbers.
  if (value.length > 1024) return "is longer than 1024 characters; shorten it";
  const wrongLine = filledLine(value);
  if (wrongLine) return wrongLine;
  if (/\p{Cc}/u.test(value)) return "has a control character in it; put one space between words";
  if (/\p{Surrogate}/u.test(value)) return "is not well-formed Unicode; leave lone surrogates out";
  if (/^ | {2}| $/.test(value)) return "has spaces beyond those between words; leave them out";
  return value.startsWith(">=") ? "is no value; write the number itself" : undefined;
}

/** Switches and numbers without which no container, or no daemon, can run. */
const needed =
  /^(kernel\.unprivileged_userns_clone|user\.max_(cgroup|ipc|mnt|net|pid|user|uts)_namespaces)$/;

function wrongForContainers(name: string, value: string): string | undefined {
  return needed.test(name) && !(Number(value) >= 1)
    ? "would keep containers from running; use 1 or more, or leave it out"
    : undefined;
}

/** What user namespaces need on any host, and what was asked for beyond. */
export function sysctlsDocument(sysctls: SysctlsSettings): Document {
  return {
    // Debian's own switch; on kernels without it nothing is written.
    "kernel.unprivileged_userns_clone": 1,
    // One for the daemon and one or more a container; the kernel's default is far above.
    "user.max_user_namespaces": ">= 1024",
    ...sysctls,
  };
}
