# shellcheck shell=dash
# Ports below 1024 for containers.

privilegedPorts_limitation() {
	local rootlesskit capability start
	rootlesskit=$(command -v rootlesskit || echo /usr/bin/rootlesskit)
	capability=$(capability_of "$rootlesskit")
	start=$(sysctl_value net.ipv4.ip_unprivileged_port_start)
	if [ "$start" -le 1 ]; then
		limitation privilegedPorts available "net.ipv4.ip_unprivileged_port_start is $start" ""
	elif [ -n "$capability" ]; then
		limitation privilegedPorts available "$rootlesskit has $capability" ""
	else
		limitation privilegedPorts unavailable \
			"net.ipv4.ip_unprivileged_port_start is $start and $rootlesskit has no capability" \
			"set privilegedPorts to FileCapability or Sysctl"
	fi
}
