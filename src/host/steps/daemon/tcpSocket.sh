# shellcheck shell=dash
# The daemon's API over TCP: with a certificate that an authority of tcpSocket has signed, or not at all.

# $1 ca, cert or key.
tls_file() { printf '%s/.config/docker/tls/%s.pem' "$ACCOUNT_HOME" "$1"; }
kept_tls_file() { printf '%s/text/tls/%s.pem' "$(secrets_directory)" "$1"; }

# Into the document, which is this run's own copy. $1 which of the two.
name_tcp_socket() {
	local json=$DOC/json/daemon.json
	has tcp-socket || return 0
	printf '[%s,%s]' "$(json_string "unix://$ACCOUNT_RUNTIME/docker.sock")" \
		"$(json_string "tcp://$(tcp_socket_of_daemon)")" >"$json/hosts"
	printf true >"$json/tlsverify"
	json_string "$("$1" ca)" >"$json/tlscacert"
	json_string "$("$1" cert)" >"$json/tlscert"
	json_string "$("$1" key)" >"$json/tlskey"
}

# In a network of RootlessKit's the machine's addresses are not there.
tcp_socket_of_daemon() {
	local socket
	socket=$(doc tcp-socket)
	if has_machines_network; then printf %s "$socket"; else printf '0.0.0.0:%s' "${socket##*:}"; fi
}

# $1 want_home_file or rewrite_home_file.
each_tls_file() {
	has tcp-socket || return 0
	"$1" "$(tls_file ca)" 644 "$(kept_tls_file ca)"
	"$1" "$(tls_file cert)" 644 "$(kept_tls_file cert)"
	"$1" "$(tls_file key)" 600 "$(kept_tls_file key)"
}

# In the environment, so that the daemon starts again with others.
compose_tls_sum() {
	! has tcp-socket ||
		printf '# Certificates and key of tcpSocket: %s\n' \
			"$(cat "$(kept_tls_file ca)" "$(kept_tls_file cert)" "$(kept_tls_file key)" | sha256sum | cut -c 1-64)"
}
