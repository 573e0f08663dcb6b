# shellcheck shell=dash
# account: who runs the daemon, the subordinate ids its containers live on, and its service manager
# without a login.

account_apply() {
	local name
	name=$(doc account)
	clear_dead_locks
	remove_half_account "$name"
	account_problems "$name"
	subordinate_id_problems "$name"
	stop_on_problems
	forget_another_account "$name"
	keep_made_account "$name"
	want account "$name" present
	getent passwd "$name" >/dev/null || create_account "$name"
	know_account "$name"
	follow_home "$name"
	finish_home
	note_home_place
	want_subordinate_ids
	want_resource_controllers
	want_linger
	want_authorized_keys
	# What is dropped goes before the daemon is looked at: it reads both when it starts.
	release_unwanted
	restart_daemons "its subordinate ids or control groups changed" own
	fact account.name "$ACCOUNT"
	fact account.uid "$ACCOUNT_UID"
	fact account.gid "$ACCOUNT_GID"
	fact account.home "$ACCOUNT_HOME"
	fact subordinateIds.uids "$(id_ranges /etc/subuid "$ACCOUNT" "$ACCOUNT_UID" | paste -s -d ,)"
	fact subordinateIds.gids "$(id_ranges /etc/subgid "$ACCOUNT" "$ACCOUNT_UID" | paste -s -d ,)"
}

# $1 the account's name.
account_problems() {
	local there
	if ! getent passwd "$1" >/dev/null; then
		[ "$(doc create)" != false ] ||
			problem "account.create" "no account $1" "it to exist, since account.create is false" "create it, or leave account.create out"
		only_root_leads_to "$(new_home "$1")" ||
			problem "account.home" "that others than root can change what leads to $(new_home "$1")" "a place for a new home that only root can change" "name a directory in a place of root's, such as /home, in account.home"
		[ -z "$(stat -c %u "$(new_home "$1")" 2>/dev/null)" ] ||
			problem "account.home" "something at $(new_home "$1") already" "nothing there, before the account $1 is created" "move it away, or name another directory in account.home"
		! getent group "$1" >/dev/null ||
			problem "account.name" "a group $1 already" "no such group, before the account $1 is created with one of its own" "remove it with 'groupdel $1', or name another account"
		return 0
	fi
	[ "$(id -u "$1")" != 0 ] ||
		problem "account.name" "$1 to be root (uid 0)" "an ordinary account" "name another account"
	there=$(getent passwd "$1")
	differs uid "$(printf '%s' "$there" | cut -d : -f 3)"
	differs home "$(printf '%s' "$there" | cut -d : -f 6)"
	differs shell "$(printf '%s' "$there" | cut -d : -f 7)"
}

# An account that exists keeps what it has: a wish for something else is an error, not an edit.
differs() {
	! has "$1" || [ "$(doc "$1")" = "$2" ] ||
		problem "account.$1" "'$2' at the existing account" "'$(doc "$1")'" "leave account.$1 out, or change the account by hand"
}

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

account_save() {
	save_entry passwd "$@"
	# Which directory its home is, wherever somebody moves it.
	[ ! -s "$2/entry" ] ||
		stat -c '%i %.9W' "$(cut -d : -f 6 "$2/entry")" >"$2/home" 2>/dev/null || true
}

# What the system knows of a name; an empty file where it knows nothing. getent itself does not tell that
# a disk is full: an account that was there before would seem to be this package's. $1 the database, $2
# name, $3 baseline directory.
save_entry() {
	local entry
	entry=$(getent "$1" "$2") || true
	if [ -n "$entry" ]; then printf '%s\n' "$entry" >"$3/entry"; else : >"$3/entry"; fi
	[ -n "$entry" ] || : >"$3/absent"
}

# Which account it is that was made, apart from its name: a uid alone is given again to the next
# one. A home is the same by its inode and birth time, which it keeps where a device's number
# changes with a boot. Version 0.1.0 wrote the first line only.
account_made() {
	printf '%s %s\n' "$ACCOUNT_UID" "$(stat -L -c %.9W "$ACCOUNT_HOME" 2>/dev/null || true)"
	printf 'gid %s\ninode %s\nhome %s\n' "$ACCOUNT_GID" \
		"$(stat -L -c %i "$ACCOUNT_HOME" 2>/dev/null || true)" "$ACCOUNT_HOME"
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

# What has become of an account that was made, where somebody has changed it; nothing where it is as
# it was. A shell, a password or groups are nobody's data, and may change. $1 the record.
account_changed() {
	local uid gid home
	uid=$(sed -n '1s/ .*//p' "$1")
	gid=$(sed -n 's/^gid //p' "$1")
	home=$(made_home "$1")
	if [ "$ACCOUNT_LOGIN" != "$ACCOUNT" ]; then
		printf 'its name is %s now, and not %s' "$ACCOUNT_LOGIN" "$ACCOUNT"
	elif [ "$uid" != "$ACCOUNT_UID" ] || [ "${gid:-$ACCOUNT_GID}" != "$ACCOUNT_GID" ]; then
		printf 'its ids are %s:%s now, and not %s:%s' "$ACCOUNT_UID" "$ACCOUNT_GID" "$uid" "$gid"
	elif [ "$home" != "$ACCOUNT_HOME" ]; then
		printf 'its home is %s now, and not %s' "$ACCOUNT_HOME" "$home"
	elif [ -h "$home" ]; then
		printf '%s is a link now (to %s), and not the directory that was made' "$home" "$(readlink "$home")"
	elif [ ! -d "$home" ] && [ -e "${1%/*}/leaving" ]; then
		# This package's own removal was interrupted after the home.
		return 0
	elif [ ! -d "$home" ]; then
		printf '%s is gone, or somewhere else' "$home"
	elif ! is_made_home "$1" "$home"; then
		printf '%s is another directory than the one that was made' "$home"
	fi
}

# True where the name is another account's now: with another uid, and another home (usermod -u keeps
# that). $1 the account, which exists or not.
is_another_account() {
	local entry uid
	entry=$(getent passwd "$1") || return 1
	uid=$(recorded_uid "$1")
	[ -n "$uid" ] && [ "$(printf '%s' "$entry" | cut -d : -f 3)" != "$uid" ] &&
		! is_recorded_home "$1" "$(printf '%s' "$entry" | cut -d : -f 6)"
}

# Why an account that was made here stays, or nothing. The same answer for its ids, which are given
# back before it. $1 the account, which is known.
account_stays() {
	local baseline home own
	baseline=$(thing_directory account "$1")/baseline
	[ -e "$baseline/made" ] && [ ! -s "$baseline/entry" ] || return 0
	[ ! -e "$WORK/account-stays" ] || {
		cat "$WORK/account-stays"
		return 0
	}
	own=$(account_changed "$baseline/made")
	if [ -n "$own" ]; then
		own="$own: remove it by hand when nothing of it is needed"
	elif data_stayed "$1"; then
		own="files of its ids are in $(stayed_data "$1")"
	elif own=$(others_below_home) && [ -n "$own" ]; then
		own="others have something below $ACCOUNT_HOME ($own): move that away, then remove the account by hand"
	elif keep_data; then
		own=$(own_files | tr -d '\000-\011\013-\037\177' | paste -s -d ' ')
		[ -z "$own" ] ||
			own="with $ACCOUNT_HOME ($(du -sh "$ACCOUNT_HOME" 2>/dev/null | cut -f 1)): it has files of its own ($own). onDestroy.data: Delete removes them too"
	fi
	printf '%s' "$own" | tee "$WORK/account-stays"
}

# An owner that says that the account is there (create: false) removes none: one that this package made
# for an earlier installation, and kept, counts as found. $1 the account.
keep_made_account() {
	local dir
	dir=$(thing_directory account "$1")
	if [ "$(doc create)" != false ] || [ ! -e "$dir/baseline/made" ] || ! unclaimed "$dir" ||
		! getent passwd "$1" >/dev/null; then return 0; fi
	account_save "$1" "$WORK"
	write_record "$dir/baseline/home" <"$WORK/home"
	# From here on it was there before: the rest says nothing more.
	write_record "$dir/baseline/entry" <"$WORK/entry"
	rm -f "$dir/baseline/absent" "$dir/baseline/leaving" "$dir/baseline/made"
	sync_directories "$dir/baseline"
}

# The account that was kept may be gone by now, and one of the same name may be somebody else's: what is
# remembered of the first is not true of the second.
forget_another_account() {
	local dir
	dir=$(thing_directory account "$1")
	[ -d "$dir/baseline" ] && unclaimed "$dir" || return 0
	if know_account "$1" && [ -e "$dir/baseline/made" ] &&
		[ -z "$(account_changed "$dir/baseline/made")" ]; then return 0; fi
	for dir in "$(thing_directory subuid "$1")" "$(thing_directory subgid "$1")" "$STATE"/things/data/* "$dir"; do
		case $dir in
		"$STATE"/things/data/*) [ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue ;;
		esac
		if [ -d "$dir" ] && unclaimed "$dir"; then forget_thing "$dir"; fi
	done
}

# A useradd that was killed between its files leaves an account without a password's entry or without its
# group, and is done again. Only where the record says that the account was not there before.
remove_half_account() {
	local baseline
	baseline=$(thing_directory account "$1")/baseline
	if [ ! -e "$baseline/entry" ] || [ -s "$baseline/entry" ] || [ -e "$baseline/made" ]; then return 0; fi
	if ! know_account "$1"; then
		forget_account_entries "$1"
	elif ! getent shadow "$1" >/dev/null || ! getent group "$ACCOUNT_GID" >/dev/null; then
		userdel "$1" 2>"$WORK/error" ||
			fail "userdel $1" "$(tail -n 1 "$WORK/error")" "what a killed useradd left removed" "remove the account by hand, then run again"
	fi
}

# What a useradd or userdel that was killed leaves in the other files. A group of that name may be
# somebody's.
forget_account_entries() {
	local gid
	gid=$(sed -n 's/^gid //p' "$(thing_directory account "$1")/baseline/made" 2>/dev/null) || true
	if is_own_group "$1" "$gid"; then
		groupdel "$1" 2>"$WORK/error" || say "group $1 stays: $(tail -n 1 "$WORK/error")"
	fi
	if getent shadow "$1" >/dev/null; then pwconv; fi
	if getent gshadow "$1" >/dev/null; then grpconv; fi
}

# $1 the group, $2 the gid that it was made with, if it is known.
is_own_group() {
	local entry
	entry=$(getent group "$1") || return 1
	[ -z "${entry##*:}" ] || return 1
	[ -z "$2" ] || [ "$(printf '%s' "$entry" | cut -d : -f 3)" = "$2" ]
}

# A useradd that was killed leaves an account without the rest of its home. Once the home is complete it
# is the account's, whatever becomes of it.
finish_home() {
	local baseline
	baseline=$(thing_directory account "$ACCOUNT")/baseline
	if [ -s "$baseline/entry" ]; then return 0; fi
	if [ -s "$baseline/made" ] && [ ! -e "$baseline/leaving" ]; then return 0; fi
	if [ -e "$baseline/leaving" ] && [ -d "$ACCOUNT_HOME" ] && ! is_made_home "$baseline/made" "$ACCOUNT_HOME" &&
		[ -n "$(own_files)" ]; then
		# Somebody put it in the place of the one that was being removed.
		return 0
	elif home_unfinished; then
		mkdir -p "$(dirname "$ACCOUNT_HOME")"
		cp -rT /etc/skel "$ACCOUNT_HOME"
		chmod 700 "$ACCOUNT_HOME"
		chown -hR "$ACCOUNT_UID:$ACCOUNT_GID" "$ACCOUNT_HOME"
		changed "$ACCOUNT_HOME made"
	fi
	account_made | write_record "$baseline/made"
	rm -f "$baseline/leaving"
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

# Only a plain file is opened: a fifo would wait for ever, and a link leads anywhere. Where the account may
# exchange them meanwhile, it opens them itself. $1 as_root or as_account, $2 path below the home.
as_in_skel() {
	if [ -h "$ACCOUNT_HOME/$2" ]; then
		[ "$(readlink "$ACCOUNT_HOME/$2")" = "$(readlink "/etc/skel/$2")" ]
	else
		[ -f "$ACCOUNT_HOME/$2" ] && [ -f "/etc/skel/$2" ] &&
			"$1" timeout -k 5 20 cmp -s "$ACCOUNT_HOME/$2" - <"/etc/skel/$2"
	fi
}

create_account() {
	local name=$1
	set -- --create-home --user-group --shell "$(if has shell; then doc shell; else echo /bin/bash; fi)"
	if has home; then set -- "$@" --home-dir "$(doc home)"; fi
	useradd_without_ids "$(doc uid)" "$@" "$name" 2>"$WORK/error" ||
		fail "useradd $name" "$(tail -n 1 "$WORK/error")" "a new account" "mend what useradd says, then run again"
	changed "account $name created"
}

# Without ids of useradd's own choice: they are allocated below, for every account in the same way.
# $1 the uid, or empty, then useradd's arguments.
useradd_without_ids() {
	local uid=$1
	shift
	! useradd ${uid:+--uid "$uid"} -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$@" || return 0
	grep -q 'subordinate user IDs' "$WORK/error" || return 1
	# A count of 0 is an error before shadow 4.9, whose useradd gives none to a uid below UID_MIN.
	[ -n "$uid" ] || uid=$(next_uid)
	useradd --uid "$uid" -K "UID_MIN=$((uid + 1))" "$@"
}

# As useradd chooses: after the highest that is taken.
next_uid() {
	getent passwd | awk -F : -v low="$(login_defs UID_MIN 1000)" -v high="$(login_defs UID_MAX 60000)" '
		$3 >= low && $3 <= high { taken[$3] = 1; if ($3 >= next_one) next_one = $3 + 1 }
		END {
			if (next_one == "") next_one = low
			if (next_one > high) for (next_one = low; next_one in taken; next_one++);
			print next_one
		}'
}

account_restore() {
	local stays
	clear_dead_locks
	[ -e "$2/entry" ] || fail "$2" "no record of whether the account $1 was there before" "it to be there" "remove the account by hand if it is not needed, remove ${2%/*}, then run again"
	[ ! -s "$2/entry" ] || return 0
	know_account "$1" || {
		forget_account_entries "$1"
		# Of the next one of this name they are not.
		! data_stayed "$1" || return 10
		return 0
	}
	[ -e "$2/absent" ] || [ -s "$2/made" ] ||
		fail "$2/entry" "it empty, as a power cut leaves it" "whether the account $1 was there before" "if it was, remove ${2%/*}; if it was not, remove the account by hand, or run pulumi up with a new value of recheck, which takes it for this package's own; then run again"
	stays=$(account_stays "$1")
	if [ -n "$stays" ]; then
		say "account $1 stays, with its subordinate ids: $stays"
		return 10
	fi
	stop_account_processes
	stop_where_mounted_below "$ACCOUNT_HOME"
	only_root_leads_to "$ACCOUNT_HOME" ||
		fail "$ACCOUNT_HOME" "that others than root can change what leads to it by now" "a place that only root can change, to remove it from" "remove it by hand, then run again"
	# A run that comes after one that was killed here must not take the home for moved, nor for made.
	echo leaving | write_record "$2/leaving"
	# The home first: once the account is gone, nobody knows any more that it was its own.
	rm -rf --one-file-system "$ACCOUNT_HOME"
	# userdel complains about a missing mail spool on its stderr, and succeeds.
	userdel "$1" 2>"$WORK/error" ||
		fail "userdel $1" "$(tail -n 1 "$WORK/error")" "the account removed" "$(userdel_fix "$1")"
	changed "account $1 and $ACCOUNT_HOME removed"
	say_if_group_stays "$1"
}

# $1 the account.
userdel_fix() {
	local file holder
	file=$(sed -n 's/.*cannot lock \(\/etc\/[a-z]*\).*/\1/p' "$WORK/error" | tail -n 1)
	if [ -n "$file" ]; then
		holder=$(tr -dc 0-9 2>/dev/null <"$file.lock") || true
		printf 'let what changes accounts end (process %s holds %s.lock), then run again' \
			"${holder:-unknown}" "$file"
	else
		printf 'end what still runs as %s, then run again' "$1"
	fi
}

# userdel leaves the account's group where others need it. $1 its name.
say_if_group_stays() {
	local group users
	group=$(getent group "$1") || return 0
	users=$(
		printf '%s\n' "${group##*:}" | tr , '\n'
		getent passwd | awk -F : -v gid="$(printf '%s' "$group" | cut -d : -f 3)" '$4 == gid { print $1 }'
	)
	users=$(printf '%s\n' "$users" | grep . | sort -u | paste -s -d ' ')
	say "group $1 stays: $(if [ -n "$users" ]; then echo "it is a group of $users"; else echo 'userdel has not removed it'; fi). Remove it with 'groupdel $1' when nobody needs it"
}

# What others have below the account's home: homes of theirs, and files of an id that is neither the
# account's, nor one of its ranges', nor root's. Its ranges are remembered: they go before it does.
others_below_home() {
	local ranges range
	ranges=$(thing_directory account "$ACCOUNT")/baseline/ranges
	{
		cat "$ranges" 2>/dev/null || true
		id_ranges /etc/subuid "$ACCOUNT" "$ACCOUNT_UID"
		own_range uid | cut -d : -f 2-
	} | grep -xE '[1-9][0-9]{0,9}:[1-9][0-9]{0,9}' | sort -u >"$WORK/ranges"
	write_record "$ranges" <"$WORK/ranges"
	set -- ! -uid 0 ! -uid "$ACCOUNT_UID"
	while IFS= read -r range; do
		set -- "$@" ! "(" -uid "+$((${range%:*} - 1))" -uid "-$((${range%:*} + ${range#*:}))" ")"
	done <"$WORK/ranges"
	{
		getent passwd | awk -F : -v home="$ACCOUNT_HOME" -v real="$(realpath -m "$ACCOUNT_HOME")" \
			-v name="$ACCOUNT_LOGIN" '$1 != name && (index($6 "/", home "/") == 1 ||
				index($6 "/", real "/") == 1) { print $6 ", the home of " $1 }'
		find -H "$ACCOUNT_HOME" -mindepth 1 -xdev "$@" -printf '%p of %u\n' -prune 2>/dev/null
	} | head -n 5 | tr -d '\000-\011\013-\037\177' | awk 'NR > 1 { printf "; " } { printf "%s", $0 }'
}

# Files in the account's home that neither /etc/skel nor this package put there.
own_files() {
	local reader=as_account
	# Where it can exchange none of them, it may not be able to read them either.
	! only_root_leads_to "$ACCOUNT_HOME/file" || reader=as_root
	# No name of /etc/skel's has a line break, and the lines of one that has might each be such a name.
	if [ -n "$(find -H "$ACCOUNT_HOME" -mindepth 1 -xdev -name '*
*' -print -quit 2>/dev/null)" ]; then
		echo "a name with a line break"
		return 0
	fi
	find -H "$ACCOUNT_HOME" -mindepth 1 -xdev ! -type d -printf '%P\n' 2>/dev/null | while IFS= read -r file; do
		as_in_skel "$reader" "$file" || printf '%s\n' "$file"
	done | head -n 3
}

stop_account_processes() {
	local tries=0
	loginctl disable-linger "$ACCOUNT" 2>/dev/null || true
	systemctl stop "user@$ACCOUNT_UID.service" "user-runtime-dir@$ACCOUNT_UID.service" 2>/dev/null || true
	# It fails where it is started before the packages that it needs are there.
	systemctl reset-failed "user@$ACCOUNT_UID.service" 2>/dev/null || true
	# A login, or a "docker -H ssh://" that has not hung up yet.
	while [ -n "$(echo "Uid: $ACCOUNT_UID 1" | processes_of_ids)" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 50 ] ||
			fail "account $ACCOUNT" "its processes $(echo "Uid: $ACCOUNT_UID 1" | processes_of_ids), which do not end" \
				"none left with its uid, before the next account gets it" "end them, then run again"
		# By the account: all at once, so that none is born meanwhile, and nobody else's by a number used again.
		as_account sh -c 'kill -KILL -1' 2>/dev/null || true
		sleep 0.1
	done
}

linger_save() { [ ! -e "/var/lib/systemd/linger/$1" ] || : >"$2/on"; }

linger_restore() {
	[ ! -e "$2/on" ] || return 0
	[ -e "/var/lib/systemd/linger/$1" ] || return 0
	# logind does not know an account that was removed by hand.
	if getent passwd "$1" >/dev/null; then
		loginctl disable-linger "$1"
	else
		rm -f "/var/lib/systemd/linger/$1"
	fi
	changed "linger of $1 switched off"
}

want_linger() {
	want linger "$ACCOUNT" on
	[ ! -e "/var/lib/systemd/linger/$ACCOUNT" ] || return 0
	loginctl enable-linger "$ACCOUNT" 2>"$WORK/error" ||
		fail "loginctl enable-linger $ACCOUNT" "$(tail -n 1 "$WORK/error")" "a service manager for $ACCOUNT without a login" "make systemd-logind and dbus run on this host"
	changed "linger of $ACCOUNT switched on"
}
