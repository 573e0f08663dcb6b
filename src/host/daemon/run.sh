# shellcheck shell=dash
# The daemon runs with what it reads, and starts again where that has changed.

# Starts the daemon, or restarts it where what it reads is not what it was started with. Where it
# fails, that is noted: this step runs again then, and no other one has to say the same.
run_daemon() {
	hold_daemon
	start_daemon "$(resource_directory userdaemon "$ACCOUNT")/failed"
	release_daemon
}

# Not in the middle of an installation; and steps that run side by side would restart it one after
# the other. Nobody else waits for the account then: an installation is waited for, and not held up.
hold_daemon() {
	hold_packages
	release_packages
	exec 7>"$STATE/locks/daemon.$ACCOUNT"
	flock -n 7 || flock -w 600 7 ||
		fail "$STATE/locks/daemon.$ACCOUNT" "it held for 10 minutes by another run" "it free" \
			"see what holds it with 'fuser $STATE/locks/daemon.$ACCOUNT' and let it end"
}

release_daemon() { exec 7>&-; }

# $1 where a start that fails is noted, or nothing.
start_daemon() {
	local verb=start now dir
	now=$(daemon_fingerprint)
	dir=$(resource_directory userdaemon "$ACCOUNT")
	if daemon_is_up; then
		if runs_with_other_files "$dir"; then
			verb=restart
		elif [ "$(head -n 1 "$dir/started" 2>/dev/null)" = "$now" ]; then
			! start_and_wait start || return 0
		elif [ "$(cat "$dir/starting" 2>/dev/null)" != "$now" ]; then
			verb=restart
		fi
	fi
	run_daemon_now "$verb" "$now" "${1-}"
}

# The program that the account's unit starts.
unit_start() {
	account_file "$ACCOUNT_HOME/.config/systemd/user/docker.service" |
		sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' | tail -n 1
}

# True where the unit is of an engine that is there: one of another source is the step daemon's to
# write.
has_engine_of_unit() {
	local start
	start=$(unit_start)
	[ -z "$start" ] || account_has "$start"
}

# $1 start or restart, $2 the fingerprint, $3 where a start that fails is noted, or nothing.
run_daemon_now() {
	local since dir driver
	dir=$(resource_directory userdaemon "$ACCOUNT")
	since=$(date +%s)
	ask_systemctl reset-failed docker.service 2>/dev/null || true
	# A run that ends before it has seen what is running leaves the next one to start it again.
	[ ! -e "$dir/started" ] || printf 'unknown\nunknown\n' | write_record "$dir/started"
	start_and_wait "$1" "$2" || {
		rm -f "$dir/starting"
		# Its engine has gone meanwhile, by a step that changes the source: the step daemon starts it.
		[ -n "$3" ] || has_engine_of_unit || return 0
		[ -z "$3" ] || printf '%s\n' "$2" >"$3"
		daemon_failed "$since"
	}
	driver=$(storage_driver)
	[ -n "$driver" ] || daemon_failed "$since"
	storage_driver_problems "$driver"
	stop_on_problems
	note_started "$dir" "$2"
	remember_engine "$dir/engine"
	rm -f "$dir/failed" "$dir/starting"
	changed "daemon of $ACCOUNT ${1}ed"
}
