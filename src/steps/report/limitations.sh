# shellcheck shell=dash
# Rows of the limitation table that no other step measures.

apparmor_limitation() {
	if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
		limitation appArmor unavailable "the kernel has AppArmor, and docker info: $1" "confine with seccomp and capabilities"
	else
		limitation appArmor unavailable "AppArmor is not enabled in kernel $(uname -r)" ""
	fi
}

net_host_limitation() {
	if dpkg --compare-versions "${1%%+*}" ge 29.5; then
		limitation netHost available "engine $1" ""
	else
		limitation netHost limited "engine $1: --net=host is RootlessKit's namespace, not the machine's" "publish ports with -p"
	fi
}

network_namespace_process() { cat "$ACCOUNT_RUNTIME/docker.pid" 2>/dev/null || echo unknown; }
