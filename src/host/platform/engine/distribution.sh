# shellcheck shell=dash
# The engine of the distribution's own packages.

distribution_package() {
	case $PACKAGE_MANAGER in
	zypper | pacman) printf docker ;;
	*) printf docker.io ;;
	esac
}

# What goes with it, in the same version.
distribution_companions() { [ "$PACKAGE_MANAGER" != zypper ] || printf docker-rootless-extras; }

# For people.
distribution_engine() {
	case $PACKAGE_MANAGER in
	dnf) printf 'own engine, if any,' ;;
	*) distribution_package ;;
	esac
}

# Where the vendor's own engine is there, or SUSE's other one, none of the distribution's can be.
other_engine_package() {
	case $PACKAGE_MANAGER in
	zypper) printf docker-stable ;;
	*) printf docker-ce ;;
	esac
}

# The sources that there are where the distribution's engine is none, for people.
other_sources() {
	if has_docker_repository; then printf DockerRepository; else printf StaticArchive; fi
}

# Programs that a daemon needs, and the package of each.
engine_programs() {
	local row
	for row in "dockerd:docker.io" containerd:containerd runc:runc rootlesskit:rootlesskit slirp4netns:slirp4netns \
		newuidmap:uidmap newgidmap:uidmap nsenter:util-linux ip:iproute2 iptables:iptables \
		sysctl:procps docker:docker-cli; do
		printf '%s:%s ' "${row%:*}" "$(package_name "${row#*:}")"
	done
}

# Of that, what is the machine's: the versions of the programs. The arguments are packages that not every daemon runs
# with.
daemon_engine() {
	# An engine of its own comes before it.
	if [ "$PATH" = "$SYSTEM_PATH" ] && [ -n "$(installed_version "$(distribution_package)")" ]; then
		# shellcheck disable=SC2046 # package names
		versions_of "$(distribution_package)" $(package_names rootlesskit slirp4netns uidmap containerd runc) "$@"
	else
		files_of_engine
	fi
}

# Debian's CLI is a package of its own since 13.
distribution_packages() {
	printf rootlesskit
	[ "$PACKAGE_MANAGER" = apt-get ] || return 0
	case $(debian_release) in
	11 | 12) ;;
	*) printf ' docker-cli' ;;
	esac
}
