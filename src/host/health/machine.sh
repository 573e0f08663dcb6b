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
	[ -n "$KNOWN_SYSTEM" ] || problem "operating system" "$(os_name)" \
		"one of $(names_of_known_systems), or a system built from one of them" "use such a machine"
	[ -d /run/systemd/system ] || problem "init" "$(cat /proc/1/comm)" \
		"systemd, which runs the account's daemon" "boot the machine with systemd"
	[ -e /proc/self/ns/user ] || problem "user namespaces" \
		"a kernel without them ($(uname -r))" "CONFIG_USER_NS" "boot another kernel"
	[ -e /sys/fs/cgroup/cgroup.controllers ] ||
		finding limited "control groups" "v1" "v2, with which limits of containers work" \
			"put systemd.unified_cgroup_hierarchy=1 on the kernel's command line" ''
}

# A machine that is an unprivileged container itself can give on only the ids that it was given.
nested_checks() {
	local mapped
	mapped=$(awk '{ total += $3 } END { printf "%.0f", total }' /proc/self/uid_map)
	[ "$mapped" -ge 165536 ] || problem "ids of the machine" \
		"$mapped in its own user namespace (/proc/self/uid_map)" "165536 at least" \
		"give the container a larger range from outside (lxc.idmap, or security.idmap.size of \
Incus), or use a virtual machine" "newuidmap can only map ids that are mapped here"
}

tun_checks() {
	local said fix="load its module with 'modprobe tun', or boot a kernel that has one"
	! said=$(sh -c '[ -c /dev/net/tun ] && : <>/dev/net/tun' 2>&1) || return 0
	! kernel_was_replaced ||
		fix="reboot the machine: the modules of the running kernel $(uname -r) are gone"
	problem "/dev/net/tun" "that it is not there, or does not open${said:+ (${said##*: })}" \
		"the device that the containers' network (tap0) is made with" \
		"$fix; in a container, pass the device in"
}

# True where an upgrade has removed the running kernel's modules, until the next boot.
kernel_was_replaced() { [ ! -e "/lib/modules/$(uname -r)/modules.dep" ] && loads_modules; }

# Not in a container, whose kernel is another machine's, nor where a provider's kernel has all
# built in.
loads_modules() {
	grep -q . /proc/modules 2>/dev/null && [ -n "$(ls /lib/modules 2>/dev/null)" ] &&
		! systemd-detect-virt -cq
}

# What the kernel loads when dockerd makes its bridge and asks iptables for its rules, and for the
# first container.
kernel_module_checks() {
	local name missing='' tables='nf_tables nft_compat nft_chain_nat'
	if ! command -v modprobe >/dev/null || ! loads_modules; then return 0; fi
	case $(readlink -f /usr/sbin/iptables) in
	*legacy*) tables='ip_tables iptable_nat iptable_filter' ;;
	esac
	for name in veth bridge $tables xt_addrtype xt_conntrack xt_MASQUERADE xt_nat xt_tcpudp; do
		[ -e "/sys/module/$name" ] || modprobe -n -q "$name" || missing="$missing $name"
	done
	[ -n "$missing" ] || return 0
	set -- "that kernel $(uname -r) does not have them" "install the package with the rest of the \
kernel's modules, or boot the distribution's own kernel"
	! kernel_was_replaced || set -- "no modules of the running kernel $(uname -r) in /lib/modules" \
		"reboot the machine, into the kernel that is installed"
	problem "kernel modules$missing" "$1" "them for the containers' network" "$2" \
		"iptables fails without them ('missing kernel module')"
}

# What the step kernel sets, and so nothing that preflight would say.
kernel_checks() {
	local why="rootlesskit ends with 'fork/exec /proc/self/exe' otherwise"
	sysctl_check kernel.unprivileged_userns_clone 1 1 "$why"
	sysctl_check user.max_user_namespaces 1024 28633 "$why"
	key_quota_checks
}

# $1 key, $2 the least value, $3 a value that will do, $4 why.
sysctl_check() {
	local value
	value=$(sysctl_state "$1")
	if [ "$value" = gone ]; then return 0; fi
	at_least "$value" "$2" || problem "$1" "$value" "$2 at least" \
		"set it with 'sysctl -w $1=$3' and in /etc/sysctl.d" "$4"
}

# Each container that runs holds a key of the account, its session keyring: keys(7).
key_quota_checks() {
	local used
	used=$(awk -v uid="${ACCOUNT_UID:--}:" '
		$1 == uid { sub("/.*", "", $4); sub("/.*", "", $5); print $4, $5 }' \
		/proc/key-users 2>/dev/null) || true
	used=${used:-0 0}
	key_quota_check kernel.keys.maxkeys "${used% *}" 1 20000
	key_quota_check kernel.keys.maxbytes "${used#* }" 100 2000000
}

# The document's value counts before the kernel's. $1 key, $2 how much of it is used, $3 what a
# container takes, $4 a value that will do.
key_quota_check() {
	local most deed=problem
	if has "$1"; then most=$(doc "$1"); else most=$(sysctl_state "$1"); fi
	if ! at_least "$most" 0 || [ "$((most - $2))" -ge "$((20 * $3))" ]; then return 0; fi
	# Where containers run, few that are left are no reason for a run to fail.
	if [ "$most" -ge "$((20 * $3))" ] && [ "$((most - $2))" -ge "$((2 * $3))" ]; then
		deed='finding limited'
	fi
	$deed "$1" "$most, of which $2 used by account ${ACCOUNT:-nobody yet}" \
		"room for the keys of 20 containers more" "set sysctls to { \"$1\": \"$4\" }" \
		"containers do not start without: 'unable to create session key: disk quota exceeded'"
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
		[ $((tries % 12)) != 0 ] ||
			say "waits for cloud-init to end ($((tries / 12)) of 20 minutes)"
		[ "$tries" -lt 240 ] || fail "cloud-init" "it at work for 20 minutes" \
			"it to come to its end" \
			"see 'cloud-init status --long' and /var/log/cloud-init-output.log for what it waits \
for, end that, then run again"
		tries=$((tries + 1))
		sleep 5
	done
}
