# shellcheck shell=dash
# The programs of an engine, from whichever source.

# Root runs none that another login can exchange. $1 the program's path.
may_run() { [ "$SELF" != 0 ] || is_roots_own "$1"; }

engine_version() { dockerd --version | sed 's/^Docker version //; s/,.*//'; }

# $1 the version.
engine_is_before() { version_is "$(engine_version)" lt "$1"; }

# Debian keeps the start script among docker.io's contributions; the vendor's packages have it on
# PATH.
start_script() {
	command -v dockerd-rootless.sh || printf /usr/share/docker.io/contrib/dockerd-rootless.sh
}

# Which files the programs are, which an upgrade replaces.
files_of_engine() {
	local program
	for program in dockerd containerd runc rootlesskit; do
		stat -L -c '%n %i %s %Y' "$(command -v "$program")" 2>/dev/null || true
	done
}

# The programs without which the daemon does not start.
daemon_programs() {
	local program
	for program in dockerd containerd runc rootlesskit newuidmap newgidmap slirp4netns; do
		command -v "$program" >/dev/null || return 1
	done
}
