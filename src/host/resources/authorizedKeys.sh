# shellcheck shell=dash
# Public keys that may log in as the account: lines of its authorized_keys.

keyfile_check() { account_has "$(keys_file)" || echo 'no such file'; }
authorizedkey_check() { has_key "$(keys_file)" "${1#* }" || echo 'not there'; }

# Where the account's authorized_keys really is: a link stays one.
keys_file() { as_account realpath -m "$ACCOUNT_HOME/.ssh/authorized_keys"; }

# False where there is no such file, or no such line in it; what cannot be read is an error. $1 the
# file, $2 the key, which may have a secret among its options: not on a command line; $3 what is
# removed then.
has_key() {
	local status=0
	account_file "$1" >"$WORK/keys.there" || status=$?
	case $status in
	0) ;;
	1) return 1 ;;
	*)
		[ -z "${3-}" ] || rm -rf "$3"
		unread_file "$1" "$status" "to look for a key in it"
		;;
	esac
	printf '%s\n' "$2" | grep -qxF -f - -- "$WORK/keys.there"
}

# $1 the file, which keeps its mode; its new bytes are in $WORK/keys.
write_keys() {
	{
		park "$1" "$(resource_directory keyfile "$ACCOUNT")/baseline" &&
			write_path as_account "$1" "$(as_account stat -c %a "$1" 2>/dev/null || echo 600)" <"$WORK/keys"
	} 2>"$WORK/error" ||
		fail "$(shown_path "$1")" "that $ACCOUNT cannot write it ($(last_words))" \
			"a file of its own" "let $ACCOUNT write it, then run again"
}

# The file as such, claimed before its keys and so restored after them.
keyfile_save() {
	account_has "$ACCOUNT_HOME/.ssh/authorized_keys" || : >"$2/absent"
	[ "$(account_file "$ACCOUNT_HOME/.ssh/authorized_keys" | tail -c 1 | wc -l)" = 1 ] || : >"$2/no-newline"
	[ -e "$2/absent" ] || is_its_own "$(as_account stat -L -c '%a %u:%g' "$ACCOUNT_HOME/.ssh/authorized_keys")" || : >"$2/kept"
}

keyfile_restore() {
	local keys status=0
	know_account "$1" || return 0
	keys=$(keys_file)
	if [ -e "$2/absent" ]; then
		# shellcheck disable=SC2016 # the inner shell expands it
		as_account sh -c '[ ! -e "$1" ] || [ -s "$1" ] || rm -f -- "$1"' sh "$keys" 2>"$WORK/error" || status=$?
		case $status in
		0) ;;
		124 | 137) no_answer_about "$keys" ;;
		*) say "$(shown_path "$keys") stays, empty: $ACCOUNT cannot remove it ($(last_words))" ;;
		esac
	elif [ -e "$2/no-newline" ] && [ "$(account_file "$keys" | tail -c 1 | wc -l)" = 1 ]; then
		# The first key gave it one.
		as_account truncate -s -1 "$keys"
	fi
	resolve_parked "$keys" "$2"
}

# The name of the resource: ACCOUNT, a space, the key's line.
authorizedkey_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	! has_key "$ACCOUNT_HOME/.ssh/authorized_keys" "${1#* }" "$2" || : >"$2/there"
}

authorizedkey_restore() {
	local keys
	[ ! -e "$2/there" ] || return 0
	know_account "$(cat "$2/account")" || return 0
	keys=$(keys_file)
	has_key "$keys" "${1#* }" || {
		say_if_key_was_edited "$keys" "${1#* }"
		return 0
	}
	# Where no other one is wanted, it may be the one that this run has logged in with.
	if is_login_of_account && ! has_wanted_key "$keys"; then
		say "$(shown_path "$keys"): a key stays, since this run has logged in as $ACCOUNT. Remove it by hand" \
			"when it is not needed"
		return 0
	fi
	without_line as_account "$keys" "${1#* }" >"$WORK/keys"
	write_keys "$keys"
	changed "one key removed from $(shown_path "$keys")"
}

# True where this run wants a key of the account's that is there. $1 the file.
has_wanted_key() {
	local dir name
	for dir in "$STATE"/things/authorizedkey/*; do
		if ! is_wanted "$dir"; then continue; fi
		name=$(resource_name "$dir")
		if [ "${name%% *}" = "$ACCOUNT" ] && has_key "$1" "${name#* }"; then return 0; fi
	done
	return 1
}

# It still logs in. $1 the file, $2 the line that was added; $WORK/keys.there has what is there.
say_if_key_was_edited() {
	local key
	key=$(printf '%s' "$2" | tr ' ' '\n' | grep -m 1 '^AAAA') || return 0
	! grep -qF -- "$key" "$WORK/keys.there" 2>/dev/null ||
		say "$(shown_path "$1"): a key of this package's stays: somebody changed its line." \
			"Remove it by hand when it is not needed"
}

want_authorized_keys() {
	local keys key
	has authorized_keys || return 0
	want_home_parents "$ACCOUNT_HOME/.ssh/authorized_keys"
	keys=$(keys_file)
	want keyfile "$ACCOUNT" "with keys"
	{ doc authorized_keys && echo; } >"$WORK/wanted-keys"
	while IFS= read -r key <&6; do
		[ -n "$key" ] || continue
		want authorizedkey "$ACCOUNT $key" present
		! has_key "$keys" "$key" || continue
		: >"$WORK/keys"
		if account_has "$keys"; then
			need_account_file "$keys" "$WORK/keys.there" "to add a key to it"
			# With a newline at its end.
			awk 1 "$WORK/keys.there" >"$WORK/keys"
		fi
		printf '%s\n' "$key" >>"$WORK/keys"
		write_keys "$keys"
		changed "one key added to $(shown_path "$keys")"
	done 6<"$WORK/wanted-keys"
}

authorizedkey_of_gone() {
	local keys
	keys=$(recorded_home "$3")/.ssh/authorized_keys
	if [ -e "$2/there" ] || ! gone_file_has "$keys" -x "${1#* }"; then return 0; fi
	stays_of_gone "$keys" "$3" ", with a key of this package's"
}

authorizedkey_of_another() {
	local keys
	know_account "$(cat "$2/account")"
	keys=$(keys_file) || return 0
	if [ -e "$2/there" ] || ! (has_key "$keys" "${1#* }"); then return 0; fi
	say "$(shown_path "$keys") stays with a key that this package added for the earlier $ACCOUNT," \
		"which logs in as this one. Remove its line by hand when it is not needed"
}
