# shellcheck shell=dash
# account: who runs the daemon, the subordinate ids its containers live on, and its service manager
# without a login.

account_apply() {
	local name
	name=$(doc account)
	account_problems "$name"
	subordinate_id_problems "$name"
	stop_on_problems
	clear_dead_lock
	forget_another_account "$name"
	want account "$name" present
	getent passwd "$name" >/dev/null || create_account "$name"
	know_account "$name"
	finish_home
	want_subordinate_ids
	restart_daemons "its subordinate ids changed" own
	want_linger
	want_authorized_keys
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

account_save() { getent passwd "$1" >"$2/entry" || true; }

# Which account it is, apart from its name: its uid and when its home was made. A uid alone is given
# again to the next account.
account_identity() { printf '%s %s' "$ACCOUNT_UID" "$(stat -L -c %.9W "$ACCOUNT_HOME" 2>/dev/null || true)"; }

# The account that was kept may be gone by now, and one of the same name may be somebody else's: what is
# remembered of the first is not true of the second.
forget_another_account() {
	local dir
	dir=$(thing_directory account "$1")
	[ -d "$dir/baseline" ] && unclaimed "$dir" || return 0
	! know_account "$1" || [ "$(cat "$dir/baseline/made" 2>/dev/null)" != "$(account_identity)" ] || return 0
	for dir in "$(thing_directory subuid "$1")" "$(thing_directory subgid "$1")" "$STATE"/things/data/* "$dir"; do
		case $dir in
		"$STATE"/things/data/*) [ "$(cat "$dir/baseline/account" 2>/dev/null)" = "$1" ] || continue ;;
		esac
		if [ -d "$dir" ] && unclaimed "$dir"; then forget_thing "$dir"; fi
	done
}

unclaimed() { [ -z "$(ls "$1/claims" 2>/dev/null)" ]; }

# A useradd that was killed leaves an account without the rest of its home. Once the home is complete it
# is the account's, whatever becomes of it.
finish_home() {
	local baseline
	baseline=$(thing_directory account "$ACCOUNT")/baseline
	if [ -s "$baseline/entry" ] || [ -e "$baseline/made" ]; then return 0; fi
	if home_unfinished; then
		mkdir -p "$(dirname "$ACCOUNT_HOME")"
		cp -rT /etc/skel "$ACCOUNT_HOME"
		chmod 700 "$ACCOUNT_HOME"
		chown -hR "$ACCOUNT_UID:$ACCOUNT_GID" "$ACCOUNT_HOME"
		changed "$ACCOUNT_HOME made"
	fi
	account_identity >"$baseline/made.new"
	mv "$baseline/made.new" "$baseline/made"
}

# True where a part of /etc/skel, or its owner, is missing, and nothing else is there.
home_unfinished() {
	[ ! -h "$ACCOUNT_HOME" ] || return 1
	if [ "$(stat -c %u "$ACCOUNT_HOME" 2>/dev/null)" = "$ACCOUNT_UID" ] &&
		[ -z "$(find "$ACCOUNT_HOME" ! -uid "$ACCOUNT_UID" -print -quit)" ] &&
		diff -rq /etc/skel "$ACCOUNT_HOME" >/dev/null; then return 1; fi
	[ -z "$(find "$ACCOUNT_HOME" -mindepth 1 -printf '%P\n' 2>/dev/null | while IFS= read -r file; do
		part_of_skel "$file" || echo more
	done)" ]
}

# A file that was killed while it was copied is empty.
part_of_skel() {
	if [ -d "$ACCOUNT_HOME/$1" ] && [ ! -h "$ACCOUNT_HOME/$1" ]; then
		[ -d "/etc/skel/$1" ]
	elif [ -f "$ACCOUNT_HOME/$1" ] && [ ! -s "$ACCOUNT_HOME/$1" ]; then
		[ -f "/etc/skel/$1" ]
	else
		as_in_skel "$1"
	fi
}

# Only a plain file is opened: a fifo would wait for ever, and a link leads anywhere.
as_in_skel() {
	if [ -h "$ACCOUNT_HOME/$1" ]; then
		[ "$(readlink "$ACCOUNT_HOME/$1")" = "$(readlink "/etc/skel/$1")" ]
	else
		[ -f "$ACCOUNT_HOME/$1" ] && cmp -s "$ACCOUNT_HOME/$1" "/etc/skel/$1"
	fi
}

create_account() {
	set -- "$1" --create-home --user-group --shell "$(if has shell; then doc shell; else echo /bin/bash; fi)"
	if has uid; then set -- "$@" --uid "$(doc uid)"; fi
	if has home; then set -- "$@" --home-dir "$(doc home)"; fi
	local name=$1
	shift
	# Without ids of useradd's own choice: they are allocated below, for every account in the same way.
	useradd "$@" -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$name" 2>"$WORK/error" ||
		fail "useradd $name" "$(tail -n 1 "$WORK/error")" "a new account" "mend what useradd says, then run again"
	changed "account $name created"
}

account_restore() {
	clear_dead_lock
	[ -e "$2/entry" ] || fail "$2" "no record of whether the account $1 was there before" "it to be there" "remove the account by hand if it is not needed, remove ${2%/*}, then run again"
	[ ! -s "$2/entry" ] || return 0
	know_account "$1" || return 0
	if [ -e "$2/made" ] && [ "$(cut -d ' ' -f 1 "$2/made")" != "$ACCOUNT_UID" ]; then
		say "account $1 stays: it is another one by now (uid $ACCOUNT_UID) than the one that was created"
		return 0
	fi
	if keep_data && [ -n "$(own_files)" ]; then
		say "account $1 stays, with its subordinate ids and $ACCOUNT_HOME ($(du -sh "$ACCOUNT_HOME" 2>/dev/null | cut -f 1)): it has files of its own ($(own_files | head -n 3 | tr -d '\000-\011\013-\037\177' | paste -s -d ' ')). onDestroy.data: Delete removes them too"
		return 10
	fi
	stop_account_processes
	# The home first: once the account is gone, nobody knows any more that it was its own.
	rm -rf --one-file-system "$ACCOUNT_HOME"
	# userdel complains about a missing mail spool on its stderr, and succeeds.
	userdel "$1" 2>"$WORK/error" ||
		fail "userdel $1" "$(tail -n 1 "$WORK/error")" "the account removed" "end what still runs as $1, then run again"
	changed "account $1 and $ACCOUNT_HOME removed"
}

# What onDestroy.data said when the daemon was last applied; data are kept in doubt.
keep_data() { [ "$(cat "$STATE/leases/$LEASE/on-destroy-data" 2>/dev/null)" != delete ]; }

# Files in the account's home that neither /etc/skel nor this package put there.
own_files() {
	find -H "$ACCOUNT_HOME" -mindepth 1 -xdev ! -type d -printf '%P\n' 2>/dev/null | while IFS= read -r file; do
		as_in_skel "$file" || printf '%s\n' "$file"
	done | head -n 4
}

stop_account_processes() {
	local tries=0
	loginctl disable-linger "$ACCOUNT" 2>/dev/null || true
	systemctl stop "user@$ACCOUNT_UID.service" "user-runtime-dir@$ACCOUNT_UID.service" 2>/dev/null || true
	# A login, or a "docker -H ssh://" that has not hung up yet.
	until [ -z "$(account_processes)" ]; do
		tries=$((tries + 1))
		[ "$tries" -le 50 ] || return 0
		# shellcheck disable=SC2046 # a list of process ids
		kill -KILL $(account_processes) 2>/dev/null || true
		sleep 0.1
	done
}

account_processes() {
	find /proc -maxdepth 1 -name '[0-9]*' -uid "$ACCOUNT_UID" -printf '%f ' 2>/dev/null || true
}

# Ranges of an account as START:COUNT, one a line, by name or by numeric id. $1 file, $2 name, $3 uid.
id_ranges() {
	[ ! -e "$1" ] || awk -F : -v name="$2" -v uid="$3" '
		($1 == name || (uid != "" && $1 == uid)) && $3 > 0 { print $2 ":" $3 }' "$1"
}

id_total() { id_ranges "$@" | awk -F : '{ total += $2 } END { print total + 0 }'; }

# Prints the start of a range of free ids, or nothing. $1 count, $2 wanted start (or empty), $3 where
# the account's own range began (preferred, or empty), $4 next or random, then the id files.
# Taken are all ranges in the files but the account's own, and every user and group id.
free_range() {
	local count=$1 start=$2 prefer=$3 how=$4 own=$5
	shift 5
	{
		cat "$@" 2>/dev/null | awk -F : -v own="$own" '$1 ":" $2 ":" $3 != own'
		getent passwd | awk -F : '{ print "user:" $3 ":1" }'
		getent group | awk -F : '{ print "group:" $3 ":1" }'
	} | sort -t : -k 2,2n | awk -F : -v count="$count" -v start="$start" -v prefer="$prefer" -v how="$how" \
		-v low="$(login_defs SUB_UID_MIN 100000)" -v high="$(login_defs SUB_UID_MAX 600100000)" \
		-v seed="$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" '
		function free(at,   i) {
			if (at + count - 1 > high) return 0
			for (i = 1; i <= n; i++) if (at < from[i] + size[i] && from[i] < at + count) return 0
			return 1
		}
		$3 > 0 { n++; from[n] = $2 + 0; size[n] = $3 + 0 }
		END {
			if (start != "") { high = 4294967294; if (free(start + 0)) print start; exit }
			if (prefer != "" && free(prefer + 0)) { print prefer; exit }
			if (how == "random") {
				srand(seed)
				for (i = 0; i < 200; i++) {
					at = low + int(rand() * int((high - low + 1) / count)) * count
					if (free(at)) { printf "%d\n", at; exit }
				}
			}
			# From 524288 on systemd hands ids to containers: the ids below are taken first.
			if (high > 524287 && low < 524287) { all = high; high = 524287; if (next_free(low)) exit; high = all; low = 524288 }
			next_free(low)
		}
		function next_free(at,   i) {
			if (free(at)) { printf "%d\n", at; return 1 }
			for (i = 1; i <= n; i++) {
				at = from[i] + size[i]
				if (at >= low && free(at)) { printf "%d\n", at; return 1 }
			}
			return 0
		}'
}

login_defs() {
	local value
	value=$(awk -v key="$1" '$1 == key { print $2 }' /etc/login.defs 2>/dev/null | tail -n 1)
	printf '%s' "${value:-$2}"
}

id_file() { printf '/etc/sub%s' "$1"; }

# $1 uid or gid. The range that this package gave the account, NAME:START:COUNT, or nothing.
own_range() {
	cat "$(thing_directory "sub$1" "$ACCOUNT")/baseline/added" 2>/dev/null || true
}

# $1 the account's name, which need not exist yet.
subordinate_id_problems() {
	local kind start
	ACCOUNT=$1
	for kind in uid gid; do
		if enough_ids "$kind" "$(id -u "$1" 2>/dev/null)"; then continue; fi
		start=$(doc "sub${kind}-start")
		[ -z "$(free_range "$(doc "sub$kind")" "$start" "" next "$(own_range "$kind")" "$(id_file "$kind")")" ] || continue
		if [ -n "$start" ]; then
			problem "subordinateIds.${kind}Start" "ids from $start to $((start + $(doc "sub$kind") - 1)) taken in part, by $(overlapping "$kind" "$start")" "$(doc "sub$kind") free ids" "choose another start, or leave the option out for the next free range"
		else
			problem "subordinateIds" "no $(doc "sub$kind") free ids in $(id_file "$kind") between $(login_defs SUB_UID_MIN 100000) and $(login_defs SUB_UID_MAX 600100000)" "one free range for account $1" "remove ranges of accounts that are gone from $(id_file "$kind"), or raise SUB_UID_MAX in /etc/login.defs"
		fi
	done
}

overlapping() {
	awk -F : -v at="$2" -v count="$(doc "sub$1")" -v own="$(own_range "$1")" '
		$1 ":" $2 ":" $3 != own && at < $2 + $3 && $2 < at + count { print $1 " (" $2 " to " $2 + $3 - 1 ")" }' \
		"$(id_file "$1")" 2>/dev/null | paste -s -d , | sed 's/^$/a user or group of this machine/'
}

# $1 uid or gid, $2 the account's uid. True where the account has what was asked for already.
enough_ids() {
	local start count own
	count=$(doc "sub$1")
	start=$(doc "sub$1-start")
	own=$(own_range "$1")
	if [ -n "$start" ]; then
		id_ranges "$(id_file "$1")" "$ACCOUNT" "$2" | awk -F : -v start="$start" -v count="$count" '
			$1 <= start && start + count <= $1 + $2 { found = 1 } END { exit !found }'
	elif [ -n "$own" ] && grep -qxF -- "$own" "$(id_file "$1")"; then
		# Its size follows the setting in both directions.
		[ "${own##*:}" = "$count" ]
	else
		[ "$(id_total "$(id_file "$1")" "$ACCOUNT" "$2")" -ge "$count" ]
	fi
}

subuid_save() { printf '%s' uid >"$2/kind"; }
subgid_save() { printf '%s' gid >"$2/kind"; }
subuid_restore() { remove_own_range "$1" uid; }
subgid_restore() { remove_own_range "$1" gid; }

# The ids stay with the account as long as files in its data are owned by them: the next account must
# not get them.
remove_own_range() {
	local own
	know_account "$1" || return 0
	own=$(own_range "$2")
	[ -n "$own" ] || return 0
	if data_stayed "$1"; then
		say "subordinate ${2}s ${own#*:} stay with account $1, whose data are owned by them"
		return 10
	fi
	lock_id_file "$2"
	delete_range "$2" "$own"
	unlock_id_file "$2"
}

delete_range() {
	grep -qxF -- "$2" "$(id_file "$1")" 2>/dev/null || return 0
	without_line as_root "$(id_file "$1")" "$2" >"$WORK/ids"
	replace_id_file "$1"
	changed "subordinate ${1}s ${2#*:} taken back from $ACCOUNT"
}

# Prints a file without a line. $1 as_root or as_account, $2 file, $3 line.
without_line() {
	local status=0
	"$1" grep -vxF -e "$3" -- "$2" || status=$?
	[ "$status" -le 1 ] ||
		fail "$2" "that it cannot be read" "the file, to take one line out of it" "make it readable, then run again"
}

add_range() {
	{
		[ ! -e "$(id_file "$1")" ] || cat "$(id_file "$1")"
		printf '%s\n' "$2"
	} >"$WORK/ids"
	replace_id_file "$1"
	changed "subordinate ${1}s ${2#*:} given to $ACCOUNT"
}

# Not usermod: before shadow 4.14 it refuses while anything runs as the account.
replace_id_file() {
	write_path as_root "$(id_file "$1")" "$(stat -c %a "$(id_file "$1")" 2>/dev/null || echo 644)" <"$WORK/ids"
}

# A run that was killed while it held the lock leaves it to whoever wants it next, or to nobody.
clear_dead_lock() {
	local lock
	for lock in /etc/subuid.lock /etc/subgid.lock; do
		[ ! -e "$lock" ] || kill -0 "$(cat "$lock")" 2>/dev/null || rm -f "$lock"
	done
	rm -f /etc/subuid.lock.* /etc/subgid.lock.*
}

# The lock that useradd, usermod and userdel take: a link to a file that holds the process id.
lock_id_file() {
	local lock tries=0
	lock=$(id_file "$1").lock
	printf '%s' $$ >"$lock.$$"
	until ln "$lock.$$" "$lock" 2>/dev/null; do
		# As shadow does: a lock of a process that is gone counts for nothing.
		kill -0 "$(cat "$lock" 2>/dev/null || echo $$)" 2>/dev/null || rm -f "$lock"
		tries=$((tries + 1))
		[ "$tries" -le 300 ] || {
			rm -f "$lock.$$"
			fail "$lock" "it held by process $(cat "$lock" 2>/dev/null) for 30 seconds" "it free" "let what changes accounts end, then run again"
		}
		sleep 0.1
	done
	rm -f "$lock.$$"
}
unlock_id_file() { rm -f "$(id_file "$1").lock"; }

want_subordinate_ids() {
	local kind start own count prefer common=''
	for kind in uid gid; do
		count=$(doc "sub$kind")
		want "sub$kind" "$ACCOUNT" "$count"
		if enough_ids "$kind" "$ACCOUNT_UID"; then continue; fi
		lock_id_file "$kind"
		own=$(own_range "$kind")
		start=$(doc "sub$kind-start")
		# One start for both where it is free in both: easier to read in ls -ln.
		prefer=$common
		[ -z "$own" ] || prefer=$(printf '%s' "$own" | cut -d : -f 2)
		start=$(free_range "$count" "$start" "$prefer" \
			"$(doc allocation)" "$own" "$(id_file "$kind")" "$([ -n "$start" ] || echo /etc/subgid)")
		[ -n "$start" ] || {
			unlock_id_file "$kind"
			fail "subordinateIds" "no $count free ids in $(id_file "$kind")" "one free range" "remove ranges of accounts that are gone"
		}
		[ -z "$own" ] || delete_range "$kind" "$own"
		printf '%s:%s:%s' "$ACCOUNT" "$start" "$count" >"$(thing_directory "sub$kind" "$ACCOUNT")/baseline/added"
		add_range "$kind" "$ACCOUNT:$start:$count"
		unlock_id_file "$kind"
		common=$start
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

# Where the account's authorized_keys really is: a link stays one.
keys_file() { as_account realpath -m "$ACCOUNT_HOME/.ssh/authorized_keys"; }

# $1 the file; its new bytes are in $WORK/keys.
write_keys() {
	write_path as_account "$1" "$(as_account stat -c %a "$1" 2>/dev/null || echo 600)" <"$WORK/keys" ||
		fail "$1" "that $ACCOUNT cannot write it" "a file of its own" "let $ACCOUNT write it, then run again"
}

# The file as such, claimed before its keys and so restored after them.
keyfile_save() {
	as_account test -e "$ACCOUNT_HOME/.ssh/authorized_keys" || : >"$2/absent"
	[ "$(as_account tail -c 1 "$ACCOUNT_HOME/.ssh/authorized_keys" 2>/dev/null | wc -l)" = 1 ] || : >"$2/no-newline"
}

keyfile_restore() {
	local keys
	know_account "$1" || return 0
	keys=$(keys_file)
	as_account test -e "$keys" || return 0
	if [ -e "$2/absent" ]; then
		as_account test -s "$keys" || as_account rm -f "$keys"
	elif [ -e "$2/no-newline" ] && [ "$(as_account tail -c 1 "$keys" | wc -l)" = 1 ]; then
		# The first key gave it one.
		as_account truncate -s -1 "$keys"
	fi
}

# The name of the thing: ACCOUNT, a space, the key's line.
authorizedkey_save() {
	printf '%s' "$ACCOUNT" >"$2/account"
	! as_account grep -qxF -- "${1#* }" "$ACCOUNT_HOME/.ssh/authorized_keys" 2>/dev/null || : >"$2/there"
}

authorizedkey_restore() {
	local keys
	[ ! -e "$2/there" ] || return 0
	know_account "$(cat "$2/account")" || return 0
	keys=$(keys_file)
	as_account test -e "$keys" || return 0
	without_line as_account "$keys" "${1#* }" >"$WORK/keys"
	write_keys "$keys"
	changed "one key removed from $keys"
}

want_authorized_keys() {
	local keys key
	has authorized_keys || return 0
	want_home_parents "$ACCOUNT_HOME/.ssh/authorized_keys"
	keys=$(keys_file)
	want keyfile "$ACCOUNT" "with keys"
	{ doc authorized_keys && echo; } >"$WORK/wanted-keys"
	while IFS= read -r key; do
		[ -n "$key" ] || continue
		want authorizedkey "$ACCOUNT $key" present
		! as_account grep -qxF -- "$key" "$keys" 2>/dev/null || continue
		: >"$WORK/keys"
		! as_account test -e "$keys" || as_account awk 1 "$keys" >"$WORK/keys" ||
			fail "$keys" "that $ACCOUNT cannot read it" "a file of its own" "let $ACCOUNT read it, then run again"
		printf '%s\n' "$key" >>"$WORK/keys"
		write_keys "$keys"
		changed "one key added to $keys"
	done <"$WORK/wanted-keys"
}
