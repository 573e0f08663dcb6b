# shellcheck shell=dash
# The engine of the distribution's own packages.

ENGINE_PACKAGE=docker.io

# For people.
distribution_engine() {
	case $PACKAGE_MANAGER in
	dnf) printf 'own engine, if any,' ;;
	*) printf '%s' "$ENGINE_PACKAGE" ;;
	esac
}

# Where the vendor's own engine is there, none of the distribution's can be.
OTHER_ENGINE_PACKAGE=docker-ce

# Programs that a daemon needs, and the package of each.
engine_programs() {
	local row
	for row in "dockerd:$ENGINE_PACKAGE" containerd:containerd runc:runc rootlesskit:rootlesskit slirp4netns:slirp4netns \
		newuidmap:uidmap newgidmap:uidmap nsenter:util-linux ip:iproute2 iptables:iptables \
		sysctl:procps docker:docker-cli; do
		printf '%s:%s ' "${row%:*}" "$(package_name "${row#*:}")"
	done
}

# Of that, what is the machine's: the versions of the programs, and what rootlesskit may. The
# arguments are packages that not every daemon runs with.
daemon_engine() {
	# An engine of its own comes before it.
	if [ "$PATH" = "$SYSTEM_PATH" ] && [ -n "$(installed_version "$ENGINE_PACKAGE")" ]; then
		versions_of "$ENGINE_PACKAGE" rootlesskit slirp4netns uidmap containerd runc "$@"
	else
		files_of_engine
	fi
	getcap "$(command -v rootlesskit)" 2>/dev/null || true
}

# The CLI is a package of its own since Debian 13.
distribution_packages() {
	printf rootlesskit
	case $(debian_release) in
	11 | 12) ;;
	*) printf ' docker-cli' ;;
	esac
}
