# shellcheck shell=dash
# Kind account: made where there is none, and removed where it is as it was made.

account_check() { getent passwd "$1" >/dev/null || echo 'no such account'; }

account_save() {
	local kind home=''
	save_entry passwd "$@"
	[ -s "$2/entry" ] || {
		# useradd makes them too.
		missing_parents "$(new_home "$1")" >"$2/parents"
		for kind in uid gid; do id_ranges "$(id_file "$kind")" "$1" '' >"$2/$kind-lines"; done
	}
	# Which directory its home is, wherever somebody moves it; without one nothing.
	[ ! -s "$2/entry" ] || home=$(stat -L -c '%i %.9W' "$(cut -d : -f 6 "$2/entry")" 2>/dev/null) || true
	{ [ -z "$home" ] || printf '%s\n' "$home"; } >"$2/home"
}

# An owner that says that the account is there (create: false) removes none: one that this package made for an earlier
# installation, and kept, counts as found. So does one that somebody has used since. $1 the account.
keep_made_account() {
	local dir kind since=''
	dir=$(resource_directory account "$1")
	if [ ! -e "$dir/baseline/made" ] || ! unclaimed "$dir" || ! know_account "$1"; then return 0; fi
	if [ -e "$dir/baseline/since" ]; then
		since=$(cat "$dir/baseline/since")
	elif may_have_own_daemon; then
		since='had a daemon of its own'
	elif [ -e "$(linger_file "$1")" ] && [ ! -d "$(resource_directory linger "$1")/baseline" ]; then
		since='lingered by itself'
	elif is_account_used_since "$dir/baseline/kept"; then
		since='been used'
	fi
	if [ -n "$since" ]; then
		printf '%s' "$since" | write_record "$dir/baseline/since"
		say "account $1, which this package has made, has $since since: it counts as found," \
			"and stays, whatever onDestroy says"
		for kind in subuid subgid; do
			[ ! -d "$(resource_directory $kind "$1")" ] || forget_resource "$(resource_directory $kind "$1")"
		done
	elif [ "$(doc create)" != false ]; then
		return 0
	fi
	take_as_found "$1"
}

# By its crontab, mail, a job of at(1), a temporary file, or its home. $1 the record of when it was kept.
is_account_used_since() {
	# Version 0.2.0 did not note it.
	[ -e "$1" ] || return 1
	# shellcheck disable=SC2016 # the inner shell expands them
	! {
		spool_files "$ACCOUNT_LOGIN"
		at_jobs
		temporary_files
	} | tr '\n' '\0' | xargs -0 -r sh -c 'record=$1; shift; find "$@" -maxdepth 0 -cnewer "$record"' sh "$1" 2>/dev/null |
		grep -q . || return 0
	[ -d "$ACCOUNT_HOME" ] && is_used_since "$ACCOUNT_HOME" "$1"
}

# The same at the end of an installation that said so last, whoever made the account.
keep_found_account() {
	local name record=$STATE/leases/$LEASE
	[ -s "$record/account-name" ] || return 0
	# What Pulumi knows counts too, where the machine is older. The agent's own removal has no document.
	[ "${DOC:+$(doc create)}" = false ] || grep -qsx 'create: false' "$record/account" || return 0
	name=$(cat "$record/account-name")
	if [ ! -e "$(resource_directory account "$name")/baseline/made" ] || is_lost_account "$name"; then return 0; fi
	take_as_found "$name"
}

# Somebody made it after a run of this package that found none and came no further: it was there
# before. $1 the account.
note_account_of_others() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	if ! account_was_absent "$1" || [ -e "$baseline/made" ] || ! know_account "$1" ||
		is_created_here "$1"; then return 0; fi
	take_as_found "$1"
}

# From here on it was there before: what else is recorded of it says nothing more. $1 the account.
take_as_found() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	account_save "$1" "$WORK"
	write_record "$baseline/home" <"$WORK/home"
	write_record "$baseline/entry" <"$WORK/entry"
	rm -f "$baseline/absent" "$baseline/leaving" "$baseline/made" "$baseline/creating" "$baseline/sealed" \
		"$baseline/ranges" "$baseline/group-ranges" "$baseline/home-moved" "$baseline/named-uid" \
		"$baseline/since" "$baseline/kept"
	sync_directories "$baseline"
}

# What a daemon of its own has made may be anywhere in its home. $1 the account.
note_own_daemon() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	[ ! -e "$baseline/made" ] || echo 'had a daemon of its own' | write_record "$baseline/since"
}

# The account that was kept may be gone by now, and one of the same name may be somebody else's:
# what is remembered of the first is not true of the second.
forget_another_account() {
	local dir
	dir=$(resource_directory account "$1")
	[ -d "$dir/baseline" ] && unclaimed "$dir" || return 0
	if know_account "$1"; then
		if [ -e "$dir/baseline/made" ]; then
			[ -n "$(account_changed "$dir/baseline/made")" ] || return 0
		elif [ -s "$dir/baseline/entry" ] && is_recorded_home "$1" "$ACCOUNT_HOME"; then
			return 0
		fi
	fi
	for dir in "$(resource_directory subuid "$1")" "$(resource_directory subgid "$1")" \
		"$(resource_directory linger "$1")" "$STATE"/things/data/* "$dir"; do
		case $dir in
		"$STATE"/things/data/*) [ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue ;;
		esac
		if [ ! -d "$dir" ] || ! unclaimed "$dir"; then continue; fi
		retire_recorded_range "$dir"
		forget_resource "$dir"
	done
}

# userdel looks at the root of every process: one on a file system of somebody's that answers no more would hold it for
# ever. So it sees none, and has the number of this run there, which its locks tell others: once this run has ended,
# they are nobody's. Nothing of the account's runs by then. $1 the account.
remove_user() {
	local last=/proc/sys/kernel/ns_last_pid
	# shellcheck disable=SC2016 # the inner shell expands them
	if unshare --pid --fork --mount-proc sh -c 'echo 1 >"$1"' sh "$last" 2>/dev/null; then
		without_descriptors unshare --pid --fork --mount-proc \
			sh -c 'echo "$2" >"$1"; userdel "$3"; exit $?' sh "$last" $(($$ - 1)) "$1"
	else
		without_descriptors userdel "$1"
	fi
}

# A useradd that was killed between its files leaves an account without a password's entry or
# without its group, and is done again. Only where the record says that the account was not there
# before.
remove_half_account() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	account_was_absent "$1" || return 0
	if ! know_account "$1"; then
		forget_account_entries "$1"
		[ ! -e "$baseline/leaving" ] || put_lines_back "$1" "$baseline"
	elif [ -e "$baseline/made" ] || ! is_created_here "$1"; then
		return 0
	elif ! getent shadow "$1" >/dev/null || ! getent group "$ACCOUNT_GID" >/dev/null; then
		retire_lines "$baseline"
		stop_on_held_locks
		remove_user "$1" 2>"$WORK/error" ||
			fail "userdel $1" "$(tail -n 1 "$WORK/error")" "what a killed useradd left removed" \
				"remove the account by hand, then run again"
		put_lines_back "$1" "$baseline"
	fi
}

# What a useradd or userdel that was killed leaves in the other files. useradd comes to the group
# after the account, and so does userdel: without an account, a group is ours only where it was our
# own userdel that was killed.
forget_account_entries() {
	local baseline gid
	baseline=$(resource_directory account "$1")/baseline
	gid=$(record_value gid "$baseline/made")
	# Nobody has changed the groups since our userdel began, which was killed before it came to them.
	if [ "$(sed -n 3p "$baseline/leaving" 2>/dev/null)" = "$(stat -c '%i %.9Y' /etc/group)" ] &&
		is_own_group "$1" "$gid"; then
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
	[ -z "$2" ] || [ "$(entry_field "$entry" 3)" = "$2" ]
}

account_restore() {
	local stays
	clear_dead_locks
	[ -e "$2/entry" ] || fail "$2" "no record of whether the account $1 was there before" \
		"it to be there" \
		"remove the account by hand if it is not needed, remove ${2%/*}, then run again"
	if [ -s "$2/entry" ]; then
		# With what says where files of its ids are, and where its home was.
		if [ -n "$(left_places "$1")" ] || [ -d "$(resource_directory subuid "$1")/baseline" ] ||
			[ -d "$(resource_directory subgid "$1")/baseline" ]; then return 10; fi
		return 0
	fi
	know_account "$1" || {
		restore_gone_account "$@"
		return
	}
	[ -e "$2/absent" ] || [ -s "$2/made" ] ||
		fail "$2/entry" "it empty, as a power cut leaves it" \
			"whether the account $1 was there before" \
			"if it was, remove ${2%/*}; if it was not, remove the account by hand, or run pulumi up with a new value of recheck, which takes it for this package's own; then run again"
	if [ ! -e "$2/made" ] && ! is_created_here "$1"; then
		say "account $1 stays: somebody has made it since"
		return 0
	fi
	stays=$(account_stays "$1")
	if [ -n "$stays" ]; then
		say "account $1 stays, with its subordinate ids: $stays"
		return 10
	fi
	loginctl disable-linger "$ACCOUNT" 2>/dev/null || true
	stop_account_processes
	# From here on nothing runs as it: what it wrote while its ids went keeps it, too.
	rm -f "$WORK/account-stays.$1"
	stays=$(account_stays "$1")
	if [ -n "$stays" ]; then
		say "account $1 stays: $stays"
		return 10
	fi
	stop_where_account_cannot_go
	# What is left of it is known by this, where the run is killed.
	if [ ! -e "$2/made" ]; then
		account_made >"$WORK/made"
		write_record "$2/made" <"$WORK/made"
	fi
	clear_keys
	remove_temporary_files
	retire_lines "$2"
	# The home first: once the account is gone, nobody knows any more that it was its own.
	if [ -d "$ACCOUNT_HOME" ] || is_leaving "$2" "$ACCOUNT_HOME"; then
		remove_home "$2" "$ACCOUNT_HOME"
	fi
	remove_home_parents "$2"
	{
		spool_files "$ACCOUNT_LOGIN"
		at_jobs
	} | xargs -d '\n' -r rm -f --
	note_moved "$2"
	stop_on_held_locks
	# userdel complains about a missing mail spool on its stderr, and succeeds.
	remove_user "$1" 2>"$WORK/error" ||
		fail "userdel $1" "$(tail -n 1 "$WORK/error")" "the account removed" "$(userdel_fix "$1")"
	put_lines_back "$@"
	# Where USERGROUPS_ENAB is no, userdel leaves it. One that somebody has as theirs by now is refused.
	! is_own_group "$1" "$ACCOUNT_GID" || groupdel "$1" 2>/dev/null || true
	# From here on a group of that name is another one.
	echo gone | write_record "$2/leaving"
	changed "account $1 and $ACCOUNT_HOME removed"
	say_if_group_stays "$1"
}

# The kernel's keys of a uid outlive its processes: the next account with that uid would have them. keyctl(2):
# KEYCTL_CLEAR is 7, KEYCTL_LINK 8, KEYCTL_GET_PERSISTENT 22; the user's keyring is -4, that of its sessions -5, which
# has a link to the former, and the process's -2.
clear_keys() {
	# shellcheck disable=SC2016 # a program of its own
	as_account perl -e 'my $keyctl = shift or exit;
		my $persistent = syscall($keyctl, 22, -1, -2);
		syscall($keyctl, 7, $_) for -4, -5, $persistent > 0 ? $persistent : ();
		syscall($keyctl, 8, -4, -5);' "$KEYCTL" || true
}

# One that somebody else removed: whose its home is by now nobody can say. $1 the account, $2
# baseline directory.
restore_gone_account() {
	local home path stays=''
	forget_account_entries "$1"
	# Where this package's own userdel was killed.
	[ ! -e "$2/leaving" ] || put_lines_back "$@"
	# Its service manager would be the next one's with its uid.
	userdaemon_of_gone "$1"
	home=$(recorded_home "$1")
	for path in ${home:+"$home" "$(leaving_home "$home")"}; do
		(stays_of_gone "$path" "$1") || stays=yes
	done
	[ -z "$home" ] || keep_from_next_owner "$(leaving_home "$home")"
	remove_home_parents "$2"
	! getent group "$1" >/dev/null ||
		say "group $1 stays: it may be somebody's by now. Remove it with 'groupdel $1' when nobody needs it"
	# Of the next one of this name they are not.
	if [ -n "$stays" ] || has_retained_data "$1"; then return 10; fi
}

# Another one has its name. $1 the account, $2 baseline directory.
account_of_another() {
	local left
	left=$(leaving_home "$(recorded_home "$1")")
	[ -e "$2/leaving" ] || return 0
	name_lines_of_earlier "$@"
	[ -d "$left" ] || return 0
	keep_from_next_owner "$left"
	say "$left stays, for root alone: it is what an interrupted removal has left of the home of the earlier $1." \
		"Remove it by hand when nothing of it is needed"
}

# Who gets the uid next would own what an interrupted removal has left. $1 the directory.
keep_from_next_owner() {
	if [ ! -d "$1" ] || [ -h "$1" ] || ! only_root_leads_to "$1"; then return 0; fi
	chown 0:0 "$1"
	chmod 700 "$1"
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
	if ! group=$(getent group "$1"); then
		# By its number, where somebody renamed it.
		! group=$(getent group "$ACCOUNT_GID") ||
			say "group ${group%%:*} stays: it was the group of $1, and somebody renamed it"
		return 0
	fi
	users=$(
		printf '%s\n' "${group##*:}" | tr , '\n'
		getent passwd | awk -F : -v gid="$(entry_field "$group" 3)" '$4 == gid { print $1 }'
	)
	users=$(printf '%s\n' "$users" | grep . | sort -u | paste -s -d ' ')
	say "group $1 stays: $(if [ -n "$users" ]; then echo "it is a group of $users"; else echo 'userdel has not removed it'; fi). Remove it with 'groupdel $1' when nobody needs it"
}

# Before the ids of an account that goes are given back: what its programs write when they are ended
# is its own, and may keep it. $1 the account.
stop_going_account() {
	if ! know_account "$1" || [ "$ACCOUNT_LOGIN" != "$1" ] || ! account_goes "$1"; then return 0; fi
	stop_account_processes
	rm -f "$WORK/account-stays.$1"
}

stop_account_processes() {
	local tries=0
	stop_service_manager "$ACCOUNT_UID" 2>/dev/null || true
	# It fails where it is started before the packages that it needs are there.
	systemctl reset-failed "user@$ACCOUNT_UID.service" 2>/dev/null || true
	# A login, or a "docker -H ssh://" that has not hung up yet.
	end_all_of_account
	while [ -n "$(echo "Uid: $ACCOUNT_UID 1" | processes_of_ids)" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 50 ] ||
			fail "account $ACCOUNT" \
				"its processes $(echo "Uid: $ACCOUNT_UID 1" | processes_of_ids), which do not end" \
				"none left with its uid, before the next account gets it" "end them, then run again"
		end_all_of_account
		sleep 0.1
	done
}
