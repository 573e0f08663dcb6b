import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine";

/** What a machine consists of: by `kind name`, its value. */
export type Picture = ReadonlyMap<string, Entry>;

interface Entry {
  kind: string;
  name: string;
  value: string;
}

/** One difference of two pictures. */
export interface Difference {
  kind: string;
  name: string;
  /** Absent where it was not there. */
  before: string | undefined;
  /** Absent where it is gone. */
  after: string | undefined;
}

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

/** Reads a machine, and returns the picture with the records that it is made of. */
export async function takePicture(
  machine: Machine,
  ignored: readonly string[],
): Promise<{ picture: Picture; text: string }> {
  const script = readFileSync(join(__dirname, "picture.sh"), "utf8");
  const set = ["set --", ...ignored].join(" ");
  const text = await machine.asRoot(`${set}\n${script}`, pictureTime);
  return { picture: parsePicture(text), text: text.replaceAll("\0", "\n") };
}

function parsePicture(text: string): Picture {
  const entries = new Map<string, Entry>();
  for (const record of text.split("\0")) {
    const [kind, name, ...rest] = record.split("\t");
    if (name === undefined) continue;
    const value = rest.join("\t");
    const file = entries.get(`file ${name}`);
    if (kind !== "sha256") add(entries, { kind, name, value });
    else if (file !== undefined) file.value += ` ${value}`;
  }
  for (const kind of ["file", "package", "sysctl", "unit", "passwd line"])
    if (![...entries.values()].some((entry) => entry.kind === kind))
      throw new Error(`the machine's picture is without any ${kind}`);
  return entries;
}

/** A setting with several lines has several records. */
function add(entries: Map<string, Entry>, entry: Entry): void {
  const key = `${entry.kind} ${entry.name}`;
  const earlier = entries.get(key);
  if (earlier === undefined) entries.set(key, entry);
  else if (entry.kind === "sysctl") earlier.value += `\n${entry.value}`;
}

/** The differences of two pictures, by kind and name, but for what always changes. */
export function differencesOf(before: Picture, after: Picture): Difference[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  const differences: Difference[] = [];
  for (const key of [...keys].sort()) {
    const was = before.get(key);
    const is = after.get(key);
    if (was?.value === is?.value || byItself.some((pattern) => pattern.test(key))) continue;
    const { kind, name } = (was ?? is) as Entry;
    differences.push({ kind, name, before: was?.value, after: is?.value });
  }
  return differences;
}

/** A difference with all that is known of it, for the machine's owner. */
export function inFull({ kind, name, before, after }: Difference): string {
  return `${kind} ${name}: ${before ?? "not there"} => ${after ?? "not there"}`;
}

/** A difference as strangers may read it: a name is the trial's own, Docker's, the kernel's or a new package's. */
export function forStrangers(difference: Difference, account: string): string {
  const { kind, before, after } = difference;
  const what = `${kind} ${publicName(difference, account)}`;
  if (before === undefined) return `${what}: added`;
  return after === undefined ? `${what}: removed` : `${what}: changed`;
}

function publicName({ kind, name, before, after }: Difference, account: string): string {
  if (isOwn(name, account)) return name;
  if (kind === "file") return folderOf(name);
  if (kind === "sysctl") return name.replace(/\/(conf|neigh)\/[^/]+/, "/$1/INTERFACE");
  const cameOrWent = before === undefined || after === undefined;
  return kind.endsWith("package") && cameOrWent ? name : "(a name of the machine's)";
}

/** Folders of every machine in which the engine's packages and this program have files. */
const systemFolders =
  "lib|bin|sbin|libexec|local|share|cache|systemd|system|user|default|sysctl\\.d|modprobe\\.d|apparmor\\.d|apt|apt\\.conf\\.d|sources\\.list\\.d|keyrings|yum\\.repos\\.d";

/** How these files, and units and accounts, are called. */
const programs = "docker|rootless-?docker|rootlesskit|containerd|slirp4netns";

const ownName = new RegExp(
  `^(/(etc|usr|var)/((${systemFolders})/)*)?(99-zz-|99)?(${programs})[\\w./@-]*$`,
);

/** Whether a name is the trial's own, or Docker's. */
export function isOwn(name: string, account: string): boolean {
  const isOfAccount = name.split(":")[0] === account || name.startsWith(`/home/${account}/`);
  return ownName.test(name) || name === `/home/${account}` || isOfAccount;
}

/** Where a file is, by a folder that every machine has. */
export function folderOf(file: string): string {
  const known =
    /^\/(etc|usr|var|home|root|opt|srv|tmp|run|boot)\/((lib|bin|sbin|share|local|cache)\/)?/;
  return `below ${known.exec(file)?.[0] ?? "/"}`;
}
