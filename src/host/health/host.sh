# All that preflight asks, and what the machine itself has to have: each problem is found before
# anything on the host is changed. Programs that are missing are none, since step machine brings them;
# what can only be asked with them is asked then.

host_problems() {
	note_lacking_programs
	machine_problems
	rootful_docker_problems "$(doc rootful-docker)"
	engine_source_problems
	account_problems "$(doc account)"
	owner_problems "$(doc account)"
	storage_driver_problems
	ipv6_problems
	sysctl_problems
	choice_problems
}

# One account has one owner: two stacks that both hold it would undo each other's work. An
# installation that is new here is enough for an owner whose state was lost. $1 the account.
owner_problems() {
	local other
	if [ "$(doc take-over)" = true ]; then return 0; fi
	for other in $(installation_of_account "$1"); do
		if [ "$(owner_of "$other")" != "$(doc owner)" ]; then
			problem "account $1" \
				"$(owner_of "$other") uses it on this machine, so $(doc owner) cannot use it" '' \
				"use another account, destroy the other host first, or set operations.takeOver to take the \
account over from it; if that owner is this host under an earlier name, add aliases to the component"
		fi
	done
}

# root writes: nothing. It opens /dev/net/tun to see that it can.
machine_problems() {
	local count mapped=0
	if [ -z "$KNOWN_SYSTEM" ]; then
		problem "operating system" "$(os_name) is not supported" '' \
			"use one of $(names_of_known_systems), or a system built from one of them"
	fi
	if [ ! -d /run/systemd/system ]; then
		problem "init" \
			"this machine does not run systemd, which is required for the account's daemon" '' \
			"boot the machine with systemd"
	fi
	# A machine that is an unprivileged container can give on only the ids that it was given.
	while read -r _ _ count; do mapped=$((mapped + count)); done </proc/self/uid_map
	if [ "$mapped" -lt 165536 ]; then
		problem "ids of the machine" \
			"its own user namespace (/proc/self/uid_map) has $mapped, but at least 165536 are \
required, because newuidmap can only map ids that are mapped here" '' \
			"give the container a larger range from outside (lxc.idmap, or security.idmap.size of \
Incus), or use a virtual machine"
	fi
	if [ ! -c /dev/net/tun ] || ! (: <>/dev/net/tun) 2>/dev/null; then
		problem "/dev/net/tun" \
			"it does not exist or cannot be opened, and the containers' network (tap0) requires \
it" '' "$(if kernel_was_replaced; then echo reboot; else echo "load it with 'modprobe tun'"; fi); \
in a container, pass the device in"
	fi
	kernel_module_problems
	legacy_module_problems
}

# Modules that the kernel loads for dockerd's bridge, iptables' rules and the first container.
kernel_module_problems() {
	local name missing='' tables='nf_tables nft_compat nft_chain_nat'
	local fix="install the package with the rest of the kernel's modules, or another kernel"
	if ! loads_modules || ! command -v modprobe >/dev/null; then return 0; fi
	if is_iptables_legacy; then
		tables=$LEGACY_MODULES
		if [ "$(doc ipv6)" = true ]; then tables="$tables $LEGACY_IPV6_MODULES"; fi
	fi
	# On RHEL 10 and Fedora, cloud images have a part of the modules alone.
	if [ "$PACKAGE_MANAGER" = dnf ]; then
		fix="run 'dnf install kernel-modules-extra-$(uname -r)'"
	fi
	# shellcheck disable=SC2086 # names of modules
	set -- veth bridge $tables xt_addrtype xt_conntrack xt_MASQUERADE xt_nat xt_tcpudp
	if modprobe -n -q -a "$@"; then return 0; fi
	for name in "$@"; do
		if [ ! -e "/sys/module/$name" ] && ! modprobe -n -q "$name"; then
			missing="$missing $name"
		fi
	done
	[ -n "$missing" ] || return 0
	if kernel_was_replaced; then fix="reboot the machine, into the kernel that is installed"; fi
	problem "kernel modules$missing" \
		"kernel $(uname -r) does not have them, and iptables fails without them ('missing kernel \
module')" '' "$fix"
}

# While cloud-init is at work, packages and accounts are its own to change. It gets 20 minutes.
wait_for_cloud_init() {
	local tries=0
	command -v cloud-init >/dev/null || return 0
	while timeout -k 5 20 cloud-init status 2>/dev/null | grep -q running; do
		if [ $((tries % 12)) = 0 ]; then
			say "waits for cloud-init to end ($((tries / 12)) of 20 minutes)"
		fi
		if [ "$tries" -ge 240 ]; then
			fail "cloud-init" "it is still running after 20 minutes" '' \
				"see 'cloud-init status --long', end what it waits for, then run again"
		fi
		tries=$((tries + 1))
		sleep 5
	done
}
