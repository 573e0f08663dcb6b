# shellcheck shell=dash
# The Docker context: how the account's own docker, and docker -H ssh:// from elsewhere, find the socket.

currentcontext_check() {
	local now
	now=$(current_context)
	[ "$now" = rootless ] || words_of_account "${now:-none}"
}

# The context makes the account's own docker, and "docker -H ssh://" from elsewhere, find the
# socket.
want_context() {
	local docker=$ACCOUNT_HOME/.docker meta config
	meta=$docker/contexts/meta/$(printf rootless | sha256sum | cut -c 1-64)/meta.json
	printf '{"Name":"rootless","Metadata":{"Description":"Rootless Docker of %s"},"Endpoints":{"docker":{"Host":"unix://%s/docker.sock","SkipTLSVerify":false}}}' \
		"$ACCOUNT" "$ACCOUNT_RUNTIME" >"$WORK/meta.json"
	want_home_file "$meta" 644 "$WORK/meta.json"
	want_home_parents "$docker/config.json" currentcontext "$ACCOUNT" rootless
	config=$(client_config)
	! account_file "$config" | grep -q '"currentContext": *"rootless"' || return 0
	{ park "$config" "$(resource_directory currentcontext "$ACCOUNT")/baseline" 2>"$WORK/error" && use_context rootless; } ||
		unwritten_client_config "the context rootless in it"
	note_client_config "$config"
	changed "docker context of $ACCOUNT: rootless"
}

use_context() { run_client 60 context use "$1"; }

# Runs docker as the account where it writes its settings. It takes a link of config.json for one from the directory that
# it is started in; and without a PATH it finds no program that keeps logins, which it would write there for being
# installed. $1 seconds, then docker's arguments.
run_client() {
	local seconds=$1 docker
	shift
	docker=$(command -v docker) || docker=docker
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account_within "$seconds" env DOCKER_CLI_HOOKS=false DOCKER_CLI_HINTS=false \
		sh -c 'cd "$HOME/.docker" && PATH=/nonexistent && exec "$@"' sh "$docker" "$@" >/dev/null 2>"$WORK/error"
}

# $1 what was to be in it.
unwritten_client_config() {
	fail "$(shown_path "$(client_config)")" "that docker of $ACCOUNT does not write it ($(last_words))" \
		"$1" "let $ACCOUNT write it, then run again"
}

# The file as it is now is this package's doing. $1 the settings.
note_client_config() {
	account_file "$1" | sha256sum | cut -c 1-64 >"$(resource_directory currentcontext "$ACCOUNT")/baseline/left"
}

# Changes the client's settings for another reason than the context, which remembers what they were like before. What
# somebody else has changed meanwhile stays their doing. $@ a command.
change_client_config() {
	local config baseline ours=''
	config=$(client_config)
	baseline=$(resource_directory currentcontext "$ACCOUNT")/baseline
	if [ -e "$baseline/left" ]; then
		! is_client_config_left "$config" "$baseline" || ours=yes
	elif [ -e "$baseline/content" ]; then
		! account_file "$config" | cmp -s "$baseline/content" - || ours=yes
	fi
	park "$config" "$baseline" 2>"$WORK/error" && "$@" || return
	[ -z "$ours" ] || note_client_config "$config"
}

# $1 the settings, $2 the baseline directory.
is_client_config_left() {
	[ "$(account_file "$1" | sha256sum | cut -c 1-64)" = "$(cat "$2/left" 2>/dev/null)" ]
}

# Where the client's settings really are: docker, too, leaves a link as it is.
client_config() { as_account realpath -m "$ACCOUNT_HOME/.docker/config.json"; }

# "docker context show" is newer than Debian 12's CLI.
current_context() { client_context '{{.Name}}'; }

# What the client's settings say of its context: the client reads them, and runs no plugin for that.
# $1 what.
client_context() { as_account_within 60 docker context inspect --format "$1" 2>/dev/null || true; }

currentcontext_save() {
	save_path as_account "$(client_config)" "$2"
	if [ -e "$2/content" ]; then current_context >"$2/context"; fi
}

only_empty_settings() {
	case $(account_file "$1" | tr -d ' \t\n') in
	'{}' | '{"auths":{}}') return 0 ;;
	esac
	return 1
}

# The file also holds what "docker login" wrote: it comes back whole only if nobody touched it
# since.
currentcontext_restore() {
	local config
	know_account "$1" || return 0
	config=$(client_config)
	take_context_back "$config" "$2"
	resolve_parked "$config" "$2"
}

# $1 the settings, $2 the baseline directory.
take_context_back() {
	local config=$1 context
	account_has "$config" || return 0
	# Earlier versions of this package remembered where a link leads, not what is there.
	if [ ! -e "$2/link" ] && is_client_config_left "$config" "$2"; then
		restore_path as_account "$config" "$2"
	elif [ "$(current_context)" = rootless ]; then
		context=$(cat "$2/context" 2>/dev/null || true)
		use_context "${context:-default}" ||
			fail "$(shown_path "$config")" \
				"that docker of $ACCOUNT does not write it ($(last_words))" \
				"the context ${context:-default} in it" "let $ACCOUNT write it, then run again"
		changed "docker context of $ACCOUNT set back"
		# A run that was killed in between left no more than this.
		if [ -e "$2/absent" ] && only_empty_settings "$config"; then restore_path as_account "$config" "$2"; fi
	fi
}

currentcontext_of_gone() {
	local config
	config=$(recorded_home "$3")/.docker/config.json
	gone_file_has "$config" -s '"currentContext": "rootless"' || return 0
	stays_of_gone "$config" "$3" ", with the context rootless"
}
