# shellcheck shell=dash
# Packages by the names that this system's distribution gives them.

# $1 Debian's name. Fedora's names are those of its package sources, https://src.fedoraproject.org.
package_name() {
	case $PACKAGE_MANAGER:$1 in
	dnf:dbus-user-session) printf dbus-daemon ;;
	dnf:iproute2) printf iproute ;;
	dnf:iptables) printf iptables-nft ;;
	dnf:libcap2-bin) printf libcap ;;
	dnf:procps) printf procps-ng ;;
	dnf:uidmap) printf shadow-utils ;;
	# No engine of the distribution's runs rootless there: these are the vendor's.
	dnf:docker.io) printf docker-ce ;;
	dnf:docker-cli) printf docker-ce-cli ;;
	dnf:containerd | dnf:runc) printf containerd.io ;;
	dnf:rootlesskit) printf docker-ce-rootless-extras ;;
	*) printf '%s' "$1" ;;
	esac
}

# The same for several, each with a blank after it.
package_names() {
	local name
	for name in "$@"; do printf '%s ' "$(package_name "$name")"; done
}
