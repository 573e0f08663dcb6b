# Logins of the account's docker CLI to registries: a member of its config.json for each, which the
# registry has taken before it is written; and programs that docker asks for a login.

# Those of the secret values. A wrong login is a problem, so that all of them are told at once. The
# registries answer first: an answer takes its time, and others write config.json, too.
want_registry_logins() {
	local login member config=$ACCOUNT_HOME/.docker/config.json
	for login in "$(unpacked_secrets)"/text/registryAuth/*; do
		[ -e "$login" ] || continue
		member=$(login_member "$login")
		printf '{"auth":"%s"}' "$(base64 -w 0 <"$login")" >"$WORK/login.${login##*/}"
		[ "$(member_state "$config $member")" = "sum $(sum_of "$WORK/login.${login##*/}")" ] ||
			log_in "${login##*/}" "$login"
	done
	stop_on_problems
	for login in "$(unpacked_secrets)"/text/registryAuth/*; do
		[ ! -e "$login" ] ||
			want_member "$config" "$(login_member "$login")" "$WORK/login.${login##*/}"
	done
}

# The member of config.json that has a login. $1 its file, named after the address.
login_member() { printf 'auths/%s' "$(name_of_registry "${1##*/}")"; }

# Prints a registry's address as docker has it in config.json. $1 the address.
name_of_registry() {
	case $1 in
	docker.io) printf 'https://index.docker.io/v1/' ;;
	*) printf '%s' "$1" ;;
	esac
}

# Programs that docker asks for a login: a member of credHelpers for each registry. A program that is
# missing may come later, or be in a place that only the account has on its PATH.
want_credential_helpers() {
	local file address program
	for file in "$DOC"/text/credHelpers/*; do
		[ -e "$file" ] || continue
		address=${file##*/}
		program=docker-credential-$(doc "credHelpers/$address")
		if ! command -v "$program" >/dev/null; then
			say "registryCredentialHelpers takes effect for $address when $program is installed:" \
				"it is not on PATH ($SYSTEM_PATH)"
		fi
		want_member "$ACCOUNT_HOME/.docker/config.json" \
			"credHelpers/$(name_of_registry "$address")" "$DOC/json/credHelpers/$address"
	done
}

# As "docker login" does, by the account's daemon, which asks the registry; in a directory of its
# own. The answer is not shown, because a registry may quote the password, and the daemon its proxy.
# $1 the address, $2 the file with USERNAME:PASSWORD.
# root as account: docker login, in a directory of its own. The password is on stdin; 90 seconds.
log_in() {
	local login
	login=$(cat "$2")
	if printf '%s' "${login#*:}" |
		as_account_within 90 sh -c "$LOG_IN_SH" sh "${login%%:*}" "$1"; then
		return 0
	fi
	problem "registryAuth $1" "docker cannot log in (its answer may quote secrets, and is not shown)" \
		'' "run 'docker login $1' as $ACCOUNT to see the answer. Then correct the username and password in \
registryAuth; or add the certificate of its authority to registryCertificates, or the registry to \
insecure-registries of daemon; or check that the daemon can reach it (firewall, or a proxy in \
environment)"
}
