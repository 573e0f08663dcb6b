# shellcheck shell=dash
# Why an account that was made here stays.

# Why an account that was made here stays, or nothing. The same answer for its ids, which are given
# back before it. $1 the account, which is known.
account_stays() {
	local baseline home own
	baseline=$(resource_directory account "$1")/baseline
	[ ! -s "$baseline/entry" ] || return 0
	if [ ! -e "$baseline/made" ] && ! is_created_here "$1"; then return 0; fi
	[ ! -e "$WORK/account-stays.$1" ] || {
		cat "$WORK/account-stays.$1"
		return 0
	}
	if [ -e "$baseline/made" ]; then own=$(account_changed "$baseline/made"); else own=$(change_since_useradd "$1"); fi
	if [ -n "$own" ]; then
		own="$own: remove it by hand when nothing of it is needed"
	elif [ -e "$baseline/since" ]; then
		own="it has $(cat "$baseline/since") since it was made: remove it by hand when nothing of it is needed"
	elif is_login_of_account; then
		own="this run has logged in as it: connect as another user, then run pulumi up with it and destroy again"
	elif own=$(others_of_its_uid) && [ -n "$own" ]; then
		own="$own has its uid $ACCOUNT_UID too: remove by hand the one that is not needed"
	elif has_retained_data "$1"; then
		own="files of its ids are in $(retained_data "$1")"
	elif own=$(places_data_led_to "$1" | shown_paths | some_on_one_line) && [ -n "$own" ]; then
		own="files of its ids are in $own, where its data were: \
move or remove them, then run pulumi up with it and destroy again, or remove the account by hand"
	elif [ -s "$STATE/leases/$LEASE/data-elsewhere" ]; then
		own=$(shown_path "$(cat "$STATE/leases/$LEASE/data-elsewhere")")
		own="files of its ids may be in $own: see whose they are, then remove the account by hand"
	elif own=$(others_below_home) && [ -n "$own" ]; then
		own="others have something below $ACCOUNT_HOME ($own): move that away, then remove the account by hand"
	elif own=$(shared_file_of_ranges) && [ -n "$own" ]; then
		own="$(why_ids_stay "$own"): see what it is and remove it, \
then remove the account by hand"
	elif own=$(file_elsewhere) && [ -n "$own" ]; then
		own="$(why_ids_stay "$own"): move or remove it, then run pulumi up with it and destroy again, \
or remove the account by hand"
	elif own=$(away_below "$1") && [ -n "$own" ]; then
		own="$own: remove it by hand when they are not needed"
	elif own=$(used_elsewhere) && [ -n "$own" ]; then
		own="$own: remove that, then the account by hand"
	elif own=$(line_by_uid | printable) && [ -n "$own" ]; then
		own="$own: remove that line when no file has them, then the account by hand"
	elif own=$(process_of_uid_elsewhere) && [ -n "$own" ]; then
		own="$own: end that, then remove the account by hand"
	elif own=$(odd_spool_file) && [ -n "$own" ]; then
		own="$own: see whose that is and move it away, then remove the account by hand"
	elif { retains_data || [ ! -e "$baseline/made" ]; } && own=$(mount_below "$ACCOUNT_HOME") && [ -n "$own" ]; then
		own="something is mounted at $(shown_path "$own"), where files of it may be"
	elif retains_data || [ ! -e "$baseline/made" ]; then
		own=$(own_files | paste -s -d ' ')
		[ -z "$own" ] ||
			own="with $ACCOUNT_HOME ($(size_of "$ACCOUNT_HOME")): it has files of its own ($own). \
onDestroy.data: Delete removes them too$BY_ANOTHER_UP"
	fi
	# Whole or not at all: an empty one would say that nothing keeps it.
	printf '%s' "$own" >"$WORK/account-stays" && mv "$WORK/account-stays" "$WORK/account-stays.$1"
	printf '%s' "$own"
}

# Of an account whose home was not complete yet. $1 the account, which is known.
change_since_useradd() {
	local home
	home=$(record_value home "$(creating_file "$1")")
	if [ "$ACCOUNT_LOGIN" != "$1" ]; then
		printf 'its name is %s now, and not %s' "$ACCOUNT_LOGIN" "$1"
	elif [ "$ACCOUNT_HOME" != "$home" ]; then
		printf 'its home is %s now, and not %s' "$ACCOUNT_HOME" "$home"
	fi
}

# Before its ids go: what is in the way of the removal of the account and its home is an error.
stop_where_account_cannot_go() {
	local snapshot
	frozen_problem "$(first_frozen /etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/subuid /etc/subgid \
		"$(dirname "$ACCOUNT_HOME")")" "it to be changed, to remove account $ACCOUNT"
	stop_on_problems
	stop_where_mounted_below "$ACCOUNT_HOME"
	[ ! -d "$ACCOUNT_HOME" ] ||
		frozen_problem "$(first_frozen_below "$ACCOUNT_HOME")" "it to be removed with account $ACCOUNT"
	stop_on_problems
	# Root, too, writes to none.
	snapshot=$(first_beneath "$ACCOUNT_HOME" -inum 256 -type d ! -writable -printf '%P\n' -prune | printable)
	[ -z "$snapshot" ] ||
		fail "$ACCOUNT_HOME" "read-only subvolumes of Btrfs in it: $snapshot" "none when it is removed" \
			"keep them elsewhere, or remove them, then run again"
	only_root_leads_to "$ACCOUNT_HOME" ||
		fail "$ACCOUNT_HOME" "that others than root can change what leads to it by now" \
			"a place that only root can change, to remove it from" \
			"remove it by hand, then run again"
}

# True where an account goes that was made here. $1 the account, which is known.
account_goes() {
	local baseline
	baseline=$(resource_directory account "$1")/baseline
	[ -e "$baseline/made" ] && [ ! -s "$baseline/entry" ] && [ -z "$(account_stays "$1")" ]
}

# Only a plain file is opened: a fifo would wait for ever, and a link leads anywhere. Where the
# account may exchange them meanwhile, it looks at them itself. $1 as_root or as_account, $2 path
# below the home.
as_in_skel() {
	local skel=/etc/skel/$2
	if [ -h "$skel" ]; then
		[ "$("$1" readlink "$ACCOUNT_HOME/$2" </dev/null)" = "$(readlink "$skel")" ]
	elif [ -f "$skel" ]; then
		# shellcheck disable=SC2016 # the inner shell expands it
		"$1" timeout -k 5 20 sh -c '[ ! -h "$1" ] && [ -f "$1" ] && cmp -s "$1" -' sh "$ACCOUNT_HOME/$2" <"$skel"
	else
		return 1
	fi
}

# Logins with the account's uid, whose processes and files would go with it.
others_of_its_uid() {
	getent passwd | awk -F : -v uid="$ACCOUNT_UID" -v name="$ACCOUNT_LOGIN" '
		$3 == uid && $1 != name { print $1 }' | paste -s -d ' '
}

# What others have below the account's home: homes of theirs, and files of ids of others, also
# beneath what is mounted over them.
others_below_home() {
	local users groups
	users=$(of_others uid "$ACCOUNT_UID")
	groups=$(of_others gid "$ACCOUNT_GID")
	: >"$WORK/others"
	rm -f "$WORK/find-failed"
	if [ -d "$ACCOUNT_HOME" ]; then
		# shellcheck disable=SC2086 # words
		first_beneath "$ACCOUNT_HOME" -mindepth 1 \
			'(' $users -printf '%P of %u\n' -prune ')' -o \
			'(' $groups -printf '%P of group %g\n' -prune ')' >"$WORK/others"
	fi
	{
		getent passwd | awk -F : -v home="$ACCOUNT_HOME" -v real="$(real_path "$ACCOUNT_HOME")" \
			-v name="$ACCOUNT_LOGIN" '$1 != name && (index($6 "/", home "/") == 1 ||
				index($6 "/", real "/") == 1) { print $6 ", the home of " $1 }'
		shown_paths <"$WORK/others"
		[ ! -e "$WORK/find-failed" ] || printf 'not all can be looked at: %s\n' "$(tail -n 1 "$WORK/find-error")"
	} | some_on_one_line
}

# Units of the machine that run as the account or have its group, loaded or not, and lines of root's files that
# name it and are wrong without it, in words, or nothing.
used_elsewhere() {
	local unit group
	unit=$(unit_that_says '(Socket)?User' "$ACCOUNT_LOGIN" "$ACCOUNT_UID")
	if [ -n "$unit" ]; then
		printf '%s runs a service as it' "$unit"
		return 0
	fi
	group=$(getent group "$ACCOUNT_GID" | cut -d : -f 1)
	unit=$(unit_that_says '((Socket)?Group|SupplementaryGroups)' "${group:-$ACCOUNT_GID}" "$ACCOUNT_GID")
	if [ -n "$unit" ]; then
		printf '%s has its group' "$unit"
		return 0
	fi
	unit=$(files_that_name "$ACCOUNT_LOGIN" "$ACCOUNT_UID" | head -n 1 | printable)
	[ -z "$unit" ] || printf '%s names it' "$unit"
}

# The account's crontab, which the next account of its name would run, and its mail, which useradd makes on some
# systems and that one would read: a path a line, where Debian, cronie (Fedora, Arch) and openSUSE have them. $1 its
# name.
spool_files() {
	local directory
	for directory in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron /var/mail /var/spool/mail; do
		case $directory/$1 in
		/var/spool/cron/crontabs | /var/spool/cron/tabs | /var/spool/cron/at*) continue ;;
		esac
		if [ -e "$directory/$1" ] || [ -h "$directory/$1" ]; then
			printf '%s\n' "$directory/$1"
		fi
	done
}

# One that is not the account's own file, in words: a directory with a file for each message, or what somebody has
# put there. Whose that is nobody can say.
odd_spool_file() {
	spool_files "$ACCOUNT_LOGIN" | while IFS= read -r file; do
		if [ -h "$file" ] || [ ! -f "$file" ]; then
			printf '%s is no file' "$file"
		elif [ "$(stat -c %u "$file")" != "$ACCOUNT_UID" ]; then
			stat -c '%n belongs to %U' "$file"
		else
			continue
		fi
		break
	done
}

# Jobs of at(1) that the account has queued, which would run as the next one with its uid.
at_jobs() {
	find /var/spool/cron/atjobs /var/spool/at /var/spool/atjobs /var/spool/atd -xdev -type f -uid "$ACCOUNT_UID" \
		2>/dev/null || true
}

# What the account has where everybody may put files: the next one with its uid would own them.
temporary_files() {
	# shellcheck disable=SC2086 # a list of paths
	timeout -k 5 20 find $SHARED_PLACES -xdev -mindepth 1 ! -type d ! -type s -uid "$ACCOUNT_UID" 2>/dev/null || true
}

# By the account itself, which reaches nothing of others there.
remove_temporary_files() {
	# shellcheck disable=SC2086 # a list of paths
	as_account find $SHARED_PLACES -xdev -depth -mindepth 1 -uid "$ACCOUNT_UID" -delete 2>/dev/null || true
}

# The account's own files: mail, jobs, temporary ones, and those of its home.
own_files() {
	spool_files "$ACCOUNT_LOGIN" | while IFS= read -r file; do
		[ ! -s "$file" ] || printf '%s\n' "$file"
	done
	at_jobs
	temporary_files | head -n 3 | shown_paths
	own_files_at_home
}

# Files in the account's home that neither /etc/skel nor this package put there: trials of storage drivers, which a
# power failure may leave, are this package's.
own_files_at_home() {
	local reader
	# No name of /etc/skel's has a line break, and the lines of one that has might each be such a
	# name.
	if [ -d "$ACCOUNT_HOME" ] && [ -n "$(find_beneath "$ACCOUNT_HOME" -mindepth 1 -name '*
*' -print -quit 2>/dev/null || echo 'not all can be looked at')" ]; then
		echo "a name with a line break"
		return 0
	fi
	# What an interrupted removal has moved away already.
	[ -d "$ACCOUNT_HOME" ] || return 0
	{
		find_beneath "$ACCOUNT_HOME" -mindepth 1 ! -type d ! -path '*/.rootless-docker-trial.??????/*' \
			-printf '%P\n' 2>/dev/null || echo 'not all can be looked at'
	} |
		while IFS= read -r file; do
			reader=as_account
			# What it cannot exchange it may not be able to read either.
			! only_root_leads_to "$ACCOUNT_HOME/$file" || reader=as_root
			as_in_skel "$reader" "$file" || printf '%s\n' "$(shown_path "$file")"
		done | head -n 3
}
