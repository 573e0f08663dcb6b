# shellcheck shell=dash
# Public keys that may log in as the account: lines of its authorized_keys.

# Where the account's authorized_keys really is: a link stays one.
keys_file() { as_account realpath -m "$ACCOUNT_HOME/.ssh/authorized_keys"; }

# $1 the file, $2 the key, which may have a secret among its options: not on a command line.
has_key() { printf '%s\n' "$2" | as_account grep -qxF -f - -- "$1" 2>/dev/null; }

# $1 the file, which keeps mode and owner; its new bytes are in $WORK/keys.
write_keys() {
	write_path_of as_account "$1" "$(as_account stat -c '%a %u:%g' "$1" 2>/dev/null || echo "600 $ACCOUNT_UID:$ACCOUNT_GID")" <"$WORK/keys" ||
		fail "$1" "that $ACCOUNT cannot write it" "a file of its own" "let $ACCOUNT write it, then run again"
}

# The file as such, claimed before its keys and so restored after them.
keyfile_save() {
	as_account test -e "$ACCOUNT_HOME/.ssh/authorized_keys" || : >"$2/absent"
	[ "$(as_account tail -c 1 "$ACCOUNT_HOME/.ssh/authorized_keys" 2>/dev/null | wc -l)" = 1 ] || : >"$2/no-newline"
}

keyfile_restore() {
	local keys
	know_account "$1" || return 0
	keys=$(keys_file)
	as_account test -e "$keys" || return 0
	if [ -e "$2/absent" ]; then
		as_account test -s "$keys" || as_account rm -f "$keys"
	elif [ -e "$2/no-newline" ] && [ "$(as_account tail -c 1 "$keys" | wc -l)" = 1 ]; then
		# The first key gave it one.
		as_account truncate -s -1 "$keys"
	fi
}

# The name of the thing: ACCOUNT, a space, the key's line.
authorizedkey_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	! has_key "$ACCOUNT_HOME/.ssh/authorized_keys" "${1#* }" || : >"$2/there"
}

authorizedkey_restore() {
	local keys
	[ ! -e "$2/there" ] || return 0
	know_account "$(cat "$2/account")" || return 0
	keys=$(keys_file)
	as_account test -e "$keys" || return 0
	without_line as_account "$keys" "${1#* }" >"$WORK/keys"
	write_keys "$keys"
	changed "one key removed from $keys"
}

want_authorized_keys() {
	local keys key
	has authorized_keys || return 0
	want_home_parents "$ACCOUNT_HOME/.ssh/authorized_keys"
	keys=$(keys_file)
	want keyfile "$ACCOUNT" "with keys"
	{ doc authorized_keys && echo; } >"$WORK/wanted-keys"
	while IFS= read -r key; do
		[ -n "$key" ] || continue
		want authorizedkey "$ACCOUNT $key" present
		! has_key "$keys" "$key" || continue
		: >"$WORK/keys"
		! as_account test -e "$keys" || as_account awk 1 "$keys" >"$WORK/keys" ||
			fail "$keys" "that $ACCOUNT cannot read it" "a file of its own" "let $ACCOUNT read it, then run again"
		printf '%s\n' "$key" >>"$WORK/keys"
		write_keys "$keys"
		changed "one key added to $keys"
	done <"$WORK/wanted-keys"
}
