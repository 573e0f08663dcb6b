# shellcheck shell=dash
# ports: ports below 1024 for containers, by a file capability or by a kernel setting.

ports_apply() {
	local start=net.ipv4.ip_unprivileged_port_start rootlesskit
	rootlesskit=$(realpath "$(command -v rootlesskit || echo /usr/bin/rootlesskit)")
	if has rootlesskit.capability; then
		[ -e "$rootlesskit" ] || fail "$rootlesskit" "no such file" \
			"the program of the engine step" "run the engine step first"
		stop_on_others_programs
		want_capability "$rootlesskit" "$(doc rootlesskit.capability)"
	fi
	if has "$start"; then want_sysctl "$start" "$(doc "$start")"; fi
	mark_restart own ground "the capability of $rootlesskit changed"
}
