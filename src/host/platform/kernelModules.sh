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

is_iptables_legacy() {
	case $(readlink -f /usr/sbin/iptables) in *legacy*) ;; *) return 1 ;; esac
}

# True if the machine's own root has to load modules for iptables: they are files, and not built in.
needs_legacy_modules() {
	local name
	if ! is_iptables_legacy || ! loads_modules || ! command -v modprobe >/dev/null; then return 1; fi
	for name in $LEGACY_MODULES; do
		case $(modprobe --show-depends "$name" 2>/dev/null) in *insmod*) return 0 ;; esac
	done
	return 1
}

# Those of them that are not loaded, each after a blank.
missing_legacy_modules() {
	local name
	for name in $LEGACY_MODULES; do [ -e "/sys/module/$name" ] || printf ' %s' "$name"; done
}
