# shellcheck shell=dash
# The daemon runs with what it reads, and starts again where that has changed.

# Everything that the daemon reads once, when it starts: its own files, and what it stands on.
daemon_fingerprint() {
	local config=$ACCOUNT_HOME/.config file
	{
		for file in docker/daemon.json docker/environment systemd/user/docker.service; do
			account_file "$config/$file" || true
		done
		daemon_ground
	} | sha256sum | cut -c 1-64
}

# What other steps than its own can change: the engine, its ids, its control groups.
daemon_ground() {
	# shellcheck disable=SC2046 # lists of package names
	daemon_engine $(storage_packages) $(network_packages)
	id_ranges /etc/subuid "$ACCOUNT" "$ACCOUNT_UID"
	id_ranges /etc/subgid "$ACCOUNT" "$ACCOUNT_UID"
	delegated_controllers
}

# Notes what the daemon was started with: the fingerprint of all of it, and of what it stands on. $1
# the daemon's directory, $2 the fingerprint.
note_started() {
	printf '%s\n%s\n' "$2" "$(daemon_ground | sha256sum | cut -c 1-64)" | write_record "$1/started"
}

# True where the daemon was started with something else than there is now, by $2: all of it, or the
# ground that it stands on; or its files, which this run has written, and with which it has to run.
# A start with the same that failed does not count: whoever failed runs again. $1 its directory.
needs_restart() {
	local now ground
	[ "$2" != files ] || daemon_is_up || return 0
	now=$(daemon_fingerprint)
	# The sum of a secret value is no argument of a program.
	if [ "$now" = "$(cat "$1/failed" 2>/dev/null)" ] || [ "$now" = "$(head -n 1 "$1/started")" ]; then return 1; fi
	ground=$(sed -n 2p "$1/started")
	# Version 0.1.1 noted the first line only.
	[ "$2" != ground ] || [ -z "$ground" ] ||
		[ "$ground" != "$(daemon_ground | sha256sum | cut -c 1-64)" ]
}

# What a daemon was started with of that, so that another installation's step need not ask its
# account: the packages, and a hash.
remember_engine() {
	# shellcheck disable=SC2046 # lists of package names
	write_engine "$1" $(storage_packages) $(network_packages)
}

# $1 file, then the packages.
write_engine() {
	local file=$1
	shift
	{
		printf '%s\n' "$*"
		daemon_engine "$@" | sha256sum
	} >"$file.new"
	mv "$file.new" "$file"
}

# True where the engine is another one than the daemon was started with. $1 its directory.
engine_changed() {
	# Started by an earlier version of this package.
	[ -e "$1/engine" ] || return 0
	# shellcheck disable=SC2046 # a list of package names
	[ "$(
		use_engine_of "$(installations_of "$1" | head -n 1)"
		daemon_engine $(head -n 1 "$1/engine") | sha256sum
	)" != "$(tail -n +2 "$1/engine")" ]
}

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
		if [ "$(head -n 1 "$dir/started" 2>/dev/null)" = "$now" ]; then
			! start_and_wait start || return 0
		elif [ "$(cat "$dir/starting" 2>/dev/null)" != "$now" ]; then
			verb=restart
		fi
	fi
	run_daemon_now "$verb" "${1-}"
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

# $1 start or restart, $2 where a start that fails is noted, or nothing.
run_daemon_now() {
	local now since dir
	now=$(daemon_fingerprint)
	dir=$(resource_directory userdaemon "$ACCOUNT")
	since=$(date +%s)
	ask_systemctl reset-failed docker.service 2>/dev/null || true
	# A run that ends before it has seen what is running leaves the next one to start it again.
	[ ! -e "$dir/started" ] || printf 'unknown\nunknown\n' | write_record "$dir/started"
	start_and_wait "$1" "$now" || {
		rm -f "$dir/starting"
		# Its engine has gone meanwhile, by a step that changes the source: the step daemon starts it.
		[ -n "${2-}" ] || has_engine_of_unit || return 0
		[ -z "${2-}" ] || printf '%s\n' "$now" >"$2"
		daemon_failed "$since"
	}
	storage_driver_problems "$(storage_driver)" "$since"
	stop_on_problems
	note_started "$dir" "$now"
	remember_engine "$dir/engine"
	rm -f "$dir/failed" "$dir/starting"
	changed "daemon of $ACCOUNT ${1}ed"
}
