# shellcheck shell=dash
# What the machine itself has to have: preflight looks before anything is changed, the doctor later.

machine_checks() {
	system_checks
	[ -d /run/systemd/system ] || return 0
	nested_checks
	tun_checks
	kernel_module_checks
}

system_checks() {
	if [ -n "$KNOWN_SYSTEM" ]; then
		fine "operating system" "$(os_name)"
	else
		problem "operating system" "$(os_name)" \
			"one of $(names_of_known_systems), or a system built from one of them" "use such a machine"
	fi
	[ -d /run/systemd/system ] ||
		problem "init" "$(cat /proc/1/comm)" "systemd, which runs the account's daemon" \
			"boot the machine with systemd"
	[ -e /proc/self/ns/user ] ||
		problem "user namespaces" "a kernel without them ($(uname -r))" "CONFIG_USER_NS" "boot another kernel"
	[ -e /sys/fs/cgroup/cgroup.controllers ] ||
		finding limited "control groups" "v1" "v2, with which limits of containers work" \
			"put systemd.unified_cgroup_hierarchy=1 on the kernel's command line" ''
}

# A machine that is an unprivileged container itself can give on only the ids that it was given.
nested_checks() {
	local mapped wanted=165536
	mapped=$(awk '{ total += $3 } END { printf "%.0f", total }' /proc/self/uid_map)
	if [ "$mapped" -ge "$wanted" ]; then
		fine "ids of the machine" "$mapped"
	else
		problem "ids of the machine" "$mapped in its own user namespace (/proc/self/uid_map)" \
			"$wanted at least" \
			"give the container a larger range from outside (lxc.idmap, or security.idmap.size of Incus), \
or use a virtual machine" \
			"newuidmap can only map ids that are mapped here: 'write to uid_map failed: Operation not permitted'"
	fi
}

tun_checks() {
	local said fix
	if [ ! -c /dev/net/tun ]; then
		problem "/dev/net/tun" "no such device" \
			"the character device that the containers' network is made with" \
			"load it with 'modprobe tun' and name it in /etc/modules-load.d; in a container, pass the device in"
	elif said=$(sh -c ': <>/dev/net/tun' 2>&1); then
		fine "/dev/net/tun" "opens"
	else
		fix="load its module with 'modprobe tun', or boot a kernel that has one"
		! kernel_was_replaced ||
			fix="reboot the machine: the modules of the running kernel $(uname -r) are gone"
		problem "/dev/net/tun" "that it does not open (${said##*: })" \
			"the device that the containers' network (tap0) is made with" "$fix"
	fi
}

# True where an upgrade has removed the running kernel's modules, until the next boot.
kernel_was_replaced() { [ ! -e "/lib/modules/$(uname -r)/modules.dep" ] && loads_modules; }

# Not in a container, whose kernel is the machine's around it, nor where a provider's kernel has everything built in.
loads_modules() {
	grep -q . /proc/modules 2>/dev/null && [ -n "$(ls /lib/modules 2>/dev/null)" ] && ! systemd-detect-virt -cq
}

# What the kernel loads when dockerd makes its bridge and asks iptables for its rules, and for the first container.
kernel_module_checks() {
	local name missing='' tables='nf_tables nft_compat nft_chain_nat'
	if ! command -v modprobe >/dev/null || ! loads_modules; then return 0; fi
	case $(readlink -f /usr/sbin/iptables) in
	*legacy*) tables='ip_tables iptable_nat iptable_filter' ;;
	esac
	for name in veth bridge $tables xt_addrtype xt_conntrack xt_MASQUERADE xt_nat xt_tcpudp; do
		[ -e "/sys/module/$name" ] || modprobe -n -q "$name" || missing="$missing $name"
	done
	if [ -z "$missing" ]; then
		fine "kernel modules" "those of the containers' network"
	elif kernel_was_replaced; then
		problem "kernel modules$missing" "no modules of the running kernel $(uname -r) in /lib/modules" \
			"those of the running kernel" "reboot the machine, into the kernel that is installed" \
			"what is not loaded yet cannot be loaded any more"
	else
		problem "kernel modules$missing" "that kernel $(uname -r) does not have them" \
			"them for the containers' network" \
			"install the package with the rest of the kernel's modules, or boot Debian's own kernel" \
			"iptables fails without them ('missing kernel module')"
	fi
}

# Before packages are downloaded.
disk_problems() {
	local free
	! command -v dockerd >/dev/null || return 0
	free=$(df -Pk /usr | awk 'NR == 2 { print int($4 / 1024) }')
	[ "$free" -ge 600 ] ||
		problem "disk" "$free MB free for /usr" "600 MB for the packages" "free or add space"
}

# While cloud-init is at work, packages and accounts are its own to change. It gets 20 minutes.
wait_for_cloud_init() {
	local tries=0
	command -v cloud-init >/dev/null || return 0
	while timeout -k 5 20 cloud-init status 2>/dev/null | grep -q running; do
		[ $((tries % 12)) != 0 ] || say "waits for cloud-init to end ($((tries / 12)) of 20 minutes)"
		[ "$tries" -lt 240 ] ||
			fail "cloud-init" \
				"it at work for 20 minutes ($(timeout -k 5 20 cloud-init status --long 2>&1 | paste -s -d ' '))" \
				"it to come to its end" \
				"see 'cloud-init status --long' and /var/log/cloud-init-output.log for what it waits for, \
end that, then run again"
		tries=$((tries + 1))
		sleep 5
	done
}
