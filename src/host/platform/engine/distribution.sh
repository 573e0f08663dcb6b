# shellcheck shell=dash
# The engine of the distribution's own packages.

# Debian keeps the start script among docker.io's contributions; the vendor's packages have it on
# PATH.
start_script() {
	command -v dockerd-rootless.sh || printf /usr/share/docker.io/contrib/dockerd-rootless.sh
}

# Of that, what is the machine's: the versions of the programs, and what rootlesskit may. The
# arguments are packages that not every daemon runs with.
daemon_engine() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' docker.io rootlesskit slirp4netns \
		uidmap containerd runc "$@" 2>/dev/null | grep ' installed$' || true
	getcap "$(command -v rootlesskit)" 2>/dev/null || true
}

# The programs without which the daemon does not start.
daemon_programs() {
	local program
	for program in dockerd containerd runc rootlesskit newuidmap newgidmap slirp4netns; do
		command -v "$program" >/dev/null || return 1
	done
}

# The CLI is a package of its own since Debian 13.
engine_packages() {
	printf 'dbus-user-session iproute2 iptables procps rootlesskit slirp4netns uidmap'
	case $(cat /etc/debian_version) in
	11 | 11.* | 12 | 12.*) ;;
	*) printf ' docker-cli' ;;
	esac
	if ! has version; then printf ' docker.io'; fi
}

# docker.io=VERSION for the version that was asked for: a whole one, or its first components.
engine_pin() {
	local wanted available version
	has version || return 0
	wanted=$(doc version)
	# The newest first, as madison has them.
	available=$(apt-cache madison docker.io | cut -d '|' -f 2 | tr -d ' ' | awk '!seen[$0]++')
	for version in $(installed_version docker.io) $available; do
		case $version in
		"$wanted" | "$wanted"[-.+~]*)
			printf ' docker.io=%s' "$version"
			return 0
			;;
		esac
	done
	problem "engine.version" \
		"the versions $(printf '%s' "$available" | tr '\n' ' ')of docker.io in the package lists" \
		"$wanted" "ask for one of these, or leave the option out for the distribution's own"
	stop_on_problems
}
