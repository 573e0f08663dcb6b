# Modules of the kernel that runs.

# True where an upgrade has removed the running kernel's modules, until the next boot.
kernel_was_replaced() { loads_modules && [ ! -e "/lib/modules/$(uname -r)/modules.dep" ]; }

# Not in a container, whose kernel is another machine's, nor where a kernel has all built in.
loads_modules() {
	set -- /lib/modules/*
	[ -e "$1" ] && [ -e /proc/modules ] && read -r _ </proc/modules && ! systemd-detect-virt -cq
}

# What iptables-legacy needs. For iptables-nft the kernel loads nf_tables by itself.
LEGACY_MODULES='ip_tables iptable_nat iptable_filter'
LEGACY_IPV6_MODULES='ip6_tables ip6table_nat ip6table_filter'

is_iptables_legacy() {
	case $(readlink -f /usr/sbin/iptables) in
	*legacy*) ;;
	*) return 1 ;;
	esac
}

# A problem where modules of iptables-legacy are files of this kernel and are not loaded. The kernel loads
# none of them for a user namespace, so the machine's root has to.
legacy_module_problems() {
	local name missing=''
	if ! is_iptables_legacy || ! loads_modules || ! command -v modprobe >/dev/null; then
		return 0
	fi
	for name in $LEGACY_MODULES $LEGACY_IPV6_MODULES; do
		if [ -e "/sys/module/$name" ]; then continue; fi
		case $(modprobe --show-depends "$name" 2>/dev/null) in
		*insmod*) missing="$missing $name" ;;
		esac
	done
	[ -n "$missing" ] || return 0
	problem "kernel modules$missing" \
		"they are not loaded, and iptables-legacy cannot load them for a rootless daemon" '' \
		"run 'modprobe -a$missing', and write these names, one a line, to a file in \
/etc/modules-load.d, which loads them at each boot; or choose iptables-nft"
}
