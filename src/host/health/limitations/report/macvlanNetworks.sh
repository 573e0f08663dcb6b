# shellcheck shell=dash
# Networks on the machine's interfaces: macvlan and ipvlan.

macvlanNetworks_limitation() {
	local interfaces
	if daemon_is_detached; then
		limitation macvlanNetworks unavailable \
			"containers' networks are in a namespace that RootlessKit keeps apart, without the machine's interfaces" \
			"publish ports with -p"
	else
		interfaces=$(timeout 20 head -c 65536 "/proc/$(daemon_process)/net/dev" | sed -n 's/^ *\([^ :]*\):.*/\1/p' | paste -s -d ' ')
		limitation macvlanNetworks unavailable \
			"dockerd's namespace has the interfaces $(words_of_account "$interfaces"), and none of the machine's" \
			"publish ports with -p"
	fi
}
