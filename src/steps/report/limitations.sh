# shellcheck shell=dash
# Rows of the limitation table that no other step measures. Each is looked at where the daemon lives: its
# namespaces, its capabilities, its own answer.

# $1 the daemon's security options, $2 its version.
limitation_rows() {
	local daemon
	daemon=$(daemon_process)
	apparmor_limitation "$1"
	checkpoint_limitation
	network_limitations "$daemon"
	block_io_limitation
	pid_host_limitation "$2"
	user_namespace_limitations "$daemon"
}

# The account's dockerd, which is a child of RootlessKit.
daemon_process() {
	find /proc -maxdepth 1 -name '[0-9]*' -uid "$ACCOUNT_UID" -printf '%f\n' 2>/dev/null | while read -r process; do
		[ "$(cat "/proc/$process/comm" 2>/dev/null)" != dockerd ] || printf '%s\n' "$process"
	done | head -n 1
}

apparmor_limitation() {
	case $1 in
	*name=apparmor*) limitation appArmor available "docker info: $1" "" ;;
	*)
		if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
			limitation appArmor unavailable "the kernel has AppArmor, and docker info has no name=apparmor: $1" "confine with seccomp and capabilities"
		else
			limitation appArmor unavailable "AppArmor is not enabled in kernel $(uname -r)" "confine with seccomp and capabilities"
		fi
		;;
	esac
}

# CRIU reads and writes what only the machine's root may.
checkpoint_limitation() {
	local criu
	criu=$(command -v criu || true)
	limitation checkpoint unavailable "${criu:-no criu on PATH}; docker info: ExperimentalBuild is $(docker_of_account info --format '{{.ExperimentalBuild}}'), in a user namespace" "checkpoint on a rootful host"
}

# $1 the daemon's process.
network_limitations() {
	local own machine
	own=$(readlink "/proc/$1/ns/net")
	machine=$(readlink /proc/1/ns/net)
	if [ "$own" = "$machine" ]; then
		limitation netHost available "dockerd is in the machine's network namespace, $machine" ""
	else
		limitation netHost limited "dockerd is in $own, the machine in $machine: --net=host is the former" "publish ports with -p"
	fi
	limitation containerAddresses limited "the containers' bridge is in $own of process $1, the machine in $machine" "enter it as $ACCOUNT: $(enter_network)"
	limitation overlayNetworks unavailable "dockerd is in a network namespace of a user namespace: VXLAN does not leave it" "publish ports, or connect hosts with a VPN of their own"
}

# The one command that reaches containers by their addresses.
enter_network() {
	# shellcheck disable=SC2016 # for the shell of whoever reads it
	printf 'nsenter -U --preserve-credentials -n -t $(cat %s/docker.pid)' "$ACCOUNT_RUNTIME"
}

# systemd is asked for a limit, and the kernel for what arrived. The rest is the client's: those from 25.0
# to 27.1.1 lose --device-read-bps and its like before the daemon hears of them (ThrottledeviceOpt of
# docker/cli copies them into an empty list).
block_io_limitation() {
	local device said client
	device=$(findmnt -n -o SOURCE -T "$(daemon_data_root)" 2>/dev/null || true)
	# shellcheck disable=SC2016 # the inner shell expands them
	said=$(as_account timeout 20 systemd-run --user --scope --quiet --property "IOReadBandwidthMax=$device 1M" \
		sh -c 'cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/io.max"' 2>&1 | tail -n 1) || true
	client=$(docker_of_account version --format '{{.Client.Version}}')
	client=${client%%[!0-9.]*}
	case $said in
	*rbps=*) ;;
	*)
		limitation blockIo unavailable "a limit on ${device:-the data root} does not arrive in io.max: ${said:-it stays empty}" "limit input and output from outside, with IOReadBandwidthMax of user-$ACCOUNT_UID.slice"
		return 0
		;;
	esac
	if dpkg --compare-versions "$client" ge 25.0 && dpkg --compare-versions "$client" lt 27.1.2; then
		limitation blockIo limited "a limit of 1 MB/s on $device arrives in io.max, but docker $client here loses --device-read-bps and its like" "set BlkioDeviceReadBps through the API, or use a docker CLI from 27.1.2 on"
	else
		limitation blockIo available "a limit of 1 MB/s on $device arrives in io.max: $said" ""
	fi
}

# pkg/rootless/specconv of moby 23 replaces the mount of /proc, which the kernel refuses, by a bind mount.
pid_host_limitation() {
	if dpkg --compare-versions "${1%%+*}" ge 23; then
		limitation pidHost limited "engine $1 shows a container with --pid=host the machine's /proc; the processes there belong to uid 65534" "look at processes from the machine"
	else
		limitation pidHost unavailable "engine $1 mounts a new /proc for --pid=host, which a user namespace may not" "look at processes from the machine"
	fi
}

# $1 the daemon's process.
user_namespace_limitations() {
	local map capabilities
	map=$(tr -s ' ' <"/proc/$1/uid_map" | sed 's/^ //' | paste -s -d ,)
	capabilities=$(sed -n 's/^CapEff:[ 	]*//p' "/proc/$1/status")
	limitation privileged limited "dockerd has capabilities $capabilities in the user namespace of uid_map '$map', and no other" "what needs real root (devices, kernel settings) needs a rootful host"
	limitation readOnly available "a read-only root is a mount inside the user namespace of uid_map '$map'" ""
}
