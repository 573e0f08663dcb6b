# shellcheck shell=dash
# The ids that the account's containers live on: ranges in /etc/subuid and /etc/subgid.

# Ranges of an account as START:COUNT, one a line, by name or by numeric id. $1 file, $2 name, $3 uid.
id_ranges() {
	[ ! -e "$1" ] || awk -F : -v name="$2" -v uid="$3" '
		($1 == name || (uid != "" && $1 == uid)) && $3 > 0 { print $2 ":" $3 }' "$1"
}

id_total() { id_ranges "$@" | awk -F : '{ total += $2 } END { print total + 0 }'; }

# Prints the start of a range of free ids, or nothing. $1 count, $2 wanted start (or empty), $3 where
# the account's own range began (preferred, or empty), $4 next or random, then the id files.
# Taken are all ranges in the files but the account's own, every user and group id, and those that useradd
# and groupadd can give to the next one.
free_range() {
	local count=$1 start=$2 prefer=$3 how=$4 own=$5
	shift 5
	{
		cat "$@" 2>/dev/null | awk -F : -v own="$own" '$1 ":" $2 ":" $3 != own'
		ids_in_use uid | awk -F : '{ print "user:" $2 ":1" }'
		ids_in_use gid | awk -F : '{ print "group:" $2 ":1" }'
	} | sort -t : -k 2,2n | awk -F : -v count="$count" -v start="$start" -v prefer="$prefer" -v how="$how" \
		-v low="$(login_defs SUB_UID_MIN 100000)" -v high="$(login_defs SUB_UID_MAX 600100000)" \
		-v last="$(last_id_of_accounts uid gid)" -v seed="$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" '
		BEGIN { if (low <= last) low = last + 1 }
		function free(at,   i) {
			if (at <= last || at + count - 1 > high) return 0
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
		# Once through all ranges, which are in order: a directory may have very many users.
		function next_free(at,   i) {
			for (i = 1; i <= n && from[i] < at + count; i++)
				if (at < from[i] + size[i]) at = from[i] + size[i]
			if (at + count - 1 > high) return 0
			printf "%.0f\n", at
			return 1
		}'
}

# Users or groups as NAME:ID, one a line. A directory that does not end counts as far as it has come in
# twenty seconds; the machine's own files count whole. $1 uid or gid.
ids_in_use() {
	local database
	for database in passwd group; do
		[ -e "$WORK/directory.$database" ] ||
			timeout -k 5 20 getent "$database" >"$WORK/directory.$database" || true
	done
	if [ "$1" = gid ]; then
		cat /etc/group "$WORK/directory.group" | cut -d : -f 1,3
		# A user's own group may have no name.
		cat /etc/passwd "$WORK/directory.passwd" | cut -d : -f 1,4
	else
		cat /etc/passwd "$WORK/directory.passwd" | cut -d : -f 1,3
	fi | awk -F : '!seen[$2]++'
}

# The highest id that useradd or groupadd gives. $@ uid, gid or both.
last_id_of_accounts() {
	local kind last=0 here
	for kind in "$@"; do
		case $kind in
		uid) here=$(login_defs UID_MAX 60000) ;;
		*) here=$(login_defs GID_MAX 60000) ;;
		esac
		# As shadow does, which takes its own number for what is none.
		case $here in
		'' | *[!0-9]*) here=60000 ;;
		esac
		[ "$here" -le "$last" ] || last=$here
	done
	printf '%s' "$last"
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
		id_file_problems "$kind" || continue
		shared_id_problems "$kind" "$(id -u "$1" 2>/dev/null)"
		unsafe_id_problems "$kind" "$(id -u "$1" 2>/dev/null)" || continue
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

# Lines that overlap, as Docker's setup tool leaves them where two accounts use it: RootlessKit maps all
# lines of its account. $1 uid or gid, $2 the account's uid.
shared_id_problems() {
	local first second
	shared_ids "$@" >"$WORK/shared-ids"
	while read -r first second; do
		problem "subordinateIds" "'$first' and '$second' in $(id_file "$1"), which share ids" "ids of account $ACCOUNT that no other line has: containers on the same ids could change each other's files" "remove one of the two lines (account $ACCOUNT gets a free range if it has too few then), and the files that its containers have made under the old ids"
	done <"$WORK/shared-ids"
}

# Each line of the account, a space, and another line that overlaps it.
shared_ids() {
	[ ! -e "$(id_file "$1")" ] || awk -F : -v name="$ACCOUNT" -v uid="$2" '
		$3 > 0 { n++; line[n] = $0; from[n] = $2; size[n] = $3; own[n] = $1 == name || (uid != "" && $1 == uid) }
		END {
			for (i = 1; i <= n; i++) for (j = 1; own[i] && j <= n; j++)
				if (j != i && !(own[j] && j < i) && from[i] < from[j] + size[j] && from[j] < from[i] + size[i])
					print line[i] " " line[j]
		}' "$(id_file "$1")"
}

# Lines of the account that give its containers the ids of users or groups, which they would be. False
# where there is one. $1 uid or gid, $2 the account's uid.
unsafe_id_problems() {
	local line why last
	last=$(last_id_of_accounts "$1")
	unsafe_ids "$@" "$last" >"$WORK/unsafe-ids"
	while IFS='	' read -r line why; do
		problem "subordinateIds" "'$line' in $(id_file "$1"), $why" \
			"ids above $last that no user or group has" \
			"remove that line (account $ACCOUNT gets a free range if it has too few then), and the files that its containers have made under these ids" \
			"containers could be these users, and change what is theirs"
	done <"$WORK/unsafe-ids"
	[ ! -s "$WORK/unsafe-ids" ]
}

# Each such line, a tab, and what is wrong with it. $1 uid or gid, $2 the account's uid, $3 the last id that
# accounts can have. Strict about numbers: shadow reads 010 as 8, and RootlessKit as 10.
unsafe_ids() {
	local users=users
	[ -f "$(id_file "$1")" ] || return 0
	[ "$1" = uid ] || users=groups
	ids_in_use "$1" >"$WORK/ids-in-use"
	awk -F : -v name="$ACCOUNT" -v uid="$2" -v last="$3" -v users="$users" '
		function is_number(text) { return text ~ /^(0|[1-9][0-9]*)$/ && length(text) <= 10 }
		NR == FNR { n++; owner[n] = $1; id[n] = $2 + 0; next }
		$1 != name && (uid == "" || $1 != uid) { next }
		NF != 3 || !is_number($2) || !is_number($3) || $2 + $3 > 4294967295 {
			print $0 "\twhich is not NAME:FIRST:COUNT with ids of 32 bits"
			next
		}
		$3 + 0 == 0 { next }
		$2 + 0 <= last {
			print $0 "\twith ids up to " last ", which accounts and groups can have (" \
				(users == "users" ? "UID_MAX" : "GID_MAX") " in /etc/login.defs)"
			next
		}
		{
			found = ""
			count = 0
			for (i = 1; i <= n; i++) {
				if (id[i] < $2 + 0 || id[i] >= $2 + $3) continue
				if (++count <= 3) found = found ", " id[i] " (" owner[i] ")"
			}
			if (count > 3) found = found " and " (count - 3) " more"
			if (count) print $0 "\twith ids of " users ": " substr(found, 3)
		}' "$WORK/ids-in-use" "$(id_file "$1")"
}

# Whoever can change the file gives ids to whom it likes, root's too. Read by root, it may not be something
# that never ends either. False where something is wrong. $1 uid or gid.
id_file_problems() {
	local file found
	file=$(id_file "$1")
	found=$(id_link_flaw "$file")
	if [ -z "$found" ] && [ -e "$file" ]; then
		if [ ! -f "$file" ]; then
			found=$(stat -L -c 'it a %F' "$file")
		elif [ -n "$(find -L "$file" -maxdepth 0 '(' ! -uid 0 -o -perm /022 ')')" ]; then
			found=$(stat -L -c 'it a file of %U with mode %a' "$file")
		fi
	fi
	[ -n "$found" ] || return 0
	problem "$file" "$found" "a file that root alone can change, also by way of links" \
		"look at every line in it, then make it one: 'chown root $file && chmod go-w $file', or a copy in place of the link" \
		"whoever can change $file can give itself the ids of root"
	return 1
}

# What is wrong with what leads to a file, or nothing. $1 the file.
id_link_flaw() {
	local target
	target=$(readlink -m "$1")
	if ! only_root_leads_to "$1/."; then
		printf 'it a link that leads to %s by way of what others than root can change' "$target"
	elif [ -h "$target" ] || [ ! -d "$(dirname "$target")" ]; then
		printf 'it a link that leads nowhere'
	fi
}

overlapping() {
	local last
	last=$(last_id_of_accounts uid gid)
	[ "$2" -gt "$last" ] || {
		printf 'accounts and groups up to %s (UID_MAX and GID_MAX in /etc/login.defs)' "$last"
		return 0
	}
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

# The file as such, claimed before the ranges in it and so restored after them.
idfile_save() { [ -e "$1" ] || : >"$2/absent"; }

idfile_restore() {
	local range
	if [ ! -e "$2/absent" ] || [ ! -e "$1" ]; then return 0; fi
	for range in "$STATE"/things/subuid/*/baseline/added "$STATE"/things/subgid/*/baseline/added; do
		# It stays with the data of its account.
		if [ -e "$range" ] && grep -qxF -- "$(cat "$range")" "$1"; then return 10; fi
	done
	# Where it is a link, that was there before.
	[ -s "$1" ] || rm -f "$(readlink -m "$1")"
}

subuid_save() { printf '%s' uid >"$2/kind"; }
subgid_save() { printf '%s' gid >"$2/kind"; }
subuid_restore() { remove_own_range "$1" uid; }
subgid_restore() { remove_own_range "$1" gid; }

# The processes, one a line, that have one of the ids on stdin: 'Uid: START COUNT' or 'Gid: START COUNT'.
processes_of_ids() {
	cat >"$WORK/ids-of-processes"
	cat /proc/[0-9]*/status 2>/dev/null | awk -v ids="$WORK/ids-of-processes" '
		BEGIN { while ((getline <ids) > 0) { n++; kind[n] = $1; from[n] = $2; to[n] = $2 + $3 } }
		$1 == "State:" { dead = $2 == "Z" }
		$1 == "Pid:" { pid = $2 }
		$1 == "Uid:" || $1 == "Gid:" {
			for (i = 1; i <= n && !dead; i++)
				for (j = 2; j <= 5; j++)
					if (kind[i] == $1 && from[i] <= $j && $j < to[i] && !(pid in seen)) { seen[pid]; print pid }
		}' | paste -s -d ' '
}

# What the account has started in a user namespace, by a timer perhaps, goes on without it, and would have the
# next account's ids. By the account, who may end it and nobody else's. $1 uid or gid, $2 NAME:START:COUNT.
end_processes_of_range() {
	local pids tries=0 kind=Uid
	[ "$1" = uid ] || kind=Gid
	while :; do
		pids=$(printf '%s: %s\n' "$kind" "$(printf '%s' "${2#*:}" | tr : ' ')" | processes_of_ids)
		[ -n "$pids" ] || return 0
		tries=$((tries + 1))
		[ "$tries" -le 50 ] ||
			fail "subordinate ${1}s ${2#*:}" "processes of $ACCOUNT that have them ($pids), and do not end" \
				"none left, before the next account gets these ids" "end them, then run again"
		# shellcheck disable=SC2086 # a list of numbers
		as_account kill -KILL $pids 2>/dev/null || true
		sleep 0.1
	done
}

# The ids stay with the account as long as files may be owned by them: the next account must not get
# them.
remove_own_range() {
	local own why
	know_account "$1" || {
		own=$(own_range "$2")
		[ -z "$own" ] || ! grep -qsxF -- "$own" "$(id_file "$2")" ||
			say "'$own' stays in $(id_file "$2"): account $1 is gone, and its files may be somewhere. Remove the line by hand when there are none"
		return 0
	}
	own=$(own_range "$2")
	[ -n "$own" ] || return 0
	why=$(ids_stay "$1")
	if [ -n "$why" ]; then
		say "subordinate ${2}s ${own#*:} stay with account $1: $why"
		return 10
	fi
	end_processes_of_range "$2" "$own"
	lock_id_file "$2"
	# Where the account was renamed, so was perhaps the line.
	grep -qsxF -- "$own" "$(id_file "$2")" || own=$ACCOUNT_LOGIN:${own#*:}
	delete_range "$2" "$own"
	unlock_id_file "$2"
}

delete_range() {
	grep -qxF -- "$2" "$(id_file "$1")" 2>/dev/null || return 0
	without_line as_root "$(id_file "$1")" "$2" >"$WORK/ids"
	replace_id_file "$1"
	changed "subordinate ${1}s ${2#*:} taken back from $ACCOUNT"
}

add_range() {
	{
		[ ! -e "$(id_file "$1")" ] || cat "$(id_file "$1")"
		printf '%s\n' "$2"
	} >"$WORK/ids"
	replace_id_file "$1"
	changed "subordinate ${1}s ${2#*:} given to $ACCOUNT"
}

# Not usermod: before shadow 4.14 it refuses while anything runs as the account. What is a link stays one:
# its file is written in its own directory, at once or not at all, with the owner, mode and attributes that it
# has. Nobody else may write to it afterwards.
replace_id_file() {
	local file new mode=644
	# A mode is put right below, on the way back too.
	if [ -n "$(id_link_flaw "$(id_file "$1")")" ]; then
		unlock_id_file "$1"
		id_file_problems "$1" || stop_on_problems
	fi
	file=$(readlink -m "$(id_file "$1")")
	new=$file.rootless-docker-new
	rm -f "$new"
	if [ -e "$file" ]; then
		cp -a --attributes-only -T "$file" "$new"
		chmod go-w "$new"
		mode=$(stat -c %a "$new")
		cat "$WORK/ids" >"$new"
	else
		(
			umask 022
			cat "$WORK/ids" >"$new"
		)
	fi
	sync "$new"
	mv -fT "$new" "$file"
	sync "$(dirname "$file")"
	[ "$(stat -L -c %a "$(id_file "$1")")" = "$mode" ] ||
		fail "$(id_file "$1")" "mode $(stat -L -c %a "$(id_file "$1")") after it was written" "$mode" "see what changes it, then run again"
}

# What a killed useradd, userdel, groupadd or run of this step leaves beside the files of accounts: locks,
# and files that were being written.
clear_dead_locks() {
	local file lock
	for file in passwd shadow group gshadow subuid subgid; do
		file=/etc/$file
		# Not where there is none: somebody may be taking it right now.
		[ ! -e "$file.lock" ] || lock_is_held "$file.lock" || rm -f "$file+" "$file.lock"
		for lock in "$file".[0-9]* "$file".lock.[0-9]*; do
			[ ! -e "$lock" ] || lock_is_held "$lock" || rm -f "$lock"
		done
	done
}

# True where the process that a lock names holds it. After a boot the number may be another one's: who
# holds a lock was there before it. A clock that was set forward since makes the lock look older than its
# holder, so that this is asked for last.
lock_is_held() {
	local holder boot started
	holder=$(tr -dc 0-9 2>/dev/null <"$1") || true
	[ -n "$holder" ] && [ -e "/proc/$holder/stat" ] || return 1
	# Asked for before this run takes one: its number was another process's then.
	[ "$holder" != $$ ] || return 1
	! changes_accounts "$holder" || return 0
	# proc(5): field 22 is its start, in hundredths of a second after the boot.
	started=$(sed 's/.*) //' "/proc/$holder/stat" 2>/dev/null | cut -d ' ' -f 20)
	boot=$(awk '$1 == "btime" { print $2 }' /proc/stat)
	[ $((boot + ${started:-0} / 100)) -le "$(($(stat -c %Y "$1" 2>/dev/null || echo 0) + 1))" ]
}

# True where a process has open what shadow's programs (lckpwdf(3)) and this agent have open as long as they
# hold such a lock. $1 its number.
changes_accounts() {
	local file
	for file in "/proc/$1/fd"/*; do
		case $(readlink "$file") in
		/etc/.pwd.lock | "$STATE"/locks/*) return 0 ;;
		esac
	done
	return 1
}

# The lock that useradd, usermod and userdel take: a link to a file that holds the process id.
lock_id_file() {
	local lock tries=0
	lock=$(id_file "$1").lock
	printf '%s' $$ >"$lock.$$"
	until ln "$lock.$$" "$lock" 2>/dev/null; do
		# As shadow does: a lock of a process that is gone counts for nothing.
		[ ! -e "$lock" ] || lock_is_held "$lock" || rm -f "$lock"
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
		want idfile "$(id_file "$kind")" present
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
		printf '%s:%s:%s' "$ACCOUNT" "$start" "$count" |
			write_record "$(thing_directory "sub$kind" "$ACCOUNT")/baseline/added"
		add_range "$kind" "$ACCOUNT:$start:$count"
		unlock_id_file "$kind"
		common=$start
	done
}
