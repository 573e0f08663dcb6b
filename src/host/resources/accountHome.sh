# shellcheck shell=dash
# The home of an account that is made here: filled, put back, and removed with it.

# Where useradd will put the home.
new_home() {
	local base
	if has home; then
		doc home
	else
		base=$(sed -n 's/^HOME=//p' /etc/default/useradd 2>/dev/null | tail -n 1)
		printf '%s/%s' "${base:-/home}" "$1"
	fi
}

# The directories that lead to a path and are not there yet, innermost first. $1 the path.
missing_parents() {
	local directory
	directory=$(dirname "$1")
	until [ -d "$directory" ]; do
		printf '%s\n' "$directory"
		directory=$(dirname "$directory")
	done
}

# Which directories they are, once useradd has made them. $1 baseline directory.
note_home_parents() {
	local directory
	if [ -e "$1/parents-made" ] || [ ! -s "$1/parents" ]; then return 0; fi
	while IFS= read -r directory; do
		stat -c '%i %.9W %n' "$directory" 2>/dev/null || true
	done <"$1/parents" >"$WORK/parents-made"
	write_record "$1/parents-made" <"$WORK/parents-made"
}

# True where a directory is not the one that was made. $1 the directory, $2 baseline directory.
is_another_parent() {
	[ -e "$2/parents-made" ] &&
		! grep -qxF -- "$(stat -c '%i %.9W %n' "$1" 2>/dev/null)" "$2/parents-made"
}

# Those that lead to the home, where nothing else is in them. $1 baseline directory.
remove_home_parents() {
	local directory
	[ -s "$1/parents" ] || return 0
	while IFS= read -r directory <&5; do
		if [ -e "$directory" ] && is_another_parent "$directory" "$1"; then
			say "$directory stays: it is another directory than the one that was made for the home of $ACCOUNT"
			break
		fi
		if [ -d "$directory" ] && ! rmdir "$directory" 2>/dev/null; then
			say "$directory stays: it was made for the home of $ACCOUNT, and is not empty"
			break
		fi
	done 5<"$1/parents"
}

# Which account it is that was made, apart from its name: a uid alone is given again to the next
# one. A home is the same by its inode and birth time, which it keeps where a device's number
# changes with a boot. Version 0.1.0 wrote the first line only.
account_made() {
	printf '%s %s\n' "$ACCOUNT_UID" "$(stat -L -c %.9W "$ACCOUNT_HOME" 2>/dev/null || true)"
	printf 'gid %s\ninode %s\nhome %s\n' "$ACCOUNT_GID" \
		"$(stat -L -c %i "$ACCOUNT_HOME" 2>/dev/null || true)" "$ACCOUNT_HOME"
	if is_created_here "$ACCOUNT"; then
		sed -n '1s/^/mark /p' "$(creating_file "$ACCOUNT")"
	else
		sed -n '/^mark /p' "$(resource_directory account "$ACCOUNT")/baseline/made" 2>/dev/null || true
	fi
}

# A useradd that was killed leaves an account without the rest of its home. Once the home is
# complete it is the account's, whatever becomes of it.
finish_home() {
	local baseline
	baseline=$(resource_directory account "$ACCOUNT")/baseline
	if [ -s "$baseline/entry" ]; then return 0; fi
	if [ -s "$baseline/made" ] && [ ! -e "$baseline/leaving" ]; then return 0; fi
	stop_where_home_is_another "$baseline"
	put_home_back "$baseline"
	if [ -e "$baseline/leaving" ] && [ -d "$ACCOUNT_HOME" ] && ! is_made_home "$baseline/made" "$ACCOUNT_HOME"; then
		if is_leaving "$baseline" "$ACCOUNT_HOME"; then
			say \
				"$ACCOUNT_HOME is another directory than the one that an interrupted removal was at: it stays" \
				"as it is, and so does $(leaving_home "$ACCOUNT_HOME"), with what is left of that one"
			return 0
		fi
		[ -z "$(own_files_at_home)" ] || return 0
	fi
	if home_unfinished; then
		fill_home
		changed "$ACCOUNT_HOME made"
	elif [ ! -s "$baseline/made" ]; then
		stop_where_home_has_files
	fi
	# What useradd has written, too: an empty file of a complete home would be the account's own.
	[ ! -d "$ACCOUNT_HOME" ] || sync -f "$ACCOUNT_HOME" 2>/dev/null || sync_host
	note_home_parents "$baseline"
	account_made >"$WORK/made"
	write_record "$baseline/made" <"$WORK/made"
	rm -f "$baseline/leaving" "$baseline/sealed" "$baseline/creating"
}

# True where a part of /etc/skel, or its owner, is missing, and nothing else is there.
home_unfinished() {
	[ ! -h "$ACCOUNT_HOME" ] && only_root_leads_to "$ACCOUNT_HOME" || return 1
	if [ "$(stat -c %u "$ACCOUNT_HOME" 2>/dev/null)" = "$ACCOUNT_UID" ] &&
		[ -z "$(find "$ACCOUNT_HOME" ! -uid "$ACCOUNT_UID" -print -quit)" ] &&
		diff -rq /etc/skel "$ACCOUNT_HOME" >/dev/null; then return 1; fi
	[ -z "$(find "$ACCOUNT_HOME" -mindepth 1 -printf '%P\n' 2>/dev/null | while IFS= read -r file; do
		part_of_skel "$file" || echo more
	done)" ]
}

# A file that was killed while it was copied is empty. One with a second name is not only here.
part_of_skel() {
	if [ ! -d "$ACCOUNT_HOME/$1" ] && [ "$(stat -c %h "$ACCOUNT_HOME/$1")" != 1 ]; then
		return 1
	elif [ -d "$ACCOUNT_HOME/$1" ] && [ ! -h "$ACCOUNT_HOME/$1" ]; then
		[ -d "/etc/skel/$1" ]
	elif [ -f "$ACCOUNT_HOME/$1" ] && [ ! -s "$ACCOUNT_HOME/$1" ]; then
		[ -f "/etc/skel/$1" ]
	else
		as_in_skel as_root "$1"
	fi
}

# Below a directory that the account owns, root writes nothing and gives nothing away: by then
# something else could be in the place of what it looked at.
fill_home() {
	local unread
	if [ ! -d "$ACCOUNT_HOME" ]; then
		mkdir -p "$(dirname "$ACCOUNT_HOME")"
		mkdir -m 700 "$ACCOUNT_HOME"
	elif [ "$(stat -c %u "$ACCOUNT_HOME")" != "$ACCOUNT_UID" ]; then
		find "$ACCOUNT_HOME" -xdev -mindepth 1 -delete
	fi
	chown -h "$ACCOUNT_UID:$ACCOUNT_GID" "$ACCOUNT_HOME"
	# shellcheck disable=SC2016 # the inner shell expands them
	! as_account sh -c 'chmod 700 "$1" && find "$1" -xdev -mindepth 1 ! -uid "$2" -delete &&
		cp -rT --remove-destination /etc/skel "$1"' sh "$ACCOUNT_HOME" "$ACCOUNT_UID" \
		2>"$WORK/error" || return 0
	unread=$(as_account find /etc/skel ! -readable -print -quit 2>/dev/null | printable)
	[ -n "$unread" ] ||
		fail "$ACCOUNT_HOME" \
			"that $ACCOUNT cannot copy /etc/skel to it ($(last_words))" \
			"a home that begins as /etc/skel does" "see what is in its way there, then run again"
	say "$ACCOUNT_HOME is without $unread, which $ACCOUNT cannot read"
}

# Where somebody has given the account another home before its own was complete, or while its removal
# was cut: that one may hold anybody's files, and is not what was made here. $1 baseline directory.
stop_where_home_is_another() {
	local home left
	if [ -s "$1/made" ]; then
		home=$(made_home "$1/made")
	else
		home=$(record_value home "$1/creating")
	fi
	if [ -z "$home" ] || [ "$home" = "$ACCOUNT_HOME" ]; then return 0; fi
	left=$(leaving_home "$home")
	fail "$ACCOUNT_HOME" "it the home of $ACCOUNT now, and not $home, which was made for it and is not complete$(
		[ ! -d "$left" ] || printf ' (what an interrupted removal has left of it is %s)' "$left"
	)" "$home" "set it back with 'usermod -d $home $ACCOUNT', then run again; a destroy leaves the account as it is"
}

# A useradd that was killed copies nothing but /etc/skel.
stop_where_home_has_files() {
	local own
	own=$(own_files_at_home | tr -d '\000-\011\013-\037\177' | paste -s -d ' ')
	[ -z "$own" ] ||
		fail "$ACCOUNT_HOME" "files in it ($own), before it was complete" "a new home, with what is in /etc/skel" \
			"move them away, then run again; a destroy leaves them"
}

# What an interrupted removal has left of the home, in its place again. $1 baseline directory.
put_home_back() {
	local leaving
	leaving=$(leaving_home "$ACCOUNT_HOME")
	if [ ! -e "$ACCOUNT_HOME" ] && [ ! -h "$ACCOUNT_HOME" ] && is_leaving "$1" "$ACCOUNT_HOME"; then
		[ "$(stat -c %u "$leaving")" != 0 ] || seal_tree "$leaving"
		mv -T "$leaving" "$ACCOUNT_HOME"
		sync_directories "$(dirname "$ACCOUNT_HOME")"
		changed "$ACCOUNT_HOME put back, with what an interrupted removal left of it"
	fi
	# Root's top is the last that is given back.
	if [ -s "$1/sealed" ] && [ -d "$ACCOUNT_HOME" ] && [ ! -h "$ACCOUNT_HOME" ] &&
		[ "$(stat -c %u "$ACCOUNT_HOME")" = 0 ] && is_made_home "$1/made" "$ACCOUNT_HOME" &&
		only_root_leads_to "$ACCOUNT_HOME"; then
		unseal_tree "$ACCOUNT_HOME" "$1/sealed"
	fi
}

# Out of its place first: where it is not there and this record says "moved", nobody else has moved
# it. $1 baseline directory, $2 the home.
remove_home() {
	local leaving
	leaving=$(leaving_home "$2")
	if ! is_leaving "$1" "$2"; then
		if [ -e "$leaving" ] || [ -h "$leaving" ]; then
			fail "$leaving" "something there" "nothing, to move $2 there and remove it" \
				"move it away, then run again"
		fi
		echo leaving | write_record "$1/leaving"
		[ ! -d "$2" ] || mv -T "$2" "$leaving"
		sync_directories "$(dirname "$2")"
	fi
	note_moved "$1"
	stop_where_mounted_below "$leaving"
	remove_own_tree "$leaving" "$1/sealed" ||
		fail "$leaving" "that others have files there ($(printable <"$WORK/others-files"))" \
			"nothing of others in it when it is removed" "move them away, then run again"
}

# Before userdel: which account it is about to remove, and how the groups were. $1 baseline
# directory.
note_moved() {
	{
		echo moved
		getent passwd "$ACCOUNT"
		stat -c '%i %.9Y' /etc/group
	} | write_record "$1/leaving"
}
