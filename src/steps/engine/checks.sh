# shellcheck shell=dash
# The programs that the daemon is made of, as the account finds them.

engine_checks() {
	local row program package missing=''
	for row in dockerd:docker.io containerd:containerd runc:runc rootlesskit:rootlesskit slirp4netns:slirp4netns \
		newuidmap:uidmap newgidmap:uidmap nsenter:util-linux ip:iproute2 iptables:iptables sysctl:procps docker:docker-cli; do
		program=${row%:*}
		package=${row#*:}
		command -v "$program" >/dev/null || missing="$missing $program (package $package),"
	done
	if [ -n "$missing" ]; then
		problem "programs" "none called${missing%,}" "them on PATH" "install the packages with apt-get, or run pulumi up with a new value of recheck" "the daemon does not start without them"
	else
		fine "programs" "all on PATH"
	fi
	id_map_checks
}

id_map_checks() {
	local program
	for program in $(id_map_programs); do
		[ -e "$program" ] || continue
		if id_map_privileged "$program"; then
			fine "$program" "$(file_privileges "$program")"
		else
			problem "$program" "$(file_privileges "$program")" "setuid root or $(id_map_capability "$program"), and not both" "run 'chown root:root $program' and 'chmod 4755 $program'" "'write to uid_map failed: Operation not permitted' otherwise"
		fi
	done
}
