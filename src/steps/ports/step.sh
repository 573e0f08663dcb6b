# shellcheck shell=dash
# ports: ports below 1024 for containers, by a file capability or by a kernel setting.

ports_apply() {
	local start=net.ipv4.ip_unprivileged_port_start rootlesskit
	rootlesskit=$(command -v rootlesskit || echo /usr/bin/rootlesskit)
	if has rootlesskit.capability; then
		[ -e "$rootlesskit" ] || fail "$rootlesskit" "no such file" "the program of the engine step" "run the engine step first"
		want_capability "$rootlesskit" "$(doc rootlesskit.capability)"
	fi
	if has "$start"; then want_sysctl "$start" "$(doc "$start")"; fi
	# What is dropped goes before the daemon is looked at: it reads both when it starts.
	release_unwanted
	restart_daemons "the capability of $rootlesskit changed" own
	ports_limitation "$rootlesskit" "$(sysctl_value "$start")"
}

ports_limitation() {
	local capability
	capability=$(capability_of "$1")
	if [ "$2" -le 1 ]; then
		limitation privilegedPorts available "net.ipv4.ip_unprivileged_port_start is $2" ""
	elif [ -n "$capability" ]; then
		limitation privilegedPorts available "$1 has $capability" ""
	else
		limitation privilegedPorts unavailable "net.ipv4.ip_unprivileged_port_start is $2 and $1 has no capability" "set privilegedPorts to FileCapability or Sysctl"
	fi
}

filecap_save() { capability_of "$1" >"$2/capability"; }

# Older getcaps print + for =.
filecap_now() {
	local now
	now=$(capability_of "$1")
	[ "$now" = "$(cat "$2/capability" 2>/dev/null)" ] || printf '%s\n' "$now" | tr + =
}

filecap_restore() {
	[ -e "$1" ] || return 0
	[ -e "$2/capability" ] || fail "$2" "no record of the capability of $1" "it to be there" "set the capability by hand, remove ${2%/*}, then run again"
	if [ -s "$2/capability" ]; then
		setcap "$(cat "$2/capability")" "$1"
	elif [ -n "$(getcap "$1")" ]; then
		setcap -r "$1"
	else
		return 0
	fi
	changed "$1: file capability restored"
}

# An upgrade of the package replaces the file and loses the capability: dpkg runs this line after
# everything it does.
want_capability() {
	want_packages libcap2-bin
	want filecap "$1" "$2"
	if ! setcap -v "$2" "$1" >/dev/null 2>&1; then
		setcap "$2" "$1"
		changed "$1: $2"
	fi
	printf '# Managed by rootless-docker (Pulumi): package upgrades lose file capabilities.\npost-invoke="if [ -x %s ]; then setcap %s %s || true; fi"\n' \
		"$1" "$2" "$1" >"$WORK/dpkg.cfg"
	want_file /etc/dpkg/dpkg.cfg.d/rootless-docker 644 "$WORK/dpkg.cfg"
}
