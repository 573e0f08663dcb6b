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
	ACCOUNT_LOGIN=${entry%%:*}
	ACCOUNT_UID=$(entry_field "$entry" 3)
	ACCOUNT_GID=$(entry_field "$entry" 4)
	ACCOUNT_HOME=$(entry_field "$entry" 6)
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

# Where the account comes from, and which file system its home is on, for the way back.
note_account_place() {
	local baseline
	baseline=$(resource_directory account "$ACCOUNT")/baseline
	stop_where_home_is_away "$ACCOUNT"
	mount_place "$ACCOUNT_HOME" | write_record "$baseline/home-place"
	{ cut -d : -f 1 /etc/passwd | grep -qxF -- "$ACCOUNT" || echo yes; } | write_record "$baseline/of-directory"
	# Said of one that was away, and is there.
	rm -f "$baseline/another"
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
			"what was mounted at $(shown_path "$(mounted_at "$(cat "$record")")") at the last up, for what is ours in it" \
			"mount it, then run again; or remove $record, if it is gone for good, or the home has moved"
	: >"$WORK/home-is-there.$1"
}

# Whose a resource is, where it is an account's. $1 kind, $2 its directory.
account_of_resource() {
	case $1 in
	account | linger | subuid | subgid | delegation) resource_name "$2" ;;
	keyfile | currentcontext | userdaemon | usertimer | userunit) resource_name "$2" ;;
	*) cat "$2/baseline/account" 2>/dev/null || true ;;
	esac
}

# Where an account's home was moved, what this package left in it is at its new place. What is at
# its old place still is its own (usermod -d without -m). $1 the account, which is known.
follow_home() {
	local old kind dir name new place told='' same=''
	old=$(recorded_home "$1")
	if [ -z "$old" ] || [ "$old" = "$ACCOUNT_HOME" ]; then return 0; fi
	! as_account test "$old" -ef "$ACCOUNT_HOME" || same=yes
	for dir in "$STATE"/things/homefile/* "$STATE"/things/homedir/* "$STATE"/things/data/*; do
		[ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue
		name=$(resource_name "$dir")
		case $name in "$old"/*) ;; *) continue ;; esac
		# Of somebody else by now it says nothing; nor does another name of the same directory.
		if [ -z "$same" ] && [ "$(stat -c %u "$old" 2>/dev/null)" = "$ACCOUNT_UID" ] &&
			account_has "$name"; then continue; fi
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

# True where the record says that there was no such account. $1 the account.
account_was_absent() {
	local entry
	entry=$(resource_directory account "$1")/baseline/entry
	[ -e "$entry" ] && [ ! -s "$entry" ]
}

# One that was there before and is not now may be again, with what is ours in its home: only an administrator knows
# whether it is gone for good. False where nobody has said so. $1 the account.
away_problem() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	if [ ! -s "$baseline/entry" ] || [ -e "$baseline/another" ] || getent passwd "$1" >/dev/null; then return 0; fi
	problem "account $1" \
		"no such account, which was there before the first up (uid $(recorded_uid "$1"), home $(recorded_home "$1"))" \
		"it, or to know that it is gone for good" \
		"if a directory service or NFS that it comes from is away, see that it is back; \
if somebody has removed it, run 'touch $baseline/another'; then run again"
	return 1
}

# Of one that the machine's own files had, who took it out of them has said so. $1 the account.
stop_where_directory_is_away() {
	[ -s "$(resource_directory account "$1")/baseline/of-directory" ] || return 0
	away_problem "$1" || stop_on_problems
}

# $1 the account, which is not there by its name.
what_became_of() {
	local uid entry=''
	uid=$(recorded_uid "$1")
	[ -z "$uid" ] || entry=$(getent passwd "$uid") || true
	printf 'account %s is gone' "$1"
	[ -z "$entry" ] ||
		printf ', and its uid %s is that of %s by now, with another home (%s)' "$uid" "${entry%%:*}" \
			"$(entry_field "$entry" 6)"
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
	gid=$(record_value gid "$1")
	mark=$(record_value mark "$1")
	home=$(made_home "$1")
	if [ "$ACCOUNT_LOGIN" != "$ACCOUNT" ]; then
		printf 'its name is %s now, and not %s' "$ACCOUNT_LOGIN" "$ACCOUNT"
	elif [ "$uid" != "$ACCOUNT_UID" ] || [ "${gid:-$ACCOUNT_GID}" != "$ACCOUNT_GID" ]; then
		printf 'its ids are %s:%s now, and not %s:%s' "$ACCOUNT_UID" "$ACCOUNT_GID" "$uid" "$gid"
	elif [ "$home" != "$ACCOUNT_HOME" ]; then
		printf 'its home is %s now, and not %s' "$ACCOUNT_HOME" "$home"
	elif [ -n "$mark" ] && ! has_mark "$ACCOUNT" "$mark"; then
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

# Names what is left at a path of an account that is gone: nobody can say any more whose it is. $1
# the path, $2 the account, $3 what of it is there, in words.
stays_of_gone() {
	[ -e "$1" ] || [ -h "$1" ] || return 0
	say "$1 stays${3-}: $(what_became_of "$2"). Remove it by hand when nothing of it is needed"
	return 10
}

# $1 the file, $2 an option of grep's, $3 the text: what is no plain file is not opened.
gone_file_has() { [ -f "$1" ] && printf '%s\n' "$3" | timeout -k 5 20 grep -qsF "$2" -f - -- "$1"; }
