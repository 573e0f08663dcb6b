import { readFileSync } from "node:fs";
import { exec, failed } from "./exec";
import type { TestHost } from "./host";
import { scriptPath } from "./place";

/**
 * What a host consists of: `kind name` -> value. Kinds: file (owner, mode, number of hard links,
 * contents, link target, extended attributes; of /run only what is there, without /proc, /sys and
 * /dev), file capability, package (version, and whether it is held or half gone), manual package,
 * sysctl, unit file (enabled, masked), unit (active or failed), both also of the service managers of
 * lingering accounts (user unit file, user unit), passwd/group/subuid/subgid line, linger, daemon.
 */
export interface HostSnapshot {
  readonly entries: ReadonlyMap<string, Entry>;
}

interface Entry {
  kind: string;
  name: string;
  value: string;
}

export interface SnapshotOptions {
  /** What to leave out: patterns for `kind name`. Defaults to `changesByItself`. */
  ignore?: readonly RegExp[];
}

/** What differs between two snapshots of a host that nobody changed, or that says nothing of it. */
export const changesByItself: readonly RegExp[] = [
  // Logs.
  /^file \/var\/log(\/|$)/,
  // Package files and lists: they come from the archive, and only tell apt what there is.
  /^file \/var\/(cache\/apt|lib\/apt\/lists)(\/|$)/,
  // The same of dnf, and its notes of what it has done, and of the repositories that it has seen.
  /^file \/var\/(cache|lib)\/dnf(\/|$)/,
  /^file \/(var\/cache|usr\/lib\/sysimage)\/libdnf5(\/|$)/,
  /^file \/run\/dnf$/,
  // The same of zypper, with what it has installed by itself: package and user package say that.
  /^file \/var\/(cache|lib)\/zypp(\/|$)/,
  /^file \/var\/lib\/YaST2(\/cookies)?$/,
  /^file \/var\/tmp\/zypp\.tmp(\/|$)/,
  // The same of pacman, with its database.
  /^file \/var\/(cache|lib)\/pacman(\/|$)/,
  // rpm's database, which Debian 12 has in root's home: package says what is in it.
  /^file \/(var\/lib\/rpm|root\/\.rpmdb)\//,
  // debconf's answers of packages that are gone, and the times of its own writing.
  /^file \/var\/cache\/debconf(\/|$)/,
  // Caches and times of the tools themselves, which rebuild them.
  /^file \/var\/cache\/ldconfig\/aux-cache$/,
  /^file \/var\/lib\/apt\/periodic/,
  /^file \/var\/lib\/systemd\/(random-seed|timers\/.*|timesync\/.*|catalog\/.*)$/,
  // Their order is that of the installations: package and manual package say what is in them.
  /^file \/var\/lib\/apt\/extended_states/,
  /^file \/var\/lib\/dpkg\/(status|available|triggers\/.*)$/,
  // What a tool keeps of the file before the last change; locks.
  /^file \/var\/lib\/dpkg\/(.*-old|lock|lock-frontend)$/,
  /^file \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  /^file \/etc\/\.pwd\.lock$/,
  // Made by systemd for its services at each start, under random names.
  /^file (\/var)?\/tmp\/systemd-private-/,
  // Locks and notes that the first use of a tool leaves until the next boot: a package's adduser, a
  // login, sudo, iptables, and the agent's own lock.
  /^file \/run\/(adduser|motd\.dynamic|rootless-docker\.lock|sudo|xtables\.lock|zypp\.pid|zypp-rpm\.pid)$/,
  // Made by every SSH login of root's on a host with libpam-systemd.
  /^unit (user@0|user-runtime-dir@0)\.service$/,
  /^unit file session-c?\d+\.scope$/,
  /^unit (run-user-0|run-credentials-.*)\.mount$/,
  // Runs when its timer says so.
  /^unit systemd-tmpfiles-clean\.service$/,
  // One a connection, and helpers that come and go; the end of a login's /run/user, a moment after it.
  /^daemon \S+:systemd-user(w|-ru)/,
  // A child of systemd's that is not its own program yet: "(time-dir)" becomes systemd-user-runtime-dir.
  /^daemon root:\(/,
  // A virtual machine's own kernel has its workers among the processes.
  /^daemon root:kworker\//,
  // The kernel is the machine's, and all containers count in these, and load modules for all.
  /^sysctl kernel\.(tainted|hung_task_detect_count|hung_task_warnings|threads-max|pid_max|shm_next_id|sem_next_id|msg_next_id)$/,
  /^sysctl net\.(bridge|netfilter)\./,
];

/**
 * Reads a host through SSH, and the attributes and capabilities of its files through its tree. Takes
 * two seconds; a virtual machine, which has no tree here and must have getcap and getfattr, takes longer.
 */
export async function snapshotHost(
  host: TestHost,
  { ignore = changesByItself }: SnapshotOptions = {},
): Promise<HostSnapshot> {
  const script = readFileSync(scriptPath("snapshot.sh"));
  const [records, attributes, capabilities] = await Promise.all([
    host.run("sh -eu", { input: script }),
    readAttributes(host),
    readCapabilities(host),
  ]);
  const entries = new Map<string, Entry>();
  for (const entry of [...parseRecords(records, attributes), ...capabilities]) {
    const key = `${entry.kind} ${entry.name}`;
    if (!ignore.some((pattern) => pattern.test(key))) entries.set(key, entry);
  }
  return { entries };
}

/** What differs, a short line each, sorted; empty when nothing does. */
export function diffSnapshots(before: HostSnapshot, after: HostSnapshot): string[] {
  const lines: string[] = [];
  for (const [key, { kind, name, value }] of before.entries) {
    const now = after.entries.get(key);
    if (now === undefined) lines.push(`${kind} removed: ${name} ${value}`.trimEnd());
    else if (now.value !== value) lines.push(`${key}: ${value} -> ${now.value}`);
  }
  for (const [key, { kind, name, value }] of after.entries)
    if (!before.entries.has(key)) lines.push(`${kind} added: ${name} ${value}`.trimEnd());
  return lines.sort();
}

function parseRecords(text: string, attributes: ReadonlyMap<string, string>): Entry[] {
  const entries: Entry[] = [];
  const files = new Map<string, Entry>();
  let isHashed = false;
  for (const record of text.split("\0")) {
    const [kind, name, ...rest] = record.split("\t");
    if (name === undefined) continue;
    const entry = { kind, name, value: rest.join("\t") };
    if (kind === "sum") {
      isHashed = true;
      const file = files.get(name);
      if (file !== undefined) file.value += ` ${entry.value}`;
      continue;
    }
    if (kind === "file") files.set(name, entry);
    entries.push(entry);
  }
  // b2sum may fail for a file that has gone meanwhile, so its exit code says nothing.
  if (!isHashed) throw new Error("a snapshot without a hash of any file: has the host no b2sum?");
  for (const [name, file] of files) {
    const own = attributes.get(name);
    if (own !== undefined) file.value += ` ${own}`;
  }
  return entries;
}

/** Extended attributes but capabilities, by path: `name=0x...`, sorted; access lists are among them. */
async function readAttributes(host: TestHost): Promise<Map<string, string>> {
  const options = ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "--absolute-names"];
  const text = await fromOutside(host, ["getfattr", ...options]);
  const attributes = new Map<string, string>();
  for (const block of text.split("\n\n")) {
    const [, path, values] = /^# file: (.*)\n([^]*)/.exec(block.trim()) ?? [];
    if (path === undefined) continue;
    const own = values.split("\n").filter((line) => !line.startsWith("security.capability="));
    if (own.length > 0) attributes.set(unescaped(path), own.sort().join(" "));
  }
  return attributes;
}

/** getfattr writes newlines and backslashes of a name as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

async function readCapabilities(host: TestHost): Promise<Entry[]> {
  const text = await fromOutside(host, ["getcap", "-r"]);
  return text
    .split("\n")
    .filter((line) => line.startsWith("/"))
    .map((line) => {
      const at = line.lastIndexOf(" ");
      return { kind: "file capability", name: line.slice(0, at), value: line.slice(at + 1) };
    });
}

/**
 * What a program says of every file of a host, with the host's own paths: from here where that is
 * possible, since a minimal system has no such program.
 */
async function fromOutside(host: TestHost, [program, ...args]: string[]): Promise<string> {
  const { root } = host;
  if (root === undefined) {
    const command = [program, ...args.filter((arg) => !/^-[rR]$/.test(arg))].join(" ");
    return host.run(`find / -xdev ! -type l -exec ${command} {} +`);
  }
  const finished = await exec(program, [...args, root]);
  // A file of a running program may go meanwhile.
  const complaints = finished.stderr
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith(": No such file or directory"));
  if (complaints.length > 0 || (finished.exitCode !== 0 && finished.stderr === ""))
    throw failed(`${program} ${root} (for ${host.name})`, finished);
  return finished.stdout.replaceAll(`${root}/`, "/").replaceAll(`: ${root}\n`, ": /\n");
}
