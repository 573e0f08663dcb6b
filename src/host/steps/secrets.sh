# secrets: secret values of environment and daemon.json, the PEM of tcpSocket, and logins to
# registries, for root alone. The daemon has them when this step has come to its end: see
# follow_daemon.

secrets_apply() {
	grep -E '^(environment|daemon[.]json|tls|registryAuth)/' "$DOC/document" >"$WORK/values" || true
	! have_new_values || changed "secret values stored"
}

# True where those of this run are not the stored ones.
have_new_values() {
	[ -e "$WORK/values" ] || return 1
	! cmp -s "$WORK/values" "$OWN/values" &&
		{ [ -s "$WORK/values" ] || [ -s "$OWN/values" ]; }
}

secrets_released() { rm -f "$OWN/values"; }
