# shellcheck shell=dash
# What the machine itself has to have: preflight looks before anything is changed, the doctor later.

machine_checks() {
	system_checks
	[ -d /run/systemd/system ] || return 0
	nested_checks
	setuid_checks
	tun_checks
	kernel_module_checks
}

# Debian and what derives from it tell their Debian release in one place.
system_checks() {
	case $(cat /etc/debian_version 2>/dev/null) in
	11 | 11.* | 12 | 12.* | 13 | 13.*) fine "operating system" "$(os_name)" ;;
	*)
		problem "operating system" "$(os_name)" "Debian 11, 12 or 13, or a system built from one of them" "use such a machine"
		;;
	esac
	[ -d /run/systemd/system ] ||
		problem "init" "$(cat /proc/1/comm)" "systemd, which runs the account's daemon" "boot the machine with systemd"
	[ -e /proc/self/ns/user ] ||
		problem "user namespaces" "a kernel without them ($(uname -r))" "CONFIG_USER_NS" "boot another kernel"
}

# A machine that is an unprivileged container itself can give on only the ids that it was given.
nested_checks() {
	local mapped wanted
	mapped=$(awk '{ total += $3 } END { printf "%.0f", total }' /proc/self/uid_map)
	wanted=$(($(login_defs SUB_UID_MIN 100000) + 65536))
	if [ "$mapped" -ge "$wanted" ]; then
		fine "ids of the machine" "$mapped"
	else
		problem "ids of the machine" "$mapped in its own user namespace (/proc/self/uid_map)" "$wanted at least" "give the container a larger range from outside (lxc.idmap, or security.idmap.size of Incus), or use a virtual machine" "newuidmap can only map ids that are mapped here: 'write to uid_map failed: Operation not permitted'"
	fi
}

# Where newuidmap and newgidmap are, or are about to be.
setuid_checks() {
	case ,$(findmnt -n -o OPTIONS -T /usr/bin 2>/dev/null), in
	*,nosuid,*)
		problem "/usr/bin" "it mounted with nosuid" "a mount without nosuid" "remount it with 'mount -o remount,suid /usr/bin', and take nosuid out of /etc/fstab" "newuidmap and newgidmap map the account's ids by their setuid bit or capability, which nosuid switches off"
		;;
	esac
}

tun_checks() {
	local said as=as_root
	if [ ! -c /dev/net/tun ]; then
		problem "/dev/net/tun" "no such device" "the character device that the containers' network is made with" "load it with 'modprobe tun' and name it in /etc/modules-load.d; in a container, pass the device in"
		return 0
	fi
	[ -z "$ACCOUNT" ] || as=as_account
	if said=$("$as" sh -c ': <>/dev/net/tun' 2>&1); then
		fine "/dev/net/tun" "opens"
	else
		problem "/dev/net/tun" "that it does not open (${said##*: })" "the device that the containers' network (tap0) is made with" "$(tun_mend "${said##*: }")"
	fi
}

# $1 what the kernel said.
tun_mend() {
	case $1 in
	'Permission denied') printf "let everybody open it with 'chmod 666 /dev/net/tun', as udev does" ;;
	*) if kernel_was_replaced; then printf 'reboot the machine: the modules of the running kernel %s are gone' "$(uname -r)"; else printf "load the module with 'modprobe tun', and take what blocks it out of /etc/modprobe.d"; fi ;;
	esac
}

# True where a kernel was installed and the running one's modules removed, until the next boot.
kernel_was_replaced() {
	[ ! -d "/lib/modules/$(uname -r)" ] && [ -n "$(ls /lib/modules 2>/dev/null)" ] && ! systemd-detect-virt -cq
}

# What the kernel loads when dockerd makes its bridge and asks iptables for its rules. A container has no
# modules of its own, nor has a kernel with everything built in.
kernel_module_checks() {
	local name missing='' blocked=''
	if ! command -v modprobe >/dev/null || systemd-detect-virt -cq || [ -z "$(ls /lib/modules 2>/dev/null)" ]; then return 0; fi
	for name in veth bridge $(iptables_modules) xt_addrtype xt_conntrack xt_MASQUERADE; do
		if module_loaded "$name"; then continue; fi
		case $(modprobe -n --show-depends "$name" 2>&1) in
		*'install '*) blocked="$blocked $name" ;;
		*FATAL*) missing="$missing $name" ;;
		esac
	done
	if [ -n "$blocked" ]; then
		problem "kernel modules$blocked" "that modprobe runs another command instead of loading them ($(install_lines "$blocked"))" "the modules themselves" "take these lines out of modprobe.d" "dockerd cannot make its network without them"
	fi
	if [ -z "$missing" ]; then
		[ -n "$blocked" ] || fine "kernel modules" "those of the containers' network"
	elif kernel_was_replaced; then
		problem "kernel modules$missing" "no modules of the running kernel $(uname -r) in /lib/modules, which has $(find /lib/modules -mindepth 1 -maxdepth 1 -printf '%f ')" "those of the running kernel" "reboot the machine, into the kernel that is installed" "what is not loaded yet cannot be loaded any more"
	else
		problem "kernel modules$missing" "that kernel $(uname -r) does not have them" "them for the containers' network" "install the package with the rest of the kernel's modules, or boot Debian's own kernel" "iptables fails without them ('missing kernel module')"
	fi
}

iptables_modules() {
	case $(readlink -f /usr/sbin/iptables) in
	*legacy*) printf 'ip_tables iptable_nat iptable_filter' ;;
	*) printf 'nf_tables nft_compat' ;;
	esac
}

# Where it is said. $1 names.
install_lines() {
	local name
	for name in $1; do
		grep -rsE "^[[:space:]]*install[[:space:]]+${name}[[:space:]]" /etc/modprobe.d /run/modprobe.d /usr/local/lib/modprobe.d /usr/lib/modprobe.d /lib/modprobe.d | head -n 1
	done | paste -s -d ',' | sed 's/,/, /g'
}

# Containers that may not speak with each other are kept apart by rules that bridges pass by, without
# this module.
bridge_filter_checks() {
	[ "$(cat "$DOC/json/daemon.json/icc" 2>/dev/null)" = false ] || return 0
	[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ||
		problem "daemon.icc" "false, and no /proc/sys/net/bridge/bridge-nf-call-iptables" "the kernel module br_netfilter" "load it with 'modprobe br_netfilter' and name it in /etc/modules-load.d, or leave daemon.icc out" "dockerd does not start otherwise: 'cannot restrict inter-container communication'"
}
