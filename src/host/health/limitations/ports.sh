# shellcheck shell=dash
# Ports below 1024 for containers.

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
