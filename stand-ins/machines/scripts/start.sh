#!/bin/sh
# Runs one machine until QEMU ends, in a control group of its own, by which it is removed.
# Usage: start.sh MACHINE_NAME QEMU QEMU_ARGUMENT...
set -eu
# shellcheck source-path=SCRIPTDIR source=../../hosts/scripts/cgroup.sh
. "$(dirname "$0")/../../hosts/scripts/cgroup.sh"

cgroup=$(host_cgroup "$1")
shift
mkdir -p "$cgroup"
echo $$ >"$cgroup/cgroup.procs"
exec "$@"
