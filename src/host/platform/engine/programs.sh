# The programs of the engine that this run uses, from whichever source.

# Programs that a rootless daemon needs on PATH, and the package that has each by Debian's name.
NEEDED_PROGRAMS='dockerd:docker.io containerd:containerd runc:runc rootlesskit:rootlesskit
	slirp4netns:slirp4netns newuidmap:uidmap newgidmap:uidmap nsenter:util-linux ip:iproute2
	iptables:iptables sysctl:procps docker:docker-cli'

# Those that are not there, each as " PROGRAM (package NAME),". $1 whose packages, or nothing.
missing_programs() {
	local row
	for row in $NEEDED_PROGRAMS; do
		if ! command -v "${row%:*}" >/dev/null; then
			printf ' %s (package %s%s),' "${row%:*}" "$(package_name "${row#*:}")" "${1-}"
		fi
	done
	if [ ! -e "$(start_script)" ]; then printf ' dockerd-rootless.sh,'; fi
}

# The files that a daemon runs, a path a line: another file is another engine.
engine_programs() {
	local program
	for program in dockerd containerd containerd-shim-runc-v2 runc rootlesskit newuidmap newgidmap \
		slirp4netns; do
		command -v "$program" || true
	done
	if [ -e "$(start_script)" ]; then printf '%s\n' "$(start_script)"; fi
}

# Debian keeps the start script among docker.io's contributions; other packages have it on PATH.
start_script() {
	command -v dockerd-rootless.sh || printf /usr/share/docker.io/contrib/dockerd-rootless.sh
}

# The file itself, which a capability is given to.
rootlesskit_program() { realpath -m "$(command -v rootlesskit || echo /usr/bin/rootlesskit)"; }

# The version of dockerd, or nothing without one.
engine_version() {
	local said
	said=$(dockerd --version 2>/dev/null) || return 0
	said=${said#Docker version }
	printf '%s' "${said%%,*}"
}
