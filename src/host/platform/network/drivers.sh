# shellcheck shell=dash
# The network that RootlessKit makes for the containers.

# preflight: what the distribution's engine is too old for. Of another source's the step daemon asks the programs.
network_driver_problems() {
	case $(doc source)/$(debian_release) in
	/1[1-3] | distribution/1[1-3]) ;;
	*) return 0 ;;
	esac
	case $(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)-$(debian_release) in
	pasta-11 | pasta-12) problem network.driver "$(os_name), whose rootlesskit knows no pasta" \
		"$(wanted_for_driver pasta)" "use Slirp4netns, or leave the option out" ;;
	gvisor-tap-vsock-*) problem network.driver "$(os_name), whose rootlesskit knows no gvisor-tap-vsock" \
		"$(wanted_for_driver gvisor-tap-vsock)" \
		"set engine.source to DockerRepository or StaticArchive, or leave the option out" ;;
	esac
	[ -z "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS)" ] ||
		problem network.detached "$(os_name), whose docker.io has no detached network" "Docker 29.5 or later" \
			"set engine.source to DockerRepository or StaticArchive, or leave the option out"
}

# $1 the driver, as RootlessKit calls it.
wanted_for_driver() {
	case $1 in
	pasta) printf 'rootlesskit 2.0 or later, as in Debian 13, for Pasta' ;;
	*) printf 'rootlesskit 3.0 or later, as in Docker 29, for GvisorTapVsock' ;;
	esac
}

# preflight: what RootlessKit's network has no way around.
ipv6_problems() {
	local off=/proc/sys/net/ipv6/conf/all/disable_ipv6
	[ "$(doc ipv6)" = true ] || return 0
	if [ ! -e "$off" ]; then
		problem network.ipv6 "a kernel without IPv6 (no $off)" "one with it" \
			"boot without ipv6.disable=1, or leave the option out"
	elif [ "$(cat "$off")" != 0 ]; then
		problem network.ipv6 "net.ipv6.conf.all.disable_ipv6 = $(cat "$off")" "0" \
			"set it to 0 (and see what set it in /etc/sysctl.d), or leave the option out"
	fi
}

# Packages that the daemon runs with because of its network, whichever step's document this run has.
network_packages() {
	! account_file "$ACCOUNT_HOME/.config/docker/environment" | grep -qx 'DOCKERD_ROOTLESS_ROOTLESSKIT_NET="pasta"' ||
		printf passt
}

# Of a flag that is given twice RootlessKit takes the last one, as systemd does of a variable; the user's own flags
# stay.
compose_own_flags() {
	local name=DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS flags own
	own=$(
		host_loopback_flag
		[ "$(doc ipv6)" != true ] || echo --ipv6
		published_ports | sed 's/.*/-p &/'
	)
	[ -n "$own" ] || return 0
	flags=$(doc "environment/$name")
	printf '%s="' "$name"
	printf '%s' "${flags:+$flags }$(printf '%s\n' "$own" | paste -s -d ' ')" | sed 's/[\\"$`]/\\&/g'
	printf '"\n'
}

# Engine 20.10's start script passes --disable-host-loopback always.
host_loopback_flag() {
	if [ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK)" = false ] &&
		! grep -q DISABLE_HOST_LOOPBACK "$(start_script)"; then echo --disable-host-loopback=false; fi
}

# True where dockerd itself listens on a port.
listens_on_port() { [ -n "$(doc tcp-socket)$(doc daemon.json/metrics-addr)" ]; }

# The start script of an engine that somebody brings later may choose the machine's network, where RootlessKit has
# published dockerd's ports already: until the next run it does not. What the document says comes later, and counts.
compose_side_of_network() {
	if ! listens_on_port || has_machines_network; then return 0; fi
	printf 'DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS="false"\n'
}

# What dockerd itself listens on, and the machine has to publish: a line each, as RootlessKit's -p has it. pasta
# publishes whatever listens.
published_ports() {
	local socket port
	if has_machines_network || [ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)" = pasta ]; then return 0; fi
	socket=$(doc tcp-socket)
	[ -z "$socket" ] || printf '%s:%s/tcp\n' "$socket" "${socket##*:}"
	port=$(metrics_port)
	# slirp4netns leads to another address than dockerd's loopback; what the user's own flags publish is left to them.
	if [ -n "$port" ] && [ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER)" != slirp4netns ] &&
		! doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS | grep -q ":$port/tcp"; then
		printf '127.0.0.1:%s:%s/tcp\n' "$port" "$port"
	fi
}

# Of metrics-addr, where it is the machine's own loopback address.
metrics_port() { doc daemon.json/metrics-addr | sed -n 's/^\(127\.0\.0\.1\|localhost\):\([0-9]\{1,5\}\)$/\2/p'; }

# Engines from 29.5 on keep dockerd in the machine's network, and containers alone in RootlessKit's.
has_machines_network() {
	local name=DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS detach
	# Where there is no engine, others say so.
	[ -e "$(start_script)" ] || return 1
	detach=$(sed -n "s/^: \"\${$name:=\(.*\)}\"/\1/p" "$(start_script)")
	if [ -n "$detach" ] && has "environment/$name"; then detach=$(doc "environment/$name"); fi
	[ "$detach" = true ] || [ "$detach" = 1 ]
}

# What RootlessKit really runs with. $1 its process.
network_facts() {
	local arguments
	arguments=$(timeout 20 head -c 65536 "/proc/$1/cmdline" | tr '\0' '\n')
	fact network.driver "$(printf '%s' "$arguments" | sed -n 's/^--net=//p' | tail -n 1)"
	fact network.portDriver "$(printf '%s' "$arguments" | sed -n 's/^--port-driver=//p' | tail -n 1)"
	fact network.mtu "$(printf '%s' "$arguments" | sed -n 's/^--mtu=//p' | tail -n 1)"
}
