#!/bin/sh
# Removes one host and all traces of it: processes, control group, tree, record; and the network,
# if it was the last host. Succeeds when there is nothing to remove.
# Usage: remove.sh [--when-stdin-ends] HOST_FOLDER MACHINE_NAME, with the environment of network.sh.
# --when-stdin-ends makes this a guardian: a process that holds the other end of the pipe can end in
# whatever way, and its host is removed.
set -eu
scripts=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=cgroup.sh
. "$scripts/cgroup.sh"
wait_first=no
if test "$1" = --when-stdin-ends; then
    wait_first=yes
    shift
fi
dir=$1 name=$2
state=$TESTBED_STATE

# The lock is on the folder itself, so it vanishes with it. Whoever waits for it must then look
# whether the folder of this name is still the same one, or already that of another host.
still_ours() {
    test "$(stat -L -c %i /proc/self/fd/8)" = "$(stat -c %i "$dir" 2>/dev/null)"
}

# No orderly shutdown: nobody will miss the host.
kill_processes() {
    cgroup=$(host_cgroup "$name")
    test -d "$cgroup" || return 0
    for _ in $(seq 100); do
        pids=$(find "$cgroup" -name cgroup.procs -exec cat {} + 2>/dev/null) || true
        test -n "$pids" || break
        # shellcheck disable=SC2086 # one word a pid
        kill -9 $pids 2>/dev/null || true
        sleep 0.05
    done
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
    rmdir "$(dirname "$cgroup")" 2>/dev/null || true
}

# What apt has downloaded on this host, the next one with the same image need not.
keep_archives() {
    test -d "$dir/image/archives" || return 0
    for deb in "$dir"/root/var/cache/apt/archives/*.deb; do
        kept=$dir/image/archives/${deb##*/}
        if test -e "$deb" && ! test -e "$kept"; then
            cp --link "$deb" "$kept" 2>/dev/null || cp "$deb" "$kept.$$" && mv "$kept.$$" "$kept"
        fi
    done 2>/dev/null || true
}

# The kernel may call a mount of the dead host's busy for a moment.
remove_files() {
    for _ in 1 2 3 4 5; do
        # A disk of its own goes as one file.
        if mountpoint -q "$dir/root"; then umount -R "$dir/root" 2>/dev/null || true; fi
        rm -rf --one-file-system "$dir/root" 2>/dev/null && break
        sleep 0.2
    done
    # Disks of hosts that go at the same time may lie in it.
    if mountpoint -q "$dir/vault"; then umount -l "$dir/vault"; fi
    rm -rf "/run/systemd/nspawn/propagate/$name" "/run/systemd/nspawn/unix-export/$name"
    ip link delete "vb-$name" 2>/dev/null || true
}

# Under the testbed's lock, which whoever makes a new host holds too.
remove_record() {
    exec 9>"$state/lock"
    flock 9
    rm -rf --one-file-system "$dir"
    if rmdir "$state/hosts" 2>/dev/null; then
        "$scripts/network.sh" down
    fi
}

test -d "$dir" || exit 0
exec 8<"$dir"
if test "$wait_first" = yes; then
    cat >/dev/null
fi
flock 8
still_ours || exit 0
kill_processes
keep_archives
remove_files
remove_record
