import { readFileSync } from "node:fs";
import { exec, failed } from "./exec";
import type { TestHost } from "./host";
import { scriptPath } from "./place";

/**
 * What a host consists of: `kind name` -> value. Kinds: file (owner, mode, contents, link target;
 * without /proc, /sys, /dev, /run and /tmp), file capability, package, manual package, sysctl,
 * unit file, unit (active ones), passwd/group/subuid/subgid line, linger, daemon.
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

/**
 * What no two snapshots have in common, though nobody changed the host: logs, caches, package lists,
 * and what tools leave behind that only they read. What such files stand for is compared by itself:
 * packages, accounts.
 */
export const changesByItself: readonly RegExp[] = [
  /^file \/var\/(log|cache\/apt|cache\/debconf|lib\/apt\/lists)(\/|$)/,
  /^file \/var\/cache\/ldconfig\/aux-cache$/,
  /^file \/var\/lib\/apt\/(extended_states|periodic)/,
  /^file \/var\/lib\/dpkg\/(status|available|lock|lock-frontend|triggers\/.*|.*-old)$/,
  /^file \/var\/lib\/systemd\/(random-seed|timers\/.*|timesync\/.*|catalog\/.*)$/,
  /^file \/var\/tmp\/systemd-private-/,
  /^file \/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  /^file \/etc\/\.pwd\.lock$/,
  // Made by every SSH login of root's on a host with libpam-systemd.
  /^unit (user@0|user-runtime-dir@0)\.service$/,
  /^unit (run-user-0|run-credentials-.*)\.mount$/,
  /^unit systemd-tmpfiles-clean\.service$/,
  // One a connection, and helpers that come and go.
  /^daemon \S+:systemd-userw/,
  // A virtual machine's own kernel has its workers among the processes.
  /^daemon root:kworker\//,
  // The kernel is the machine's, and all containers count in these.
  /^sysctl kernel\.(tainted|threads-max|pid_max|shm_next_id|sem_next_id|msg_next_id)$/,
];

/**
 * Reads a host through SSH, and its file capabilities through its tree. Takes one or two seconds; a
 * virtual machine, which has no tree here and must have getcap, takes longer.
 */
export async function snapshotHost(
  host: TestHost,
  { ignore = changesByItself }: SnapshotOptions = {},
): Promise<HostSnapshot> {
  const script = readFileSync(scriptPath("snapshot.sh"));
  const [records, capabilities] = await Promise.all([
    host.run("sh -s", { input: script }),
    readCapabilities(host),
  ]);
  const entries = new Map<string, Entry>();
  for (const entry of [...parseRecords(records), ...capabilities]) {
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

function parseRecords(text: string): Entry[] {
  const entries: Entry[] = [];
  const files = new Map<string, Entry>();
  for (const record of text.split("\0")) {
    const [kind, name, ...rest] = record.split("\t");
    if (name === undefined) continue;
    const entry = { kind, name, value: rest.join("\t") };
    if (kind === "sha256") {
      const file = files.get(name);
      if (file !== undefined) file.value += ` ${entry.value}`;
      continue;
    }
    if (kind === "file") files.set(name, entry);
    entries.push(entry);
  }
  return entries;
}

/** From outside where that is possible: a minimal system has no tool for them. */
async function readCapabilities(host: TestHost): Promise<Entry[]> {
  const { root = "" } = host;
  const finished =
    root === ""
      ? await host.ssh("find / -xdev -type f -exec getcap {} +")
      : await exec("getcap", ["-r", root]);
  if (finished.exitCode !== 0) throw failed(`getcap -r ${root} (for ${host.name})`, finished);
  return finished.stdout
    .split("\n")
    .filter((line) => line !== "" && line.startsWith(root))
    .map((line) => {
      const at = line.lastIndexOf(" ");
      return {
        kind: "file capability",
        name: line.slice(root.length, at),
        value: line.slice(at + 1),
      };
    });
}
