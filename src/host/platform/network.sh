# The network that RootlessKit makes for the containers, and the ports of dockerd itself.

# preflight: what RootlessKit's network has no way around.
ipv6_problems() {
	local found
	[ "$(doc ipv6)" = true ] || return 0
	found=$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null) || found=''
	if [ "$found" != 0 ]; then
		problem network.ipv6 "this machine has no IPv6 \
(${found:+net.ipv6.conf.all.disable_ipv6 = }${found:-its kernel does not support it})" '' \
			"set net.ipv6.conf.all.disable_ipv6 to 0 (see what set it in /etc/sysctl.d), boot \
without ipv6.disable=1, or leave the option out"
	fi
}

# The line of the environment with RootlessKit's flags, this program's after the user's own.
# RootlessKit takes the last of a flag that is given twice, and systemd the last of a variable.
compose_rootlesskit_flags() {
	local name=DOCKERD_ROOTLESS_ROOTLESSKIT own=''
	# The start script of engine 20.10 passes --disable-host-loopback always.
	if [ "$(doc "environment/${name}_DISABLE_HOST_LOOPBACK")" = false ]; then
		own=' --disable-host-loopback=false'
	fi
	if [ "$(doc ipv6)" = true ]; then own="$own --ipv6"; fi
	own=$own$(published_ports)
	[ -n "$own" ] || return 0
	own=$(doc "environment/${name}_FLAGS")$own
	printf '%s' "${own# }" >"$WORK/flags"
	systemd_assignment "${name}_FLAGS" "$WORK/flags"
}

# A variable as systemd reads it from a file: inside double quotes a backslash protects these four.
# $1 the name, $2 the file with the value.
systemd_assignment() {
	printf '%s="' "$1"
	sed 's/[\\"$`]/\\&/g' "$2"
	printf '"\n'
}

# Ports that dockerd itself listens on, as RootlessKit's options -p. pasta needs none.
published_ports() {
	local socket metrics name=DOCKERD_ROOTLESS_ROOTLESSKIT
	listens_on_port || return 0
	if has_machines_network || [ "$(doc "environment/${name}_NET")" = pasta ]; then return 0; fi
	socket=$(doc tcp-socket)
	if [ -n "$socket" ]; then printf ' -p %s:%s/tcp' "$socket" "${socket##*:}"; fi
	# The port of metrics-addr, where that is the machine's own loopback address. The port driver
	# slirp4netns leads elsewhere.
	metrics=$(doc daemon.json/metrics-addr)
	case $metrics in
	127.0.0.1:* | localhost:*) metrics=${metrics##*:} ;;
	*) return 0 ;;
	esac
	if [ "$(doc "environment/${name}_PORT_DRIVER")" = slirp4netns ]; then return 0; fi
	case $(doc "environment/${name}_FLAGS") in
	*":$metrics/tcp"*) ;;
	*) printf ' -p 127.0.0.1:%s:%s/tcp' "$metrics" "$metrics" ;;
	esac
}

# True where dockerd itself listens on a port.
listens_on_port() { has tcp-socket || has daemon.json/metrics-addr; }

# True where dockerd stays in the machine's network, as engines from 29.5 on have it.
has_machines_network() {
	local name=DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS detach
	detach=$(sed -n "s/^: \"\${$name:=\(.*\)}\"/\1/p" "$(start_script)" 2>/dev/null) || return 1
	if [ -n "$detach" ] && has "environment/$name"; then detach=$(doc "environment/$name"); fi
	[ "$detach" = true ] || [ "$detach" = 1 ]
}
