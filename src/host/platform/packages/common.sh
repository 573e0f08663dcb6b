# shellcheck shell=dash
# What managers have in common that are not apt.

# Says how it ended in $WORK/manager.log. Another one at work is waited for, 5 minutes at most. $1 a function that
# prints the lock that was found taken, of that log, or nothing; then the command.
run_manager() {
	local taken_lock=$1 tries=0 status lock
	shift
	while :; do
		status=0
		LC_ALL=C "$@" >"$WORK/manager.log" 2>&1 </dev/null || status=$?
		lock=$("$taken_lock")
		if [ "$status" = 0 ] || [ -z "$lock" ]; then return "$status"; fi
		tries=$((tries + 1))
		[ "$tries" != 1 ] || say "waits for another package manager, 5 minutes at most: $lock"
		[ "$tries" -le 300 ] ||
			fail "$PACKAGE_MANAGER" "another package manager at work for 5 minutes: $lock" \
				"it free" "let the other installation end, then run again"
		sleep 1
	done
}

# What has nothing to say or to do with one manager, and has with another.
nothing() { :; }

# With curl, which the managers themselves need. $1 the URL, $2 the file.
curl_file() { curl -fsSL --retry 2 --max-time 600 -o "$2" "$1" >"$WORK/manager.log" 2>&1 </dev/null; }

# $1 the unit.
enable_unit() { systemctl -q enable "$1" 2>/dev/null || true; }
