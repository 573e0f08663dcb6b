import { createHash } from "node:crypto";

/** A place of the account's that root's steps look at. */
export interface Place {
  what: "file" | "directory" | "socket";
  /** Below the account's home, or its /run/user/UID. */
  where: "home" | "runtime";
  path: string;
}

const context = createHash("sha256").update("rootless").digest("hex");

export const places: Place[] = [
  ...[
    ".config/docker/daemon.json",
    ".config/docker/environment",
    ".config/systemd/user/docker.service",
    ".config/systemd/user/default.target.wants/docker.service",
    ".config/systemd/user/docker-prune.timer",
    ".docker/config.json",
    `.docker/contexts/meta/${context}/meta.json`,
    ".ssh/authorized_keys",
  ].map((path) => ({ what: "file", where: "home", path }) as const),
  ...[".config/docker", ".docker", ".local/share/docker", ".ssh"].map(
    (path) => ({ what: "directory", where: "home", path }) as const,
  ),
  ...["docker.sock", "systemd/private"].map(
    (path) => ({ what: "socket", where: "runtime", path }) as const,
  ),
];

/** A path on a host, for a shell there. $1 the account. */
export function onHost({ where, path }: Place, account: string): string {
  const base = where === "home" ? `/home/${account}` : `/run/user/$(id -u ${account})`;
  return `${base}/${path}`;
}

/**
 * What the account puts in a place: shell, run as root with P the path, A the account, S root's secret, W what
 * the place is. P.l, P.f and P.o go with it.
 */
const plants: Record<string, string> = {
  "symbolic link": 'ln -sfnT "$S" "$P"; chown -h $A "$P"',
  // The runtime directory is a file system of its own.
  "hard link": 'ln "$S" "$P" 2>/dev/null || { install -m 600 "$S" "$P.o"; ln "$P.o" "$P"; }',
  fifo: 'mkfifo "$P"; chown $A "$P"',
  directory: 'install -d -o $A "$P"; install -o $A /dev/null "$P/own"',
  "sparse file": 'truncate -s 1T "$P"; chown $A "$P"',
  "endless file":
    'mkfifo "$P"; chown $A "$P"; setsid setpriv --reuid $A --regid $A --clear-groups sh -c \'exec yes >"$1"\' sh "$P" </dev/null >/dev/null 2>&1 &',
  "another's file": 'echo "LEAKED" >"$P"; chown bob "$P"; chmod 600 "$P"',
  "exchanged as fast as it can":
    'setsid setpriv --reuid $A --regid $A --clear-groups perl -e \'($p, $s) = @ARGV; while (1) { unlink "$p.l"; symlink $s, "$p.l"; rename "$p.l", $p; system("mkfifo", "$p.f") if $i++ % 50 == 0; rename "$p.f", $p; open $o, ">", "$p.o"; print $o "{}\\n"; close $o; rename "$p.o", $p }\' "$P" "$S" </dev/null >/dev/null 2>&1 &',
  "a mount over it":
    'if [ "$W" = file ]; then install -o $A /dev/null "$P"; mount --bind "$S" "$P"; else install -d -o $A "$P"; mount -t tmpfs tmpfs "$P"; fi',
};

/** What can be put in place of a socket, too: one that is listened on, and never answered. */
const silentSocket = `setsid setpriv --reuid $A --regid $A --clear-groups perl -MIO::Socket::UNIX -e '
  unlink $ARGV[0]; my $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 50) or die; sleep 100000' "$P" </dev/null >/dev/null 2>&1 &`;

/** Everything that is put in a place, by name. */
export const columns = ({ what }: Place): Record<string, string> =>
  what === "socket" ? { ...plants, "a socket that never answers": silentSocket } : plants;
