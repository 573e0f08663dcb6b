import type { Reader, Rule } from "../../validation/reader";
import { filledLine } from "../../validation/rules";
import { NetworkDriver, type NetworkSettings, PortDriver } from "../daemon/network";
import type { Document } from "../document";
import { EngineSource } from "../engine/args";
import { AppArmorProfile, PrivilegedPorts } from "./args";

/** Values of kernel settings by their names. */
export type SysctlsSettings = Record<string, string>;

const sysctlName: Rule<string> = (name) =>
  /^[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)+$/.test(name) && name.length <= 200
    ? undefined
    : "is not the name of a kernel setting; write it with dots, as sysctl does, such as kernel.keys.maxkeys";

export interface KernelSettings {
  sysctls: SysctlsSettings;
  unprivilegedPing: boolean;
  moduleOptions: ModuleOptionSettings;
  appArmorProfile: AppArmorProfile;
}

export function kernelSettings(read: Reader): KernelSettings {
  const settings = {
    sysctls: sysctlsSettings(read),
    unprivilegedPing: read.boolean("unprivilegedPing") ?? true,
    moduleOptions: moduleOptionSettings(read),
    appArmorProfile: read.oneOf("appArmorProfile", AppArmorProfile) ?? AppArmorProfile.Auto,
  };
  read.refuseOthers();
  return settings;
}

function sysctlsSettings(read: Reader): SysctlsSettings {
  const sysctls: [string, string][] = [];
  for (const [name, value] of Object.entries(read.mapping("sysctls", sysctlName))) {
    const wrong = wrongSysctl(name, value);
    if (wrong) read.refuse(`sysctls.${name}`, `${read.quote(`sysctls.${name}`, value)} ${wrong}`);
    else sysctls.push([name, value as string]);
  }
  return Object.fromEntries(sysctls);
}

function wrongSysctl(name: string, value: unknown): string | undefined {
  if (name === "net.ipv4.ip_unprivileged_port_start")
    return "is set by privilegedPorts; use that option";
  if (typeof value !== "string") return "is not a string; write the value in quotes";
  if (name === pingGroups) return wrongGroupRange(value);
  return wrongText(value) ?? wrongForContainers(name, value);
}

function wrongText(value: string): string | undefined {
  // A value of the kernel's own settings is at most a page, and they are words and numbers.
  if (value.length > 1024) return "is longer than 1024 characters; shorten it";
  const wrongLine = filledLine(value);
  if (wrongLine) return wrongLine;
  if (/\p{Cc}/u.test(value)) return "has a control character in it; put one space between words";
  if (/\p{Surrogate}/u.test(value)) return "is not well-formed Unicode; leave lone surrogates out";
  if (/^ | {2}| $/.test(value))
    return "has spaces other than single ones between words; leave them out";
  return value.startsWith(">=") ? "is not a value; write the number itself" : undefined;
}

/** Switches and numbers without which no container, or no daemon, can run. */
const needed =
  /^(kernel\.unprivileged_userns_clone|user\.max_(cgroup|ipc|mnt|net|pid|user|uts)_namespaces)$/;

function wrongForContainers(name: string, value: string): string | undefined {
  return needed.test(name) && !(Number(value) >= 1)
    ? "would keep containers from running; use 1 or more, or leave it out"
    : undefined;
}

/** Sysctls that user namespaces need on any host, and those that were asked for beyond. */
export function sysctlsDocument({
  sysctls,
  unprivilegedPing,
}: Pick<KernelSettings, "sysctls" | "unprivilegedPing">): Document {
  return inFolder({
    // Debian's own switch; on kernels without it nothing is written.
    "kernel.unprivileged_userns_clone": 1,
    // One for the daemon and one or more a container; the kernel's default is far above.
    "user.max_user_namespaces": ">= 1024",
    [pingGroups]: unprivilegedPing ? "0 2147483647" : undefined,
    ...sysctls,
  });
}

/** Each at `sysctl.d/NAME`. */
const inFolder = (sysctls: Document): Document =>
  Object.fromEntries(Object.entries(sysctls).map(([name, value]) => [`sysctl.d/${name}`, value]));

/** Which groups may send ICMP echo requests without privileges, their first and last id. */
const pingGroups = "net.ipv4.ping_group_range";

// net/ipv4/ping.c: two group ids, the largest 2147483647; "1 0" is nobody. The kernel takes a number
// that begins with 0 for an octal one.
const wrongGroupRange: Rule<string> = (value) => {
  const [, first, last] = /^(0|[1-9]\d{0,9}) (0|[1-9]\d{0,9})$/.exec(value) ?? [];
  return first !== undefined && Number(first) <= 2147483647 && Number(last) <= 2147483647
    ? undefined
    : "is not a range of group ids; write two of 0 to 2147483647, such as '0 2147483647'";
};

/** Options of kernel modules by module and parameter, as on the kernel's command line. */
type ModuleOptionSettings = Record<string, string>;

const optionName: Rule<string> = (name) =>
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,55}\.[A-Za-z0-9_]{1,64}$/.test(name)
    ? undefined
    : "is not an option of a kernel module; write MODULE.PARAMETER, such as overlay.permit_mounts_in_userns";

// modprobe.d(5): one line, where a space begins the next option and a backslash the next line.
const optionValue = /^[A-Za-z0-9_.,:+/-]{1,256}$/;

function moduleOptionSettings(read: Reader): ModuleOptionSettings {
  const options: [string, string][] = [];
  for (const [name, value] of Object.entries(read.mapping("moduleOptions", optionName))) {
    if (typeof value === "string" && optionValue.test(value)) {
      options.push([name, value]);
    } else {
      const at = `moduleOptions.${name}`;
      const wrong = "is not the value of a module's option; write a string such as '1'";
      read.refuse(at, `${read.quote(at, value)} ${wrong}`);
    }
  }
  return Object.fromEntries(options);
}

export function moduleOptionsDocument(options: ModuleOptionSettings): Document {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`modprobe.d/${name}`, value]),
  );
}

/** The archives' rootlesskit is another program, and another one for each version. */
export function appArmorDocument(profile: AppArmorProfile, source: EngineSource): Document {
  const archives = profile === AppArmorProfile.Auto && source === EngineSource.StaticArchive;
  return { "apparmor-profile": archives ? "archives" : profile };
}

export function privilegedPortsSettings(read: Reader): PrivilegedPorts {
  return read.oneOf("privilegedPorts", PrivilegedPorts) ?? PrivilegedPorts.None;
}

/** The capability is RootlessKit's, and with some port drivers it is another program that binds ports. */
export function refuseCapabilityOfOthers(
  read: Reader,
  privilegedPorts: PrivilegedPorts,
  { driver, portDriver }: NetworkSettings,
): void {
  if (privilegedPorts !== PrivilegedPorts.FileCapability) return;
  const binds =
    driver === NetworkDriver.Pasta
      ? "pasta"
      : portDriver === PortDriver.Slirp4netns
        ? "slirp4netns"
        : undefined;
  if (binds)
    read.refuse(
      "privilegedPorts",
      `'file-capability' requires that RootlessKit binds the ports, but with this network ${binds} does; choose 'sysctl', or leave network.driver and network.portDriver out`,
    );
}

export function portsDocument(privilegedPorts: PrivilegedPorts): Document {
  return {
    "privileged-ports": privilegedPorts,
    "rootlesskit.capability":
      privilegedPorts === PrivilegedPorts.FileCapability ? "cap_net_bind_service=ep" : undefined,
    ...inFolder({
      "net.ipv4.ip_unprivileged_port_start":
        privilegedPorts === PrivilegedPorts.Sysctl ? 0 : undefined,
    }),
  };
}

/** The values are those of the document. */
export function privilegedPortsEffect(before: unknown, after: unknown): string {
  const keepsRunning = [before, after].includes(PrivilegedPorts.FileCapability)
    ? ""
    : "; the daemon keeps running";
  const effect = typeof after === "string" ? effects[after] : undefined;
  return effect === undefined ? "" : effect + keepsRunning;
}

const effects: Record<string, string | undefined> = {
  [PrivilegedPorts.None]:
    "a container that starts after this can no longer publish ports below the machine's own net.ipv4.ip_unprivileged_port_start, 1024 by default",
  [PrivilegedPorts.FileCapability]:
    "containers can publish ports below 1024, and so can everyone who runs rootlesskit on this machine",
  [PrivilegedPorts.Sysctl]:
    "containers can publish ports below 1024, and every user of this machine can bind them",
};
