# shellcheck shell=dash
# What has become of a recorded account on the way back: another name (usermod -l), another home
# (usermod -d), or none (userdel). Which one it is, is_recorded_account says.

# Sets ACCOUNT and what the system knows of it. Fails where there is no such account. On the way
# back one that was renamed is found too, and preferred to another one that has its name by now:
# ACCOUNT is the name that it is recorded by, ACCOUNT_LOGIN the one that it has.
know_account() {
	local entry
	ACCOUNT=$1
	entry=$(account_entry "$1") || return 1
	set_account "$entry"
}

# $1 a line of passwd(5).
set_account() {
	ACCOUNT_LOGIN=${1%%:*}
	ACCOUNT_UID=$(printf '%s' "$1" | cut -d : -f 3)
	ACCOUNT_GID=$(printf '%s' "$1" | cut -d : -f 4)
	ACCOUNT_HOME=$(printf '%s' "$1" | cut -d : -f 6)
	ACCOUNT_RUNTIME=/run/user/$ACCOUNT_UID
}

# $1 the account.
account_entry() {
	local entry
	entry=$(getent passwd "$1") || entry=''
	if [ -e "${WORK:-/nonexistent}/unwanted" ] && [ -n "$(recorded_uid "$1")$(recorded_mark "$1")" ] &&
		{ [ -z "$entry" ] || ! is_recorded_account "$1" "$entry"; }; then
		! renamed_entry "$1" || return 0
	fi
	[ -n "$entry" ] && printf '%s\n' "$entry"
}

# Which file system the account's home is on, for the way back.
note_home_place() {
	stop_where_home_is_away "$ACCOUNT"
	mount_place "$ACCOUNT_HOME" | write_record "$(resource_directory account "$ACCOUNT")/baseline/home-place"
}

# Ends the step where that is not there: what is ours in the home could not be taken back, and its
# files may be of ids that are given back. It knows the account then. $1 the account, or nothing.
stop_where_home_is_away() {
	local record
	record=$(resource_directory account "$1")/baseline/home-place
	if [ -z "$1" ] || [ ! -s "$record" ] || [ -e "$WORK/home-is-there.$1" ]; then return 0; fi
	know_account "$1" || return 0
	! is_not_mounted "$(cat "$record")" ||
		fail "$ACCOUNT_HOME" "that the file system of $1's home is not mounted" \
			"what was mounted at $(mounted_at "$(cat "$record")" | printable) at the last up, for what is ours in it" \
			"mount it, then run again; or remove $record, if it is gone for good, or the home has moved"
	: >"$WORK/home-is-there.$1"
}

# Whose a resource is, where it is an account's. $1 kind, $2 its directory.
account_of_resource() {
	case $1 in
	account | linger | subuid | subgid | delegation) resource_name "$2" ;;
	keyfile | currentcontext | userdaemon | userunit) resource_name "$2" ;;
	*) cat "$2/baseline/account" 2>/dev/null || true ;;
	esac
}

# $1 the account.
recorded_uid() { recorded_of "$1" 3 '1s/ .*//p'; }

# Nothing where version 0.1.0 made the account. $1 the account.
recorded_home() { recorded_of "$1" 6 's/^home //p'; }

# $1 the account, $2 the field of its entry where it was there before, $3 else how sed(1) finds the
# same in the record of one that was made.
recorded_of() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	if [ -s "$baseline/entry" ]; then
		cut -d : -f "$2" "$baseline/entry"
	elif [ -s "$baseline/made" ]; then
		sed -n "$3" "$baseline/made"
	fi
}

# True where a directory is the home that was recorded, wherever it is now. $1 the account, $2 the
# directory.
is_recorded_home() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	[ -d "$2" ] || return 1
	if cat "$baseline/home" "$baseline/home-moved" 2>/dev/null | grep -qxF -- "$(stat -L -c '%i %.9W' "$2")"; then return 0; fi
	if [ -s "$baseline/entry" ]; then
		# Version 0.1 wrote down the link where there is one.
		[ "$(stat -c '%i %.9W' "$2")" = "$(cat "$baseline/home" 2>/dev/null)" ]
	elif [ -h "$2" ]; then
		return 1
	else
		[ -s "$baseline/made" ] && is_made_home "$baseline/made" "$2"
	fi
}

# The mark of an account that useradd was begun for, then its home. $1 the account.
creating_file() { printf '%s/baseline/creating' "$(resource_directory account "$1")"; }

# What the comment field of an account that was made here holds: nobody else's has the same. Nothing
# where version 0.1 made it, or it was there before. $1 the account.
recorded_mark() {
	local mark
	mark=$(sed -n 's/^mark //p' "$(resource_directory account "$1")/baseline/made" 2>/dev/null) || true
	[ -n "$mark" ] || mark=$(sed -n 1p "$(creating_file "$1")" 2>/dev/null) || true
	printf '%s' "$mark"
}

# Lines of passwd(5) with a mark. The account itself may write what comes after a comma. $1 the mark.
entries_with_mark() {
	[ -z "$1" ] || awk -F : -v mark="$1" '{ comment = $5; sub(/,.*/, "", comment) } comment == mark' /etc/passwd
}

# True where useradd has made the account for this package, whatever came after that. It is known. $1
# the account.
is_created_here() {
	[ -s "$(creating_file "$1")" ] &&
		entries_with_mark "$(sed -n 1p "$(creating_file "$1")")" | grep -q "^$ACCOUNT_LOGIN:"
}

# True where a line of passwd(5) is that of the account that was recorded, and not of somebody who
# got its name, its uid or the path of its home since. One without a mark whose home is another one
# is taken for it by name and uid: no run begins where that is not sure. $1 the account, $2 the line.
is_recorded_account() {
	local baseline mark home uid
	baseline=$(resource_directory account "$1")/baseline
	mark=$(recorded_mark "$1")
	uid=$(printf '%s' "$2" | cut -d : -f 3)
	home=$(printf '%s' "$2" | cut -d : -f 6)
	if [ -n "$mark" ] && entries_with_mark "$mark" | grep -qxF -- "$2"; then
		if [ "${2%%:*}" = "$1" ] || [ "$uid" = "$(recorded_uid "$1")" ]; then return 0; fi
		[ "$home" = "$(sed -n 's/^home //p' "$baseline/creating" 2>/dev/null)" ] || is_recorded_home "$1" "$home"
		return
	fi
	[ -z "$(entries_with_mark "$mark")" ] || return 1
	! is_recorded_home "$1" "$home" || return 0
	[ -z "$mark" ] && [ "${2%%:*}" = "$1" ] && [ "$uid" = "$(recorded_uid "$1")" ] && [ ! -e "$baseline/another" ]
}

# Ends the run where an account has the recorded name and uid, and another home: it may be the same
# one, whose home was moved or restored, or somebody's who was given both. A file that it has says
# nothing: it can have any.
stop_where_accounts_are_unsure() {
	local dir name entry home
	for dir in "$STATE"/things/account/*; do
		is_claimed_by "$LEASE" "$dir/claims" || continue
		name=$(resource_name "$dir")
		entry=$(getent passwd "$name") || continue
		is_unsure "$name" "$entry" || continue
		home=$(printf '%s' "$entry" | cut -d : -f 6)
		fail "account $name" "$home as its home, which is another directory than the one that was recorded ($(recorded_home "$name"))" \
			"to know whether it is still the same account" \
			"if it is, and its home was moved or restored, run 'stat -L -c \"%i %.9W\" $home >$dir/baseline/home-moved'; if somebody has made it anew, run 'touch $dir/baseline/another'; then run again"
	done
}

# $1 the account, $2 its line of passwd(5).
is_unsure() {
	local baseline home
	baseline=$(resource_directory account "$1")/baseline
	home=$(printf '%s' "$2" | cut -d : -f 6)
	if [ -n "$(recorded_mark "$1")" ] || [ -z "$(recorded_uid "$1")" ] || is_recorded_home "$1" "$home" ||
		! is_recorded_account "$1" "$2" || is_not_mounted "$(cat "$baseline/home-place" 2>/dev/null)"; then return 1; fi
	# A home that was never there, or an earlier version's record, says nothing.
	if [ -s "$baseline/entry" ] && [ ! -s "$baseline/home" ]; then return 1; fi
	[ -e "$home" ]
}

# What the system knows of an account under its new name. $1 the account's recorded name.
renamed_entry() {
	local uid entry
	uid=$(recorded_uid "$1")
	while IFS= read -r entry <&4; do
		if [ -z "$entry" ] || ! is_recorded_account "$1" "$entry"; then continue; fi
		printf '%s\n' "$entry"
		return 0
	done 4<<ENTRIES
$(entries_with_mark "$(recorded_mark "$1")")
$([ -z "$uid" ] || getent passwd "$uid" || true)
ENTRIES
	return 1
}

# The name that a recorded account has by now, where that is another one. $1 the account.
new_name() {
	local entry
	[ "$(id -u "$1" 2>/dev/null)" != "$(recorded_uid "$1")" ] || return 0
	entry=$(renamed_entry "$1") || return 0
	[ "${entry%%:*}" = "$1" ] || printf '%s' "${entry%%:*}"
}

# The name that an account was recorded by, where somebody renamed it since. $1 the name it has.
earlier_name() {
	local dir name entry
	for dir in "$STATE"/things/account/*; do
		name=$(resource_name "$dir")
		if [ ! -d "$dir/baseline" ] || unclaimed "$dir" || [ "$name" = "$1" ] || getent passwd "$name" >/dev/null; then continue; fi
		entry=$(renamed_entry "$name") || continue
		[ "${entry%%:*}" = "$1" ] || continue
		printf '%s' "$name"
		return 0
	done
}

# True where there is no such account any more, or another one. $1 the account.
is_lost_account() {
	local entry
	[ -n "$(recorded_uid "$1")" ] || return 1
	entry=$(getent passwd "$1") || return 0
	! is_recorded_account "$1" "$entry"
}

# Where an account's home was moved, what this package left in it is at its new place. What is at
# its old place still is its own (usermod -d without -m). $1 the account, which is known.
follow_home() {
	local old kind dir name new place told=''
	old=$(recorded_home "$1")
	if [ -z "$old" ] || [ "$old" = "$ACCOUNT_HOME" ]; then return 0; fi
	for dir in "$STATE"/things/homefile/* "$STATE"/things/homedir/* "$STATE"/things/data/*; do
		[ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue
		name=$(resource_name "$dir")
		case $name in "$old"/*) ;; *) continue ;; esac
		# Of somebody else by now it says nothing.
		if [ "$(stat -c %u "$old" 2>/dev/null)" = "$ACCOUNT_UID" ] && account_has "$name"; then continue; fi
		kind=${dir%/*}
		new=$ACCOUNT_HOME${name#"$old"}
		place=$(resource_directory "${kind##*/}" "$new")
		# There already where a run was killed before it had written the name.
		[ "$dir" = "$place" ] || [ ! -e "$place" ] || continue
		[ -n "$told" ] || say "the home of $1 is $ACCOUNT_HOME now, and not $old"
		told=yes
		[ "$dir" = "$place" ] || mv -T "$dir" "$place"
		printf '%s' "$new" | write_record "$place/name"
	done
	[ -z "$told" ] || sync -f "$STATE"
}

# $1 the account, which is not there by its name.
what_became_of() {
	local uid entry=''
	uid=$(recorded_uid "$1")
	[ -z "$uid" ] || entry=$(getent passwd "$uid") || true
	printf 'account %s is gone' "$1"
	[ -z "$entry" ] ||
		printf ', and its uid %s is that of %s by now, with another home (%s)' "$uid" "${entry%%:*}" \
			"$(printf '%s' "$entry" | cut -d : -f 6)"
}

# $1 the record. Where the home was made.
made_home() {
	local home
	home=$(sed -n 's/^home //p' "$1")
	printf '%s' "${home:-$ACCOUNT_HOME}"
}

# True where a directory is the home that was made. $1 the record, $2 the directory.
is_made_home() {
	local inode
	inode=$(sed -n 's/^inode //p' "$1")
	[ "$(stat -c %.9W "$2")" = "$(sed -n '1s/^[^ ]* //p' "$1")" ] &&
		[ "$(stat -c %i "$2")" = "${inode:-$(stat -c %i "$2")}" ]
}

# Where a home is on its way out: beside its place, which only root can change. $1 the home.
leaving_home() { printf '%s/.rootless-docker-leaving-%s' "$(dirname "$1")" "${1##*/}"; }

# True where a removal was interrupted after the home had left its place. $1 baseline directory, $2
# the home.
is_leaving() {
	[ -e "$1/leaving" ] && [ -d "$(leaving_home "$2")" ] && is_made_home "$1/made" "$(leaving_home "$2")"
}

# True where this package has removed the home, and the account is the one that it was to remove. $1
# baseline directory.
home_was_removed() {
	local entry
	[ "$(sed -n 1p "$1/leaving" 2>/dev/null)" = moved ] || return 1
	entry=$(sed -n 2p "$1/leaving")
	[ -z "$entry" ] || [ "$entry" = "$(getent passwd "$ACCOUNT")" ]
}

# What has become of an account that was made, where somebody has changed it; nothing where it is as
# it was. A shell, a password or groups are nobody's data, and may change. The account is known. $1
# the record.
account_changed() {
	local why
	why=$(change_of_account "$1")
	[ -n "$why" ] || return 0
	printf '%s' "$why"
	[ ! -e "${1%/*}/leaving" ] || [ ! -e "$(leaving_home "$(made_home "$1")")" ] ||
		printf ' (what an interrupted removal has left of its home is %s)' "$(leaving_home "$(made_home "$1")")"
}

change_of_account() {
	local uid gid home mark
	uid=$(sed -n '1s/ .*//p' "$1")
	gid=$(sed -n 's/^gid //p' "$1")
	mark=$(sed -n 's/^mark //p' "$1")
	home=$(made_home "$1")
	if [ "$ACCOUNT_LOGIN" != "$ACCOUNT" ]; then
		printf 'its name is %s now, and not %s' "$ACCOUNT_LOGIN" "$ACCOUNT"
	elif [ "$uid" != "$ACCOUNT_UID" ] || [ "${gid:-$ACCOUNT_GID}" != "$ACCOUNT_GID" ]; then
		printf 'its ids are %s:%s now, and not %s:%s' "$ACCOUNT_UID" "$ACCOUNT_GID" "$uid" "$gid"
	elif [ "$home" != "$ACCOUNT_HOME" ]; then
		printf 'its home is %s now, and not %s' "$ACCOUNT_HOME" "$home"
	elif [ -n "$mark" ] && ! entries_with_mark "$mark" | grep -q "^$ACCOUNT:"; then
		printf "its comment field is not '%s' any more" "$mark"
	elif [ -h "$home" ]; then
		printf '%s is a link now (to %s), and not the directory that was made' "$home" "$(readlink "$home")"
	elif [ ! -d "$home" ] &&
		{ is_leaving "${1%/*}" "$home" || home_was_removed "${1%/*}"; }; then
		# This package's own removal was interrupted.
		return 0
	elif [ ! -d "$home" ]; then
		printf '%s is gone, or somewhere else' "$home"
	elif ! is_made_home "$1" "$home"; then
		printf '%s is another directory than the one that was made' "$home"
	fi
}

# True where the name is another account's now, and the recorded one has no other. $1 the account,
# which exists or not.
is_another_account() { is_lost_account "$1" && getent passwd "$1" >/dev/null && ! renamed_entry "$1" >/dev/null; }

# Names what is left at a path of an account that is gone: nobody can say any more whose it is. $1
# the path, $2 the account, $3 what of it is there, in words.
stays_of_gone() {
	[ -e "$1" ] || [ -h "$1" ] || return 0
	say "$1 stays${3-}: $(what_became_of "$2"). Remove it by hand when nothing of it is needed"
	return 10
}

# $1 the file, $2 an option of grep's, $3 the text: what is no plain file is not opened.
gone_file_has() { [ -f "$1" ] && printf '%s\n' "$3" | timeout -k 5 20 grep -qsF "$2" -f - -- "$1"; }
