# shellcheck shell=dash
# Files, directories and links. Those in the account's home are read and written as the account:
# a link planted there leads nowhere that the account could not go by itself.

# A rename of a directory's entries is on the disk when the directory is. Some file systems know that for
# files only: there everything is written. Arguments: directories.
sync_directories() { sync "$@" 2>/dev/null || sync; }

# All that this run has changed, before anybody relies on it: a record that goes, or Pulumi, which is told
# that the step is done.
sync_host() {
	set -- "$STATE" /etc
	[ ! -d "${ACCOUNT_HOME-}" ] || set -- "$@" "$ACCOUNT_HOME"
	sync -f "$@" 2>/dev/null || sync
}

# Writes stdin to a record of the agent's own at once or not at all, for root alone: without power it is
# the earlier one or the new one. $1 path.
write_record() {
	(umask 077 && cat >"$1.new") || return
	if cmp -s "$1.new" "$1"; then
		rm -f "$1.new"
	else
		sync "$1.new" && mv -fT "$1.new" "$1" && sync_directories "${1%/*}"
	fi
}

# Runs a command as the account in a user namespace of its own, by RootlessKit. By itself RootlessKit keeps
# its state in a new directory of /tmp each time, where that of a killed run would stay. $1 seconds, 0 for
# no end; then the command.
in_rootlesskit() {
	local seconds=$1 state=$ACCOUNT_RUNTIME/rootless-docker status=0
	shift
	# That directory comes and goes with the service manager.
	[ -d "$ACCOUNT_RUNTIME" ] || state=$ACCOUNT_HOME/.rootless-docker
	as_account rm -rf "$state"
	as_account_within "$seconds" rootlesskit --state-dir="$state" "$@" || status=$?
	as_account rm -rf "$state"
	return "$status"
}

# Removes paths as the account, in a user namespace of its own, for as long as that gets further. Its arguments:
# the paths.
remove_in_rootlesskit() {
	local status now before=''
	while :; do
		status=0
		# shellcheck disable=SC2016 # the inner shell expands them
		in_rootlesskit 90 sh -c 'timeout -k 5 60 rm -rf --one-file-system "$@" || {
			status=$?
			case $status in
			124 | 137) exit 75 ;;
			*) exit "$status" ;;
			esac
		}' sh "$@" || status=$?
		[ "$status" = 75 ] || return "$status"
		now=$(df --output=used,iused "$(dirname "$1")" | tail -n 1)
		[ "$now" != "$before" ] || return "$status"
		before=$now
	done
}

# $1 as_root or as_account, $2 path, $3 baseline directory.
save_path() {
	if [ "$1" = as_account ] && ! account_has "$2"; then
		: >"$3/absent"
	elif "$1" test -h "$2"; then
		"$1" readlink "$2" >"$3/link"
	elif "$1" test -d "$2"; then
		: >"$3/directory"
	elif [ "$1" = as_account ] || "$1" test -e "$2"; then
		if [ "$1" = as_account ]; then
			need_account_file "$2" "$3/content" "to give it back one day" "$3"
		else
			cat "$2" >"$3/content"
		fi
		"$1" stat -c '%a %u:%g' "$2" >"$3/mode"
		[ "$1" = as_root ] || is_its_own "$(cat "$3/mode")" || : >"$3/kept"
		chmod 600 "$3/content"
		# A record of version 0.1.0 may be empty because the power went.
		[ -s "$3/content" ] || : >"$3/empty"
	else
		: >"$3/absent"
	fi
}

restore_path() {
	# The directory may have gone meanwhile, as dpkg removes one with its package.
	if [ -e "$3/content" ] || [ -e "$3/link" ]; then
		"$1" mkdir -p -- "$(dirname "$2")" 2>"$WORK/error" || {
			say "$2 is not restored: its directory is gone, and cannot be made ($(tail -n 1 "$WORK/error"))"
			return 0
		}
	fi
	"$1" rm -f "$2.rootless-docker-new"
	if [ -e "$3/kept" ] && put_back "$2"; then
		return 0
	elif [ -e "$3/content" ]; then
		write_path_of "$1" "$2" "$(cat "$3/mode")" <"$3/content"
		changed "$2 restored"
	elif [ -e "$3/link" ]; then
		write_link "$1" "$2" "$(cat "$3/link")"
		changed "$2 restored"
	elif [ -e "$3/absent" ] && { "$1" test -e "$2" || "$1" test -h "$2"; }; then
		"$1" rm -f "$2"
		changed "$2 removed"
	fi
}

# Writes stdin to a path at once or not at all, also where the power goes. What a killed run left half
# written has a fixed name, and goes with the next write or restore. $1 as_root or as_account, $2 path,
# $3 mode.
write_path() {
	# -C: where others may write to the directory, a link that one of them put there meanwhile is an error.
	# shellcheck disable=SC2016 # the inner shell expands them
	"$1" sh -C -c 'umask 077; new=$1.rootless-docker-new; rm -f "$new"
		cat >"$new" && chmod "$2" "$new" && sync "$new" && mv -fT "$new" "$1" &&
		{ sync "${1%/*}/" 2>/dev/null || sync; }' sh "$2" "$3"
}

# The same for a symbolic link. $1 as_root or as_account, $2 path, $3 target.
write_link() {
	# shellcheck disable=SC2016 # the inner shell expands them
	"$1" sh -c 'ln -sfnT "$2" "$1" && { sync "${1%/*}/" 2>/dev/null || sync; }' sh "$2" "$3"
}

# The same for a file of any owner. In the home nobody but the account can be one: whose a file was there
# is what the account says. $1 as_root or as_account, $2 path, $3 mode, a space, UID:GID.
write_path_of() {
	write_path "$1" "$2" "${3% *}" || return
	if [ "$1" = as_root ]; then
		chown "${3#* }" "$2"
	elif ! is_its_own "$3"; then
		say "$2 belongs to $ACCOUNT now, and not to ${3#* }: the file itself is gone"
	fi
}

# $1 mode, a space, UID:GID.
is_its_own() { [ "${1#* }" = "$ACCOUNT_UID:$ACCOUNT_GID" ]; }

file_save() { save_path as_root "$@"; }
file_restore() { restore_path as_root "$@"; }

dir_save() { save_path as_root "$@"; }
dir_restore() { [ ! -e "$2/absent" ] || rmdir "$1" 2>/dev/null || true; }

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
	if [ ! -e "$2/absent" ] || ! as_account test -d "$1"; then return 0; fi
	as_account rmdir "$1" 2>/dev/null || ! data_stayed "$ACCOUNT" || return 10
}

# A root-owned file with these bytes and mode. $1 path, $2 mode, $3 the file that holds the bytes.
want_file() {
	local parent
	parent=$(dirname "$1")
	only_root_leads_to "$1" ||
		fail "$1" "that others than root can change what leads to it" "a place that root alone can change" \
			"make each directory and link on the way root's, and writable by nobody else"
	if [ ! -d "$parent" ] || [ -d "$(thing_directory dir "$parent")" ]; then
		want dir "$parent" directory
		mkdir -p "$parent"
	fi
	want file "$1" "$2 $(sha256sum <"$3" | cut -c 1-64)"
	[ ! -h "$1" ] && cmp -s "$3" "$1" && [ "$(stat -c '%a %u:%g' "$1")" = "$2 0:0" ] && return 0
	write_path as_root "$1" "$2" <"$3"
	changed "$1 written"
}

# The directories below the account's home that lead to a path, outermost first.
want_home_parents() {
	local parent path
	parent=$(dirname "$1")
	case $parent in
	"$ACCOUNT_HOME" | / | .) return 0 ;;
	esac
	path=$parent
	! grep -qxF -- "$(thing_directory homedir "$path")" "$WORK/wanted" || return 0
	want_home_parents "$parent"
	if [ -d "$(thing_directory homedir "$path")" ] || ! as_account test -d "$path"; then
		want homedir "$path" directory
		as_account mkdir -p -m 700 "$path"
	fi
}

# A file in the account's home. $1 path, $2 mode, $3 the file that holds the bytes.
want_home_file() {
	want_home_parents "$1"
	want homefile "$1" "$2 $(sha256sum <"$3" | cut -c 1-64)"
	! as_account test -h "$1" && account_file "$1" | cmp -s "$3" - &&
		[ "$(as_account stat -c '%a %u' "$1")" = "$2 $ACCOUNT_UID" ] && return 0
	set_aside "$1" "$(thing_directory homefile "$1")/baseline"
	write_path as_account "$1" "$2" <"$3"
	changed "$1 written"
}

# A link in the account's home. $1 path, $2 target.
want_home_link() {
	want_home_parents "$1"
	want homefile "$1" "$2"
	[ "$(as_account readlink "$1" 2>/dev/null)" != "$2" ] || return 0
	set_aside "$1" "$(thing_directory homefile "$1")/baseline"
	write_link as_account "$1" "$2"
	changed "$1 -> $2"
}

# Prints a file without a line. $1 as_root or as_account, $2 file, $3 line.
without_line() {
	local status=0
	if [ "$1" = as_account ]; then
		need_account_file "$2" "$WORK/lines" "to take one line out of it"
		printf '%s\n' "$3" | grep -vxF -f - -- "$WORK/lines" || status=$?
	else
		printf '%s\n' "$3" | grep -vxF -f - -- "$2" || status=$?
	fi
	[ "$status" -le 1 ] ||
		fail "$2" "that it cannot be read" "the file, to take one line out of it" "make it readable, then run again"
}

# The file capability of a path, or nothing. getcap prints "path cap=ep", older ones "path = cap+ep".
capability_of() { getcap "$1" 2>/dev/null | sed 's/^[^ ]* //; s/^= //'; }
