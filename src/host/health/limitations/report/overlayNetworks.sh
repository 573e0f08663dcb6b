# shellcheck shell=dash
# Networks over several hosts.

overlayNetworks_limitation() {
	if daemon_is_detached; then
		limitation overlayNetworks unavailable \
			"dockerd is in $(readlink /proc/1/ns/net), the machine's own, with no capability there: VXLAN does not leave the namespace that RootlessKit keeps apart for containers" \
			"publish ports, or connect hosts with a VPN of their own"
	else
		limitation overlayNetworks unavailable \
			"dockerd is in $(daemon_network) of a user namespace: VXLAN does not leave it" \
			"publish ports, or connect hosts with a VPN of their own"
	fi
}
