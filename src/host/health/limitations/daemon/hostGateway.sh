# shellcheck shell=dash
# The machine, from a container, by --add-host NAME:host-gateway.

# By slirp4netns and pasta the second address of RootlessKit's network leads to the machine's 127.0.0.1, by
# gvisor-tap-vsock the first, unless that is closed.
hostGateway_limitation() {
	local address loopback last=2 fix shown
	address=$(daemon_json_text host-gateway-ip)
	# What a program of the account's says there is no address.
	loopback=$(rootlesskit_argument cidr | grep -xE '([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}' || echo 10.0.2.0/24)
	[ "$(rootlesskit_argument net)" != gvisor-tap-vsock ] || last=1
	loopback=${loopback%.*}.$last
	case $address in
	"$loopback")
		if rootlesskit_has disable-host-loopback; then
			limitation hostGateway unavailable \
				"host-gateway is $loopback, which RootlessKit's --disable-host-loopback closes" \
				"set network.hostLoopback to true"
		else
			limitation hostGateway available \
				"host-gateway is $loopback, by which RootlessKit leads to the machine's 127.0.0.1" ""
		fi
		;;
	'')
		fix="set daemon.host-gateway-ip to $loopback, by which containers reach the machine's 127.0.0.1"
		! rootlesskit_has disable-host-loopback ||
			fix="set network.hostLoopback to true, by which containers reach the machine's 127.0.0.1; or daemon.host-gateway-ip to an address of the machine, where what they want listens"
		limitation hostGateway unavailable \
			"host-gateway is the address of the containers' bridge, which is in a namespace of RootlessKit's and not on the machine" \
			"$fix"
		;;
	*)
		shown=$(words_of_account "$address")
		[ ! -e "$(secrets_directory)/json/daemon.json/host-gateway-ip" ] || shown='a secret address'
		if is_address_here "$address"; then
			limitation hostGateway limited \
				"host-gateway is $shown, an address of the machine: what listens on it is reached" \
				"set network.hostLoopback to true, and leave daemon.host-gateway-ip out, for what listens on 127.0.0.1"
		else
			limitation hostGateway unavailable \
				"host-gateway is $shown, which is no address of the machine" \
				"set daemon.host-gateway-ip to an address of the machine; or leave it out, and set network.hostLoopback to true"
		fi
		;;
	esac
}

# $1 an address, which may be any text.
is_address_here() {
	ip -o address show scope global | awk -v address="$1" '
		{ sub(/\/.*/, "", $4) } $4 == address { here = 1 } END { exit !here }'
}
