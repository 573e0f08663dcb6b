# shellcheck shell=dash
# Whose an account is: what was recorded of it, and which one that is now.

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

# What the comment field of an account that was made here holds: nobody else's has the same. Nothing
# where version 0.1 made it, or it was there before. $1 the account.
recorded_mark() {
	local mark
	mark=$(record_value mark "$(resource_directory account "$1")/baseline/made")
	[ -n "$mark" ] || mark=$(sed -n 1p "$(creating_file "$1")" 2>/dev/null) || true
	printf '%s' "$mark"
}

# The mark of an account that useradd was begun for, then its home. $1 the account.
creating_file() { printf '%s/baseline/creating' "$(resource_directory account "$1")"; }

# Lines of passwd(5) with a mark. The account itself may write what comes after a comma. $1 the mark.
entries_with_mark() {
	[ -z "$1" ] || awk -F : -v mark="$1" '{ comment = $5; sub(/,.*/, "", comment) } comment == mark' /etc/passwd
}

# $1 a login, $2 the mark.
has_mark() { entries_with_mark "$2" | cut -d : -f 1 | grep -qxF -- "$1"; }

# True where useradd has made the account for this package, whatever came after that. It is known. $1
# the account.
is_created_here() { has_mark "$ACCOUNT_LOGIN" "$(sed -n 1p "$(creating_file "$1")" 2>/dev/null)"; }

# True where a directory is the home that was recorded, wherever it is now. $1 the account, $2 the
# directory.
is_recorded_home() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	[ -d "$2" ] || return 1
	# Version 0.1 wrote down the link where there is one.
	if { stat -L -c '%i %.9W' "$2" && stat -c '%i %.9W' "$2"; } |
		grep -qsxFf - -- "$baseline/home" "$baseline/home-moved"; then return 0; fi
	[ ! -h "$2" ] && [ -s "$baseline/made" ] && is_made_home "$baseline/made" "$2"
}

# $1 the record. Where the home was made.
made_home() {
	local home
	home=$(record_value home "$1")
	printf '%s' "${home:-$ACCOUNT_HOME}"
}

# True where a directory is the home that was made. $1 the record, $2 the directory.
is_made_home() {
	local inode
	inode=$(record_value inode "$1")
	[ "$(stat -c %.9W "$2")" = "$(sed -n '1s/^[^ ]* //p' "$1")" ] &&
		[ "$(stat -c %i "$2")" = "${inode:-$(stat -c %i "$2")}" ]
}

# True where a line of passwd(5) is that of the account that was recorded, and not of somebody who
# got its name, its uid or the path of its home since. One without a mark whose home is another one
# is taken for it by name and uid: no run begins where that is not sure. $1 the account, $2 the line.
is_recorded_account() {
	local baseline mark home uid
	baseline=$(resource_directory account "$1")/baseline
	mark=$(recorded_mark "$1")
	uid=$(entry_field "$2" 3)
	home=$(entry_field "$2" 6)
	if [ -n "$mark" ] && entries_with_mark "$mark" | grep -qxF -- "$2"; then
		if [ "${2%%:*}" = "$1" ] || [ "$uid" = "$(recorded_uid "$1")" ]; then return 0; fi
		[ "$home" = "$(record_value home "$baseline/creating")" ] || is_recorded_home "$1" "$home"
		return
	fi
	[ -z "$(entries_with_mark "$mark")" ] || return 1
	if [ -z "$mark" ] && [ "${2%%:*}" = "$1" ] && [ "$uid" = "$(recorded_uid "$1")" ] &&
		[ ! -e "$baseline/another" ]; then return 0; fi
	# Last: a file system of the account's own, or of a server's, may not answer.
	is_recorded_home "$1" "$home"
}

# What the system knows of an account under its new name. $1 the account's recorded name.
renamed_entry() {
	local entry
	while IFS= read -r entry <&4; do
		if [ -z "$entry" ] || ! is_recorded_account "$1" "$entry"; then continue; fi
		printf '%s\n' "$entry"
		return 0
	done 4<<ENTRIES
$(entries_like_recorded "$1")
ENTRIES
	return 1
}

# Lines of passwd(5) with the recorded mark or uid. $1 the account's recorded name.
entries_like_recorded() {
	local uid
	uid=$(recorded_uid "$1")
	entries_with_mark "$(recorded_mark "$1")"
	[ -z "$uid" ] || getent passwd "$uid" || true
}

# True where there is no such account any more, or another one. $1 the account.
is_lost_account() {
	local entry
	[ -n "$(recorded_uid "$1")" ] || return 1
	entry=$(getent passwd "$1") || return 0
	! is_recorded_account "$1" "$entry"
}

# True where the name is another account's now, and the recorded one has no other. $1 the account,
# which exists or not.
is_another_account() { is_lost_account "$1" && getent passwd "$1" >/dev/null && ! renamed_entry "$1" >/dev/null; }

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
		if unclaimed "$dir" || [ "$name" = "$1" ] ||
			! entries_like_recorded "$name" | cut -d : -f 1 | grep -qxF -- "$1"; then continue; fi
		# Another one may have the recorded name by now.
		if entry=$(getent passwd "$name") && is_recorded_account "$name" "$entry"; then continue; fi
		entry=$(renamed_entry "$name") || continue
		[ "${entry%%:*}" = "$1" ] || continue
		printf '%s' "$name"
		return 0
	done
}

# $1 the account, $2 its line of passwd(5).
is_unsure() {
	local baseline home
	baseline=$(resource_directory account "$1")/baseline
	home=$(entry_field "$2" 6)
	# A home that was never there, or an earlier version's record, says nothing; and of one that version
	# 0.1 made nothing was there before that could come to somebody else.
	if [ ! -s "$baseline/entry" ] || [ ! -s "$baseline/home" ]; then return 1; fi
	! is_recorded_home "$1" "$home" && is_recorded_account "$1" "$2" &&
		! is_not_mounted "$(cat "$baseline/home-place" 2>/dev/null)"
}

# Ends the run where an account has the recorded name and uid, and another home or none: it may be the
# same one, whose home was moved, restored or lost, or somebody's who was given both. A file that it has says
# nothing: it can have any.
stop_where_accounts_are_unsure() {
	local dir name entry home baseline same
	for dir in "$STATE"/things/account/*; do
		is_claimed_by "$LEASE" "$dir/claims" || continue
		name=$(resource_name "$dir")
		entry=$(getent passwd "$name") || continue
		is_unsure "$name" "$entry" || continue
		home=$(entry_field "$entry" 6)
		baseline=$dir/baseline
		same="stat -L -c \"%i %.9W\" $home >$baseline/home-moved"
		[ -d "$home" ] || same=": >$baseline/home"
		fail "account $name" \
			"$home as its home, which is not the directory that was recorded ($(recorded_home "$name"))" \
			"to know whether it is still the same account" \
			"if it is, and its home was moved, restored or lost, run '$same'; \
if somebody has made it anew, run 'touch $baseline/another'; then run again"
	done
}
