# shellcheck shell=dash
# What --net=host reaches.

netHost_limitation() {
	local machine
	machine=$(readlink /proc/1/ns/net)
	if daemon_is_detached; then
		limitation netHost available "dockerd is in the machine's network namespace, $machine" ""
	else
		limitation netHost limited \
			"dockerd is in $(daemon_network), the machine in $machine: --net=host is the former" \
			"publish ports with -p"
	fi
}
