# shellcheck shell=dash
# Kind registrylogin: a login of the account's docker CLI to a registry, in its config.json. Its name is
# ACCOUNT:ADDRESS, its value a mark of who logs in by which password. What the file was like before the first of them
# is the Docker context's to remember (dockerContext.sh).

registrylogin_check() {
	local now
	now=$(registrylogin_now "$1" "$3") || return 0
	if [ -z "$now" ]; then
		# The account's own may have been the same one.
		[ "$(login_mark <"$3/entry" 2>/dev/null)" = "$2" ] || echo 'none'
	elif [ "$now" != "$2" ] && [ "$now" != "$(record_value "$2" "$3/kept-as")" ]; then
		echo 'another one'
	fi
}

# A mark of the login that is there, and nothing where it is what was there before.
registrylogin_now() {
	know_account "$(cat "$2/account")" || return 0
	read_client_config
	client_setting '"auths"' "$(registry_key "${1#*:}")" >"$WORK/login" || return 0
	! tr -d ' \t\r\n' <"$WORK/login" | cmp -s - "$2/entry" || return 0
	if is_token_of_killed_run "$2/begun"; then record_value mark "$2/begun"; else login_mark <"$WORK/login"; fi
}

# A registry may give a token in the place of the password, and a run be killed before it has noted that. $1 the record
# of a login that has begun.
is_token_of_killed_run() {
	[ -e "$1" ] && tr -d ' \t\r\n' <"$WORK/login" | grep -qF -- "$(record_value login "$1")"
}

registrylogin_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	read_client_config
	for_root_alone keep_login "$(registry_key "${1#*:}")" "$2"
}

# $1 the key, $2 the baseline directory.
keep_login() {
	if client_setting '"auths"' "$1" >"$WORK/login"; then
		cp "$WORK/login" "$2/text"
		tr -d ' \t\r\n' <"$WORK/login" >"$2/entry"
	else
		: >"$2/absent"
	fi
}

# Not by "docker logout": that removes the account's own login by another writing of the address, too, and knows no way
# back to the one from before. One that somebody has removed stays so.
registrylogin_restore() {
	local key
	know_account "$(cat "$2/account")" || return 0
	key=$(registry_key "${1#*:}")
	read_client_config
	client_setting '"auths"' "$key" >"$WORK/login" || return 0
	! tr -d ' \t\r\n' <"$WORK/login" | cmp -s - "$2/entry" || return 0
	change_client_config put_login_back "$key" "$2" || unwritten_client_config "without the login to ${1#*:}"
	if [ -e "$2/text" ]; then
		changed "docker of $ACCOUNT: login to ${1#*:} as before"
	else
		changed "docker of $ACCOUNT: logged out of ${1#*:}"
	fi
}

# $1 the key, $2 the baseline directory.
put_login_back() {
	local text=''
	[ ! -e "$2/text" ] || text=$2/text
	CHANGE=put TEXT=$text perl -e "$JSON_READER" '"auths"' "$1" <"$WORK/client-config" >"$WORK/client-config.new" &&
		write_path as_account "$(client_config)" 600 <"$WORK/client-config.new" 2>"$WORK/error"
}

registrylogin_of_gone() {
	local config key
	config=$(recorded_home "$3")/.docker/config.json
	key=$(registry_key "${1#*:}")
	gone_file_has "$config" -F "$key" || return 0
	stays_of_gone "$config" "$3" ", with the login to ${1#*:}"
}

# How docker has an address in config.json, as JSON. $1 the address.
registry_key() {
	case $1 in
	docker.io) printf '"https://index.docker.io/v1/"' ;;
	*) printf '"%s"' "$1" ;;
	esac
}

# A mark of a login on stdin, as it stands in config.json, that tells nobody the password: messages show the values of
# claims.
login_mark() {
	{
		cat "$STATE/salt"
		tr -d ' \t\r\n'
	} | sha256sum | cut -c 1-64
}

make_salt() {
	[ -s "$STATE/salt" ] || for_root_alone od -An -N32 -tx1 /dev/urandom | tr -d ' \n' | write_record "$STATE/salt"
}

# The client's settings, as far as they can be read. None is as good as an empty file.
read_client_config() {
	local config status=0
	config=$(client_config)
	account_file "$config" >"$WORK/client-config" || status=$?
	case $status in
	0) ;;
	1) : >"$WORK/client-config" ;;
	*) unread_file "$config" "$status" "which has the logins of docker" ;;
	esac
	perl -e "$JSON_READER" '"auths"' <"$WORK/client-config" >/dev/null || [ $? = 1 ] ||
		fail "$(shown_path "$config")" "that it is no JSON object" "the file, which has the logins of docker" \
			"correct it, or move it away, then run again"
}

# Prints a setting of $WORK/client-config as it stands there; false where there is none. $@ where it is, as JSON.
client_setting() { perl -e "$JSON_READER" "$@" <"$WORK/client-config"; }

# Logs in as "docker login" does, unless the login is there. What is wrong is a problem, so that all of them are told at
# once. $1 the address, $2 the file with USERNAME:PASSWORD.
want_registry_login() {
	local key mark now dir helper
	key=$(registry_key "$1")
	{
		printf '{"auth":"'
		base64 -w 0 <"$2"
		printf '"}'
	} >"$WORK/wanted-login"
	mark=$(login_mark <"$WORK/wanted-login")
	want registrylogin "$ACCOUNT:$1" "$mark"
	dir=$(resource_directory registrylogin "$ACCOUNT:$1")
	read_client_config
	if client_setting '"auths"' "$key" >"$WORK/login"; then
		now=$(login_mark <"$WORK/login")
		[ "$now" != "$mark" ] && [ "$now" != "$(record_value "$mark" "$dir/baseline/kept-as")" ] || return 0
	fi
	helper=$(client_setting '"credhelpers"' "$key" || client_setting '"credsstore"' || true)
	case $helper in
	'' | '""') ;;
	*)
		problem "$(shown_path "$(client_config)")" \
			"$(words_of_account "$helper") as the program that keeps logins to $1" \
			"it in that file, from where it comes back as it was" \
			"take credsStore, or the address in credHelpers, out of that file; or $1 out of registryAuth, and log in as $ACCOUNT"
		return 0
		;;
	esac
	{
		echo "mark $mark"
		printf 'login {"auth":"%s","identitytoken":"\n' "$(sed 's/:.*/:/' "$2" | tr -d '\n' | base64 -w 0)"
	} | write_record "$dir/baseline/begun"
	if ! change_client_config log_in "$1" "$2"; then
		login_problem "$1"
		return 0
	fi
	read_client_config
	client_setting '"auths"' "$key" >"$WORK/login" ||
		fail "$1" "no login in $(client_config) after docker has logged in" "it there" \
			"see what 'docker login' does as $ACCOUNT, then run again"
	# In the place of the password a registry may give a token.
	note_left "$dir" "$(login_mark <"$WORK/login")"
	printf '%s %s\n' "$mark" "$(login_mark <"$WORK/login")" | write_record "$dir/baseline/kept-as"
	rm -f "$dir/baseline/begun"
	changed "docker of $ACCOUNT: logged in to $1"
}

# By the account's daemon, which asks the registry. docker keeps the mode of a file that is there. $1 the address, $2
# the file with USERNAME:PASSWORD.
log_in() {
	local status=0
	# shellcheck disable=SC2016 # the inner shell expands it
	as_account sh -c 'cd "$HOME/.docker" && { [ ! -e "$1" ] || chmod go= "$1"; }' sh "$(client_config)" \
		2>"$WORK/error" || unwritten_client_config "the login to $1 in it"
	sed 's/^[^:]*://' "$2" >"$WORK/password"
	run_client 90 -H "unix://$ACCOUNT_RUNTIME/docker.sock" login --username="$(sed 's/:.*//' "$2")" --password-stdin "$1" \
		<"$WORK/password" || status=$?
	rm -f "$WORK/password"
	return "$status"
}

# $1 the address.
login_problem() {
	local said fix
	said=$(grep -v '^WARNING' "$WORK/error" | tail -n 1 | without_secrets)
	case $said in
	*'unknown authority'*)
		fix="give the certificate of its authority in registryCertificates"
		;;
	*'HTTP response to HTTPS'*) fix="give it a certificate, or name it in insecure-registries of daemon" ;;
	*x509:* | *certificate*)
		fix="correct its certificate: its time, or the names in it, or see the clock of this machine"
		;;
	*[Uu]nauthorized* | *denied* | *'incorrect username'* | *' 401'* | *' 403'*)
		fix="correct username and password of it in registryAuth, or make a new token there: it may have expired"
		;;
	*) fix="see that the daemon of $ACCOUNT reaches $1: its name, port and firewall, or a proxy in environment" ;;
	esac
	[ -n "$said" ] || said="no answer within 90 seconds"
	problem "registryAuth $1" "that docker cannot log in ($(words_of_account "$said"))" "a login" "$fix, then run again"
}
