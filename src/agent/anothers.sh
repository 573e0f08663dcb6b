# shellcheck shell=dash
# What others own, or may change: a file of another's in the account's home, a path that others lead
# elsewhere, a mount.

# Another's file in the account's home is not made anew when it comes back: it is moved aside by the
# account, and back, so that its owner is the kernel's word. In its place is a copy of the account's own.
# $1 path, $2 baseline directory.
set_aside() {
	[ -e "$2/kept" ] || return 0
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -eu -c 'aside=$1.rootless-docker-old new=$1.rootless-docker-new
		if [ ! -e "$aside" ]; then
			[ -e "$1" ] || exit 0
			[ "$(stat -c %u:%g "$1")" != "$2" ] || exit 0
			mv -T "$1" "$aside"
		fi
		[ ! -e "$1" ] || exit 0
		rm -f "$new"
		cp -T --preserve=mode "$aside" "$new"
		mv -fT "$new" "$1"' sh "$1" "$ACCOUNT_UID:$ACCOUNT_GID"
}

# False where it is gone. $1 path.
put_back() {
	if as_account test -e "$1.rootless-docker-old"; then
		as_account mv -fT "$1.rootless-docker-old" "$1" && changed "$1 restored"
	else
		# Not even set aside by a run that was killed before that.
		as_account test -e "$1" && ! is_its_own "$(as_account stat -c '%a %u:%g' "$1")"
	fi
}

# The same where the copy was changed, and changed back: the file itself, unless somebody changed more in it
# meanwhile. $1 path, $2 baseline directory.
settle_aside() {
	if [ ! -e "$2/kept" ] || ! as_account test -e "$1.rootless-docker-old"; then
		return 0
	elif as_account cmp -s "$1.rootless-docker-old" "$1" || ! as_account test -e "$1"; then
		put_back "$1"
	else
		as_account rm -f "$1.rootless-docker-old"
		say "$1 belongs to $ACCOUNT now, and not to whom it belonged before: it was changed meanwhile"
	fi
}

# True where nobody but root can change what leads to a path, through whichever links.
only_root_leads_to() {
	namei -l "$(dirname "$1")" 2>/dev/null | awk '
		/^[dl]/ && ($2 != "root" || (/^d/ && $1 ~ /^.....w|^........w/)) { others = 1 }
		END { exit others }'
}

# Ends the step where something is mounted below a path that is to be removed: a bind mount leads to other
# people's files, and --one-file-system does not see one of the same file system. $1 the path.
stop_where_mounted_below() {
	local path mount
	path=$(realpath -m "$1")
	# Its fifth field is the mount point, with blanks and the like as \040.
	mount=$(cut -d ' ' -f 5 /proc/self/mountinfo | while IFS= read -r mount; do
		mount=$(printf '%b' "$mount")
		case $mount in "$path"/*) printf '%s' "$mount" && break ;; esac
	done)
	[ -z "$mount" ] ||
		fail "$1" "something mounted at $mount" "nothing mounted below it when it is removed" "unmount it, then run again"
}

# Where what holds a path is mounted, then its UUID if it has one: two lines. $1 the path.
mount_place() {
	local column
	for column in TARGET UUID; do
		mount_of "$(nearest_directory "$1")" "$column" 2>/dev/null | tail -n 1 || true
	done
}

# True where a file system is not mounted where it was. Not of an earlier version's record, which does not
# say where, nor where there is no answer. $1 what mount_place said.
is_not_mounted() {
	local now
	[ -n "$1" ] || return 1
	now=$(mount_place "$(mounted_at "$1")")
	[ -n "$now" ] && [ "$now" != "$1" ]
}

# $1 what mount_place said.
mounted_at() { printf '%s' "$1" | head -n 1; }

# Which file system the account's home is on, for the way back.
note_home_place() {
	stop_where_home_is_away "$ACCOUNT"
	mount_place "$ACCOUNT_HOME" | write_record "$(thing_directory account "$ACCOUNT")/baseline/home-place"
}

# Ends the step where that is not there: what is ours in the home could not be taken back, and its files may
# be of ids that are given back. It knows the account then. $1 the account, or nothing.
stop_where_home_is_away() {
	local record
	record=$(thing_directory account "$1")/baseline/home-place
	if [ -z "$1" ] || [ ! -s "$record" ] || [ -e "$WORK/home-is-there.$1" ]; then return 0; fi
	know_account "$1" || return 0
	! is_not_mounted "$(cat "$record")" ||
		fail "$ACCOUNT_HOME" "that the file system of $1's home is not mounted" \
			"what was mounted at $(mounted_at "$(cat "$record")" | printable) at the last up, for what is ours in it" \
			"mount it, then run again; or remove $record, if it is gone for good, or the home has moved"
	: >"$WORK/home-is-there.$1"
}
