# Logins of the account's docker CLI to registries: a member of its config.json for each, which the
# registry has taken before it is written.

# Those of the secret values. A wrong login is a problem, so that all of them are told at once.
want_registry_logins() {
	local login address key value config=$ACCOUNT_HOME/.docker/config.json
	for login in "$(secrets_directory)"/text/registryAuth/*; do
		[ -e "$login" ] || continue
		address=${login##*/}
		# As docker has it in config.json.
		key=$address
		[ "$address" != docker.io ] || key=https://index.docker.io/v1/
		value=$WORK/login.$address
		printf '{"auth":"%s"}' "$(base64 -w 0 <"$login")" >"$value"
		[ "$(member_state "$config auths/$key")" = "sum $(sum_of "$value")" ] ||
			log_in "$address" "$login"
		want_member "$config" "auths/$key" "$value"
	done
	stop_on_problems
}

# As "docker login" does, by the account's daemon, which asks the registry; in a directory of its
# own. $1 the address, $2 the file with USERNAME:PASSWORD.
log_in() {
	local login said
	login=$(cat "$2")
	printf '%s' "${login#*:}" | as_account_within 90 sh -c 'umask 077
		place=$XDG_RUNTIME_DIR/rootless-docker-login
		rm -rf "$place"
		docker --config "$place" -H "unix://$XDG_RUNTIME_DIR/docker.sock" \
			login --username="$1" --password-stdin "$2" >/dev/null
		status=$?
		rm -rf "$place"
		exit "$status"' sh "${login%%:*}" "$1" || {
		said=$(grep -v '^WARNING' "$WORK/said" | tail -n 1 | without_secrets)
		problem "registryAuth $1" \
			"that docker cannot log in ($(words_of_account "${said:-no answer in 90 seconds}"))" \
			"a login" "see what it says: correct username and password in registryAuth; give the \
certificate of its authority in registryCertificates, or name it in insecure-registries of daemon; \
or see that the daemon reaches it (firewall, or a proxy in environment)"
	}
}
