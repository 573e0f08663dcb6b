# Packages by the names that this system's distribution gives them.

# $1 Debian's name. The names are those of the package sources: https://src.fedoraproject.org,
# https://src.opensuse.org, and https://gitlab.archlinux.org/archlinux/packaging/packages.
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
	zypper:dbus-user-session) printf dbus-1 ;;
	zypper:libcap2-bin) printf libcap-progs ;;
	zypper:uidmap | pacman:uidmap) printf shadow ;;
	zypper:docker.io | zypper:docker-cli | pacman:docker.io | pacman:docker-cli) printf docker ;;
	pacman:dbus-user-session) printf dbus ;;
	pacman:libcap2-bin) printf libcap ;;
	pacman:procps) printf procps-ng ;;
	*) printf '%s' "$1" ;;
	esac
}
