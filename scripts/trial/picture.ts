import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine";

/** Seconds that a picture may take. */
const pictureTime = 900;

/** What package managers and systemd write by themselves wherever they run. docs/limits.md names what stays. */
const byItself: readonly RegExp[] = [
  // Logs.
  /^file \/var\/log(\/|$)/,
  // Lists, caches and databases of package managers: the kind package says what is installed.
  /^file \/var\/(cache|lib)\/(apt|dnf|zypp|PackageKit|pacman|rpm|swcatalog|app-info)(\/|$)/,
  /^file \/usr\/(lib\/sysimage|share\/rpm)(\/|$)/,
  /^file \/var\/lib\/dpkg\/(status|available|triggers\/.*|.*-old|lock|lock-frontend)$/,
  /^file \/var\/lib\/YaST2(\/cookies)?$/,
  /^file \/var\/cache\/(debconf|ldconfig|man|fontconfig)(\/|$)/,
  // What tools keep of a file before the last change, and locks.
  /^file \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  /^file \/etc\/\.pwd\.lock$/,
  // Of systemd's services.
  /^file \/var\/lib\/systemd\/(random-seed|timers\/.*|timesync\/.*|catalog\/.*)$/,
  /^file (\/var)?\/tmp\/systemd-private-/,
  /^unit (systemd-tmpfiles-clean|systemd-hostnamed|packagekit)\.service$/,
  /^unit run-credentials-.*\.mount$/,
  // Settings of a network interface come and go with it.
  /^sysctl \/proc\/sys\/net\/ipv[46]\/(conf|neigh)\/veth/,
];

/** Reads a machine. @returns what it consists of, a line `kind TAB name TAB value` each. */
export async function takePicture(
  machine: Machine,
  ignored: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const script = readFileSync(join(__dirname, "picture.sh"), "utf8");
  const text = await machine.asRoot(`set -- ${ignored.join(" ")}\n${script}`, signal, pictureTime);
  const lines = text.trimEnd().split("\n");
  for (const kind of ["file", "package", "sysctl", "unit", "passwd line"])
    if (!lines.some((line) => line.startsWith(`${kind}\t`)))
      throw new Error(`the machine's picture is without any ${kind}`);
  return lines;
}

/** The kind and the name of a line. */
export const nameOf = (line: string) => line.split("\t", 2).join(" ");

/** What differs between two pictures, as diff shows it, but for what always changes. */
export function differencesOf(before: readonly string[], after: readonly string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)];
  const differences = [
    ...before.filter((line) => !is.has(line)).map((line) => `-${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `+${line}`),
  ];
  return differences
    .filter((line) => !byItself.some((pattern) => pattern.test(nameOf(line.slice(1)))))
    .sort((a, b) => (a.slice(1) < b.slice(1) ? -1 : 1));
}
