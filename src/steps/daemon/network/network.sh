# shellcheck shell=dash
# The network that RootlessKit makes for the containers.

# What RootlessKit really runs with. $1 its process.
network_facts() {
	local arguments
	arguments=$(tr '\0' '\n' <"/proc/$1/cmdline")
	fact network.driver "$(printf '%s' "$arguments" | sed -n 's/^--net=//p')"
	fact network.portDriver "$(printf '%s' "$arguments" | sed -n 's/^--port-driver=//p')"
	fact network.mtu "$(printf '%s' "$arguments" | sed -n 's/^--mtu=//p')"
}
