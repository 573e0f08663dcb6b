# shellcheck shell=dash
# The processes of the machine, from a container.

# pkg/rootless/specconv of moby 23 replaces the mount of /proc, which the kernel refuses, by a bind
# mount.
pidHost_limitation() {
	local engine
	engine=$(docker_info ServerVersion)
	if version_is "${engine%%+*}" ge 23; then
		limitation pidHost limited \
			"engine $engine shows a container with --pid=host the machine's /proc; the processes there belong to uid 65534" \
			"look at processes from the machine"
	else
		limitation pidHost unavailable \
			"engine $engine mounts a new /proc for --pid=host, which a user namespace may not" \
			"look at processes from the machine"
	fi
}
