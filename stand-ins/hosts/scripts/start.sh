#!/bin/sh
# Runs one host until it powers off; starts it again when it reboots. Never returns before that.
# Usage: start.sh HOST_FOLDER MACHINE_NAME TUN, with TUN "yes" or "no" (whether there is a
# /dev/net/tun), and TESTBED_BRIDGE in the environment.
set -eu
dir=$1 name=$2 tun=$3
# shellcheck source-path=SCRIPTDIR source=cgroup.sh
. "$(dirname "$0")/cgroup.sh"

# Own device nodes: the machine's may be 0600, and rootlesskit opens them as an ordinary user.
make_devices() {
    mkdir -p "$dir/dev"
    test -e "$dir/dev/fuse" || mknod -m 0666 "$dir/dev/fuse" c 10 229
    test -e "$dir/dev/tun" || mknod -m 0666 "$dir/dev/tun" c 10 200
    chmod 0666 "$dir/dev/fuse" "$dir/dev/tun"
}

# --keep-unit makes the host live in the cgroup it is started from, so each needs its own.
enter_cgroup() {
    mkdir -p "$(host_cgroup "$name")"
    echo $$ >"$(host_cgroup "$name")/cgroup.procs"
}

# keyctl and bpf: dockerd and runc want them, and nspawn denies them by default.
run() {
    set -- --bind="$dir/dev/fuse:/dev/fuse"
    test "$tun" = no || set -- "$@" --bind="$dir/dev/tun:/dev/net/tun"
    SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 \
        systemd-nspawn --quiet --boot --directory="$dir/root" --machine="$name" \
        --network-bridge="$TESTBED_BRIDGE" --resolv-conf=off --timezone=off --link-journal=no \
        --register=no --keep-unit --capability=all --system-call-filter='add_key keyctl bpf' \
        --console=pipe "$@"
}

make_devices
enter_cgroup
# 133 is nspawn's way to say "the host wants to reboot" when it is a service (--keep-unit).
status=133
while test "$status" -eq 133; do
    status=0
    run || status=$?
done
exit "$status"
