# secrets: secret values of environment and daemon.json, the PEM of tcpSocket, and logins to
# registries, for root alone. The daemon has them when this step has come to its end: see
# follow_daemon.

secrets_apply() {
	grep -E '^(environment|daemon[.]json|tls|registryAuth)/' "$DOC/document" >"$WORK/values" || true
	# The values that count are others from here on: see unpacked_secrets.
	rm -rf "$WORK/secrets"
	if has_new_values; then changed "secret values stored"; fi
}

# True if this run has brought values, and they are not the stored ones.
has_new_values() {
	if [ ! -e "$WORK/values" ]; then return 1; fi
	# Where there were none, none are the same.
	if [ ! -s "$WORK/values" ] && [ ! -s "$OWN/values" ]; then return 1; fi
	! cmp -s "$WORK/values" "$OWN/values"
}

# root removes: secret values of an installation that ends.
secrets_released() { rm -f "$OWN/values"; }
