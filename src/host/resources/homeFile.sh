# shellcheck shell=dash
# Files, directories and links. Those in the account's home are read and written as the account:
# a link planted there leads nowhere that the account could not go by itself.

homefile_check() {
	local found
	found=$(path_check as_account "$@")
	case $found-$1 in
	'other content-'*/docker/daemon.json) found=$found$(changed_members "$1" "${3%/*}/members") ;;
	esac
	[ -z "$found" ] || printf '%s\n' "$found"
}

homedir_check() { as_account test -d "$1" || echo 'no such directory'; }

homefile_now() {
	# The daemon's own, or the timer's, whatever it holds.
	if was_left "${2%/*}" the-daemon || was_left "${2%/*}" the-timer; then return 0; fi
	know_account "$(cat "$2/account")" || return 0
	path_now as_account "$@"
}

homefile_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	save_path as_account "$@"
}

homefile_restore() {
	know_account "$(cat "$2/account")" || return 0
	restore_path as_account "$@"
}

homedir_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	save_path as_account "$@"
}

# A directory that was not there before goes when nothing else is in it.
homedir_restore() {
	know_account "$(cat "$2/account")" || return 0
	if [ ! -e "$2/absent" ] || ! account_has "$1"; then return 0; fi
	as_account rmdir "$1" 2>/dev/null || ! has_retained_data "$ACCOUNT" || return 10
}

# The directories below the account's home that lead to a path: claimed outermost first, then made. $1 path, then what
# is claimed after them, as for want.
want_home_parents() {
	local parent made=''
	parent=$(dirname "$1")
	shift
	if is_wanted "$(resource_directory homedir "$parent")"; then
		made=yes
	else
		claim_home_directories "$parent" "$(nearest_directory "$parent")"
	fi
	[ $# = 0 ] || claim "$@"
	settle_claims
	[ -n "$made" ] || [ ! -d "$(resource_directory homedir "$parent")" ] || make_home_directory "$parent"
}

# $1 the innermost, $2 that of them which is there.
claim_home_directories() {
	case $1 in
	"$ACCOUNT_HOME" | / | .) return 0 ;;
	esac
	claim_home_directories "$(dirname "$1")" "$2"
	case $2/ in
	"$1"/*) [ -d "$(resource_directory homedir "$1")" ] || return 0 ;;
	esac
	claim homedir "$1" directory
}

# $1 path.
make_home_directory() {
	local status=0
	# Those that lead to it, too, are for the account alone.
	# shellcheck disable=SC2016 # the inner shell expands it
	as_account sh -c 'umask 077; mkdir -p "$1"' sh "$1" 2>"$WORK/error" || status=$?
	case $status in
	0) ;;
	124 | 137) no_answer_about "$1" ;;
	*)
		fail "$1" "that $ACCOUNT cannot make it ($(last_words))" \
			"a directory of $ACCOUNT's" "see what is in its place, or in its way, then run again"
		;;
	esac
}

# A file in the account's home. $1 path, $2 mode, $3 the file that holds the bytes.
want_home_file() {
	want_home_parents "$1" homefile "$1" "$2 $(sha256sum <"$3" | cut -c 1-64)"
	put_home_file "$@"
}

# The same for a file that this installation wants already, by whichever step: only its bytes are
# others. One that a revert has taken back before it was killed is the step's to want again.
rewrite_home_file() {
	local dir
	dir=$(resource_directory homefile "$1")
	is_claimed_by "$LEASE" "$dir/claims" || return 0
	account_has "$(dirname "$1")" || make_home_directory "$(dirname "$1")"
	change_claims "$dir" "$2 $(sha256sum <"$3" | cut -c 1-64)"
	put_home_file "$@"
}

put_home_file() {
	# A link has a mode of its own, 777.
	if [ "$(as_account stat -c '%a %u' "$1" 2>/dev/null)" = "$2 $ACCOUNT_UID" ] &&
		account_file "$1" | cmp -s "$3" -; then return 0; fi
	{
		park "$1" "$(resource_directory homefile "$1")/baseline" && write_path as_account "$1" "$2" <"$3"
	} 2>"$WORK/error" || unwritten_home_file "$1"
	changed "$1 written"
}

# $1 path.
unwritten_home_file() {
	fail "$1" "that $ACCOUNT cannot write it ($(last_words))" \
		"a file of $ACCOUNT's" "see what is in its place, or in its way, then run again"
}

# A link in the account's home. $1 path, $2 target.
want_home_link() {
	want_home_parents "$1" homefile "$1" "$2"
	[ "$(as_account readlink "$1" 2>/dev/null)" != "$2" ] || return 0
	{
		park "$1" "$(resource_directory homefile "$1")/baseline" && write_link as_account "$1" "$2"
	} 2>"$WORK/error" || unwritten_home_file "$1"
	changed "$1 -> $2"
}

homefile_of_gone() { stays_of_gone "$1" "$3"; }
homedir_of_gone() { [ ! -e "$1" ] && [ ! -h "$1" ] || return 10; }

# Of what the earlier account had is named what is there as this package wrote it.
homefile_of_another() {
	local now
	know_account "$(cat "$2/account")"
	now=$(path_now as_account "$1" "$2") || return 0
	if [ -z "$now" ] || ! was_left "${2%/*}" "$now"; then return 0; fi
	say "$1 stays as this package wrote it for the earlier $ACCOUNT. Remove it by hand when nothing of it is needed"
}
