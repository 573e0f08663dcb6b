# shellcheck shell=dash
# What the network driver is made of.

# What the network driver is made of, where Docker's own packages do not bring it.
want_network_driver() {
	local net
	[ "$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS)" != true ] ||
		grep -q DOCKERD_ROOTLESS_ROOTLESSKIT_DETACH_NETNS "$(start_script)" ||
		fail network.detached "$(start_script), which has no detached network" "that of Docker 29.5 or later" \
			"update the engine, or leave the option out"
	net=$(doc environment/DOCKERD_ROOTLESS_ROOTLESSKIT_NET)
	case $net in
	pasta | gvisor-tap-vsock) ;;
	*) return 0 ;;
	esac
	rootlesskit --help | grep -q "^ *--net .*$net" ||
		fail network.driver "rootlesskit $(rootlesskit --version | sed 's/.* //'), which knows no $net" \
			"$(wanted_for_driver "$net")" "use Slirp4netns, or leave the option out"
	[ "$net" != pasta ] || want_packages_of_option passt
}

# For bridges that users make. What the document says of the key itself counts more; it is this run's own copy.
name_bridge_options() {
	local json=$DOC/json/daemon.json/default-network-opts
	if ! has default-network-opts.bridge || ! knows_network_options; then return 0; fi
	printf '{"bridge":%s}' "$(cat "$DOC/json/default-network-opts.bridge")" >"$json"
	cp "$json" "$DOC/text/daemon.json/default-network-opts"
}

# Engines from 24 on do, and others do not start with a daemon.json that has it.
knows_network_options() { dockerd --help 2>&1 | grep -q -- '--default-network-opt '; }

# True where the account's daemon.json says it.
names_network_options() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" | grep -q '^  "default-network-opts": '
}

# What bridges have, by daemon.json. What is a secret value there is not said.
bridge_facts() {
	local values own
	values=$(secrets_directory)/json/daemon.json
	[ -e "$values/mtu" ] || mtu_fact network.bridgeMtu "$(daemon_json_word mtu)"
	own=$(
		account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
			sed -n 's/^  "default-network-opts": .*"bridge":{\([^}]*\)}.*/\1/p' |
			sed -n 's/.*"com\.docker\.network\.driver\.mtu":"\([0-9]*\)".*/\1/p'
	)
	[ -e "$values/default-network-opts" ] || mtu_fact network.userDefinedBridgeMtu "$own"
}

# Docker's own where nothing is said. $1 the fact, $2 what daemon.json says.
mtu_fact() {
	case $2 in
	'' | 0) fact "$1" 1500 ;;
	*) fact "$1" "$2" ;;
	esac
}
