# Modules of the kernel that runs.

# True where an upgrade has removed the running kernel's modules, until the next boot.
kernel_was_replaced() { loads_modules && [ ! -e "/lib/modules/$(uname -r)/modules.dep" ]; }

# Not in a container, whose kernel is another machine's, nor where a kernel has all built in.
loads_modules() {
	set -- /lib/modules/*
	[ -e "$1" ] && [ -e /proc/modules ] && read -r _ </proc/modules && ! systemd-detect-virt -cq
}

# What iptables-legacy needs. In a user namespace it loads no module; nf_tables is loaded by the kernel.
LEGACY_MODULES='ip_tables iptable_nat iptable_filter'
LEGACY_IPV6_MODULES='ip6_tables ip6table_nat ip6table_filter'
LEGACY_MODULES_FILE=/etc/modules-load.d/rootless-docker.conf

is_iptables_legacy() {
	case $(readlink -f /usr/sbin/iptables) in
	*legacy*) ;;
	*) return 1 ;;
	esac
}

# True where the package iptables is still to come, and may be iptables-legacy, as on openSUSE Leap 15 and SLES 15.
may_become_legacy() {
	[ "$PACKAGE_MANAGER" = zypper ] && [ ! -e /usr/sbin/iptables ]
}

# The modules that the machine's own root has to load for iptables. A line for each.
wanted_legacy_modules() {
	if is_iptables_legacy; then legacy_modules; fi
}

# Those of iptables-legacy that are files of this kernel, and not built in. A kernel that was replaced has none by now,
# and what was wanted of it stays.
legacy_modules() {
	local name
	if ! loads_modules || ! command -v modprobe >/dev/null; then return 0; fi
	if kernel_was_replaced; then
		grep -v '^#' "$LEGACY_MODULES_FILE" 2>/dev/null || true
		return 0
	fi
	for name in $LEGACY_MODULES $LEGACY_IPV6_MODULES; do
		case $(modprobe --show-depends "$name" 2>/dev/null) in *insmod*) printf '%s\n' "$name" ;; esac
	done
}

# Those that are not loaded, each after a blank. Arguments: names of modules.
modules_not_loaded() {
	local name
	for name; do
		if [ ! -e "/sys/module/$name" ]; then printf ' %s' "$name"; fi
	done
}
