# shellcheck shell=dash
# Rows of the limitation table that no other step measures. Each is looked at where the daemon lives: its
# namespaces, its capabilities, its own answer.

limitation_rows() {
	local daemon answer
	daemon=$(daemon_process)
	[ -n "$daemon" ] ||
		fail "docker.service of $ACCOUNT" "no process dockerd below its main process" "the daemon to look at" "run again; where it stays so, see 'systemctl --user status docker' as $ACCOUNT"
	answer=$(docker_of_account info --format '{{.SecurityOptions}}|{{.ServerVersion}}')
	apparmor_limitation "${answer%|*}"
	checkpoint_limitation
	network_limitations "$daemon"
	block_io_limitation
	pid_host_limitation "${answer##*|}"
	user_namespace_limitations "$daemon"
}

# The account's dockerd: the nearest one below RootlessKit, the service's main process. By name and user
# alone it might be one that runs in a container.
daemon_process() {
	local level below process
	level=$(main_process)
	while [ -n "$level" ]; do
		below=
		for process in $level; do
			if [ "$(cat "/proc/$process/comm" 2>/dev/null)" = dockerd ]; then
				printf '%s\n' "$process"
				return 0
			fi
			below="$below$(cat "/proc/$process/task"/*/children 2>/dev/null || true)"
		done
		level=$below
	done
}

apparmor_limitation() {
	case $1 in
	*name=apparmor*) limitation appArmor available "docker info says $(words_of_account "$1")" "" ;;
	*)
		if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
			limitation appArmor unavailable "the kernel has AppArmor, and docker info has no name=apparmor: $(words_of_account "$1")" "confine with seccomp and capabilities"
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
	limitation checkpoint unavailable "${criu:-no criu on PATH}; docker info: ExperimentalBuild is $(word_of_account "$(docker_of_account info --format '{{.ExperimentalBuild}}')"), in a user namespace" "checkpoint on a rootful host"
}

# $1 the daemon's process.
network_limitations() {
	local own machine
	own=$(readlink "/proc/$1/ns/net")
	machine=$(readlink /proc/1/ns/net)
	if [ "$own" = "$machine" ]; then
		detached_network_limitations "$machine"
		return 0
	fi
	limitation netHost limited "dockerd is in $own, the machine in $machine: --net=host is the former" "publish ports with -p"
	limitation containerAddresses limited "the containers' bridge is in $own of process $1, the machine in $machine" "enter it as $ACCOUNT: $(enter_network)"
	limitation overlayNetworks unavailable "dockerd is in $own of a user namespace: VXLAN does not leave it" "publish ports, or connect hosts with a VPN of their own"
}

# RootlessKit's --detach-netns: the daemon stays in the machine's network, where it may change nothing,
# and the containers' bridges are in a network namespace that no process of its own lives in. $1 the
# machine's.
detached_network_limitations() {
	limitation netHost available "dockerd is in the machine's network namespace, $1" ""
	limitation containerAddresses limited "dockerd is in $1, the machine's own, and the containers' bridge in a namespace that RootlessKit keeps apart" "publish ports with -p"
	limitation overlayNetworks unavailable "dockerd is in $1, the machine's own, with no capability there: VXLAN does not leave the namespace that RootlessKit keeps apart for containers" "publish ports, or connect hosts with a VPN of their own"
}

# The one command that reaches containers by their addresses.
enter_network() {
	# shellcheck disable=SC2016 # for the shell of whoever reads it
	printf 'nsenter -U --preserve-credentials -n -t $(cat %s/docker.pid)' "$ACCOUNT_RUNTIME"
}

# systemd is asked for a limit, and the kernel for what arrived. The rest is the client's.
block_io_limitation() {
	local device said client
	# -v: the device alone, where Btrfs adds its subvolume.
	device=$(on_behalf findmnt -nv -o SOURCE -T "$(daemon_data_root)" 2>/dev/null || true)
	# shellcheck disable=SC2016 # the inner shell expands them
	said=$(as_account systemd-run --user --scope --quiet --property "IOReadBandwidthMax=$device 1M" \
		sh -c 'cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/io.max"' 2>&1 | tail -n 1) || true
	client=$(docker_of_account version --format '{{.Client.Version}}')
	client=$(word_of_account "${client%%[!0-9.]*}")
	case $said in
	*rbps=*) ;;
	*)
		limitation blockIo unavailable "a limit on ${device:-the data root} does not arrive in io.max: $(words_of_account "${said:-it stays empty}")" "limit input and output from outside, with IOReadBandwidthMax of user-$ACCOUNT_UID.slice"
		return 0
		;;
	esac
	if client_loses_limits "$client"; then
		limitation blockIo limited "a limit of 1 MB/s on $device arrives in io.max, but docker $client here loses --device-read-bps and its like" "set BlkioDeviceReadBps through the API, or use a docker CLI before 25.0 or from 27.1.2 on"
	else
		limitation blockIo available "a limit of 1 MB/s on $device arrives in io.max: $(words_of_account "$said")" ""
	fi
}

# From 25.0 on clients lost --device-read-bps and its like before the daemon heard of them
# (ThrottledeviceOpt of docker/cli copied them into an empty list), until 27.1.2 (docker/cli#5323); the
# repair went to 25.0 after 25.0.6 too (docker/cli#5341). $1 the client's version.
client_loses_limits() {
	case $1 in
	25.0.*) dpkg --compare-versions "$1" lt 25.0.7 ;;
	26.*) return 0 ;;
	27.*) dpkg --compare-versions "$1" lt 27.1.2 ;;
	*) return 1 ;;
	esac
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
