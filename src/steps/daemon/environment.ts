import { type Parted, partSecrets } from "../../validation/parted";
import { type Reader, type Rule, tooLong } from "../../validation/reader";
import { lostKey, proxyUrl } from "../../validation/rules";
import type { Document } from "../document";
import { type NetworkSettings, networkEnvironment } from "./network";

/** Environment of the daemon by name. */
export type EnvironmentSettings = Record<string, string>;

const environmentName: Rule<string> = (name) =>
  /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) && name !== lostKey
    ? undefined
    : "is not the name of an environment variable; use letters, digits and '_'";

/** Names that may not be set, and why. */
const refusedNames: [names: RegExp, reason: string][] = [
  [
    /^(PATH|HOME|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS)$/,
    "is set by the daemon's unit; leave it out",
  ],
  // A unit's variables replace systemd's own: without its socket the daemon never counts as started, and
  // with another process id a reload goes there.
  [/^(NOTIFY_SOCKET|MAINPID)$/, "is reserved for systemd; leave it out"],
  // The shell of the start script runs what the one holds, and does not start where the other is no number.
  [/^(PS4|OPTIND)$/, "is reserved for the shell; leave it out"],
  // With it the daemon reads another daemon.json, or keeps its data where nobody looks for them.
  [/^XDG_CONFIG_HOME$/, "would hide daemon.json from the daemon; leave it out, and use daemon"],
  [/^XDG_DATA_HOME$/, "moves the daemon's data; leave it out, and use data-root in daemon"],
  // They say to the start script and to RootlessKit that they are in the namespace already.
  [/^(_DOCKERD_ROOTLESS_\w+|_ROOTLESSKIT_\w+)$/, "is reserved for RootlessKit; leave it out"],
  [/^DOCKERD$/, "would start another program than the engine's; leave it out"],
  // Code that nobody sees in a preview; and the loader ignores it once rootlesskit has a capability.
  [/^(LD_\w+|BASH_ENV|ENV)$/, "puts other code into the daemon's processes; leave it out"],
];

const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];

/** @param network sets variables too. */
export function environmentSettings(read: Reader, network: NetworkSettings): Parted<string> {
  const networkNames = Object.keys(networkEnvironment(network));
  const environment: [string, string][] = [];
  for (const [name, value] of Object.entries(read.mapping("environment", environmentName))) {
    const wrong = wrongName(name, networkNames) ?? wrongValue(name, value);
    // The value may be a secret, and is not quoted.
    if (wrong) read.refuse(`environment.${name}`, wrong);
    else environment.push([name, value as string]);
  }
  const bytes = environment.reduce((sum, entry) => sum + Buffer.byteLength(entry.join("=")) + 1, 0);
  if (bytes > longestTogether)
    read.refuse("environment", `has ${bytes} bytes in all; use ${longestTogether} at most`);
  return partSecrets(read, "environment", environment);
}

// Linux starts a program with 2 MiB of arguments and variables at most, where the stack may have 8.
const longestTogether = 1_048_576;

function wrongName(name: string, networkNames: string[]): string | undefined {
  if (networkNames.includes(name))
    return "is set by an option of network too; leave one of them out";
  return refusedNames.find(([names]) => names.test(name))?.[1];
}

function wrongValue(name: string, value: unknown): string | undefined {
  if (typeof value !== "string") return "is not a string; write one";
  const long = tooLong(value);
  if (long) return long;
  if (!isUnitText(value))
    return "has a control character, or a code point that is not a character, which not every systemd accepts; leave it out";
  return proxyNames.includes(name) ? proxyUrl(value) : undefined;
}

// systemd takes a tab and a line break inside quotes and no other control character, and of Unicode
// (src/basic/utf8.c) neither surrogates nor what Unicode says is no character.
function isUnitText(value: string): boolean {
  return !/[\0-\x08\x0b-\x1f\x7f]|\p{Surrogate}|\p{Noncharacter_Code_Point}/u.test(value);
}

export function environmentDocument(environment: EnvironmentSettings): Document {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [`environment/${name}`, value]),
  );
}
