# shellcheck shell=dash
# What host-gateway is in --add-host NAME:host-gateway.

# Where containers reach the machine's 127.0.0.1 it is at 10.0.2.2, and Docker's own choice is nowhere on the machine. What
# the document or a secret value says counts more. A daemon that has run with hostLoopback and without this does not
# restart for it. The document is this run's own copy.
name_host_gateway() {
	local key config=$ACCOUNT_HOME/.config/docker loopback=DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK
	[ "$(doc "environment/$loopback")" = false ] || return 0
	for key in host-gateway-ip host-gateway-ips; do
		if has "daemon.json/$key" || [ -e "$(secrets_directory)/json/daemon.json/$key" ]; then return 0; fi
	done
	if account_file "$config/environment" | grep -qx "$loopback=\"false\"" &&
		! account_file "$config/daemon.json" | grep -q '^  "host-gateway-ip'; then return 0; fi
	printf 10.0.2.2 >"$DOC/text/daemon.json/host-gateway-ip"
	printf '"10.0.2.2"' >"$DOC/json/daemon.json/host-gateway-ip"
}
