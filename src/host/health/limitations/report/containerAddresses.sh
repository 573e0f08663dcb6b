# shellcheck shell=dash
# Containers by their own addresses, from the machine.

containerAddresses_limitation() {
	local machine
	machine=$(readlink /proc/1/ns/net)
	if daemon_is_detached; then
		limitation containerAddresses limited \
			"dockerd is in $machine, the machine's own, and the containers' bridge in a namespace that RootlessKit keeps apart" \
			"enter it as $ACCOUNT: $(enter_network -m) nsenter -n$ACCOUNT_RUNTIME/dockerd-rootless/netns"
	else
		limitation containerAddresses limited \
			"the containers' bridge is in $(daemon_network) of process $(daemon_process), the machine in $machine" \
			"enter it as $ACCOUNT: $(enter_network -n)"
	fi
}

# The one command that reaches containers by their addresses. $1 which of dockerd's namespaces it begins with: a network
# that is kept apart has its name in the mount namespace alone.
enter_network() {
	# shellcheck disable=SC2016 # for the shell of whoever reads it
	printf 'nsenter -U --preserve-credentials %s -t $(cat %s/docker.pid)' "$1" "$ACCOUNT_RUNTIME"
}
