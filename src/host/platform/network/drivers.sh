# shellcheck shell=dash
# The network that RootlessKit makes for the containers.

# preflight: RootlessKit knows pasta from 2.0 on, which Debian has from 13 on, and Docker's packages
# have everywhere.
network_driver_problems() {
	[ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)" = pasta ] || return 0
	[ "$(doc source)" != docker-repository ] || return 0
	case $(debian_release) in
	11 | 12) problem network.driver "$(os_name), whose rootlesskit knows no pasta" \
		"rootlesskit 2.0 or later, as in Debian 13, for Pasta" \
		"use Slirp4netns, or leave the option out" ;;
	esac
}

# Packages that the daemon runs with because of its network, whichever step's document this run has.
network_packages() {
	! account_file "$ACCOUNT_HOME/.config/docker/environment" | grep -qx 'DOCKERD_ROOTLESS_ROOTLESSKIT_NET="pasta"' ||
		printf passt
}

# Engine 20.10's start script passes --disable-host-loopback always. Of a flag that is given twice
# RootlessKit takes the last one, as systemd does of a variable; the user's own flags stay.
compose_host_loopback() {
	local name=DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS flags
	[ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK)" = false ] || return 0
	! grep -q DISABLE_HOST_LOOPBACK "$(start_script)" || return 0
	flags=$(doc "environment/$name")
	printf '%s="' "$name"
	printf '%s--disable-host-loopback=false' "${flags:+$flags }" | sed 's/[\\"$`]/\\&/g'
	printf '"\n'
}

# What RootlessKit really runs with. $1 its process.
network_facts() {
	local arguments
	arguments=$(timeout 20 head -c 65536 "/proc/$1/cmdline" | tr '\0' '\n')
	fact network.driver "$(printf '%s' "$arguments" | sed -n 's/^--net=//p' | tail -n 1)"
	fact network.portDriver "$(printf '%s' "$arguments" | sed -n 's/^--port-driver=//p' | tail -n 1)"
	fact network.mtu "$(printf '%s' "$arguments" | sed -n 's/^--mtu=//p' | tail -n 1)"
}
