# shellcheck shell=dash
# preflight: the port of tcpSocket, before a daemon is stopped for it.

tcp_socket_problems() {
	local socket port uid
	socket=$(doc tcp-socket)
	[ -n "$socket" ] || return 0
	port=${socket##*:}
	uid=$(
		awk -v address="$(kernels_address "${socket%:*}")" -v port="$(printf %04X "$port")" -v own="$ACCOUNT_UID" '
			$4 == "0A" && split($2, local, ":") && local[2] == port && $8 != own &&
				(local[1] == address || local[1] ~ /^0+$/ || address ~ /^0+$/) { print $8; exit }' \
			/proc/net/tcp /proc/net/tcp6 2>/dev/null
	) || true
	[ -z "$uid" ] ||
		problem tcpSocket.port "port $port taken by a program of $(id -un "$uid" 2>/dev/null || echo "uid $uid")" \
			"it free, or the account's own" "choose another port, or end the program, which 'ss -ltnp sport = :$port' names"
}

# As /proc/net/tcp has it: the bytes of an address of IPv4 from the last to the first. Nothing for those of IPv6,
# which RootlessKit tries itself. $1 the address.
kernels_address() {
	printf '%s' "$1" | awk -F . 'NF == 4 { printf "%02X%02X%02X%02X", $4, $3, $2, $1 }'
}
