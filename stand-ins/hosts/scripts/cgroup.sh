# shellcheck shell=sh
# Sourced: where a host's control group is.

# Machines have cgroup v2 alone, or v1 with v2 beside it in another place.
host_cgroup() {
    echo "$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/rootless-docker-testbed/$1"
}
