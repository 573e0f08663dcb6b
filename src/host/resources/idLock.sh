# shellcheck shell=dash
# The locks of the files that hold accounts and ids.

# What a killed useradd, userdel, groupadd or run of this step leaves beside the files of accounts, a package's too:
# locks, and files that were being written.
clear_dead_locks() {
	local file lock
	for file in passwd shadow group gshadow subuid subgid; do
		file=/etc/$file
		# Where there is no lock somebody may be taking it right now; but at a boot systemd-tmpfiles removes locks,
		# and not what was being written.
		if [ -e "$file.lock" ]; then
			lock_is_held "$file.lock" || rm -f "$file+" "$file.lock"
		elif [ -e "$file+" ] && [ "$file+" -ot /run/systemd/system ]; then
			rm -f "$file+"
		fi
		for lock in "$file".[0-9]* "$file".lock.[0-9]*; do
			! is_account_lock "$lock" || lock_is_held "$lock" || rm -f "$lock"
		done
	done
}

# True where a file beside one of accounts holds the number of the process that its own name ends in, or nothing yet:
# somebody's copy may end in a number, too.
is_account_lock() {
	local number
	if [ -h "$1" ] || [ ! -f "$1" ] || [ "$(stat -c %s "$1")" -gt 12 ]; then return 1; fi
	# No process has a number of eight digits, as a date has: PID_MAX_LIMIT of the kernel is 4194304.
	case ${1##*.} in ????????*) return 1 ;; esac
	number=$(tr -d '\000\n' <"$1")
	[ -z "$number" ] || [ "$number" = "${1##*.}" ]
}

# A userdel that sees no other process takes their locks for nobody's.
stop_on_held_locks() {
	local file
	for file in passwd shadow group gshadow subuid subgid; do
		file=/etc/$file.lock
		if [ ! -e "$file" ] || ! lock_is_held "$file"; then continue; fi
		fail "$file" "it held by process $(cat "$file" 2>/dev/null)" "it free" \
			"let what changes accounts end, then run again"
	done
}

# True where the process that a lock names holds it. After a boot the number may be another one's:
# who holds a lock was there before it. A clock that was set forward since makes the lock look older
# than its holder, so that this is asked for last.
lock_is_held() {
	local holder boot started
	holder=$(tr -dc 0-9 2>/dev/null <"$1") || true
	[ -n "$holder" ] && [ -e "/proc/$holder/stat" ] || return 1
	# Asked for before this run takes one: its number was another process's then.
	[ "$holder" != $$ ] || return 1
	# passwd(1) and its like are set-uid: a user's own program changes none of these files.
	grep -qs '^Uid:	[0-9]*	0	' "/proc/$holder/status" || return 1
	! changes_accounts "$holder" || return 0
	# proc(5): field 22 is its start, in hundredths of a second after the boot.
	started=$(sed 's/.*) //' "/proc/$holder/stat" 2>/dev/null | cut -d ' ' -f 20)
	boot=$(awk '$1 == "btime" { print $2 }' /proc/stat)
	[ $((boot + ${started:-0} / 100)) -le "$(($(stat -c %Y "$1" 2>/dev/null || echo 0) + 1))" ]
}

# True where a process has open what shadow's programs (lckpwdf(3)) and this agent have open as long
# as they hold such a lock. $1 its number.
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
			fail "$lock" "it held by process $(cat "$lock" 2>/dev/null) for 30 seconds" "it free" \
				"let what changes accounts end, then run again"
		}
		sleep 0.1
	done
	rm -f "$lock.$$"
}

unlock_id_file() { rm -f "$(id_file "$1").lock"; }
