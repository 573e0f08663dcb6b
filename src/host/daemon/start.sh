# shellcheck shell=dash
# The start of the account's daemon. With many containers to restore, on a slow disk or right after a boot, it
# takes many minutes. So the unit has no limit for it (systemd would end the start, and begin the same one
# anew), and whoever waits for it says what for, and not for ever.

# Seconds after which a start that is still under way is for a person to look at. Another
# installation's daemon is not waited for as long: its account could make that for ever.
start_patience() {
	if [ "$(cat "$STATE/leases/$LEASE/account-name" 2>/dev/null)" = "$ACCOUNT" ]; then
		echo 1200
	else
		echo 300
	fi
}

# Starts the daemon, waits until it is up, and is false where it failed: what systemctl said is in
# $WORK/error then. A start that is under way already is waited for. $1 start or restart, $2 the
# fingerprint that it is started with, where that is to be remembered.
start_and_wait() {
	local verb=$1 slice=10 begun waited status patience end
	patience=$(start_patience)
	begun=$(seconds_since_boot)
	while :; do
		status=0
		ask_for_start "$verb" "$slice" || status=$?
		[ "$status" = 75 ] || return "$status"
		verb=start slice=30
		remember_start "${2-}"
		waited=$(($(seconds_since_boot) - begun))
		[ "$waited" -lt "$patience" ] ||
			still_starting "$((waited / 60)) minutes$(last_said)"
		# Of a restart, the old one ends its containers first.
		end=start
		[ "$(unit_property ActiveState)" != deactivating ] || end='end its containers before it starts anew'
		say "waits for docker.service of $ACCOUNT to $end: $waited s by now$(last_said)"
	done
}

# dockerd ends containers by their own limits, and systemd what is left of them after that of the unit, 480 seconds: who
# waits for a lock of this run waits for ten minutes.
stop_daemon() {
	local begun waited=0 status=75
	begun=$(seconds_since_boot)
	while [ "$status" = 75 ] && [ "$waited" -lt 500 ]; do
		status=0
		ask_for_start stop 30 || status=$?
		waited=$(($(seconds_since_boot) - begun))
		# By a unit that wants docker.service, and starts anew meanwhile.
		[ "$status" != 1 ] || ! grep -q 'docker\.service canceled' "$WORK/error" || {
			status=75
			sleep 1
			continue
		}
		[ "$status" != 75 ] || say "waits for docker.service of $ACCOUNT to end its containers: $waited s by now"
	done
	[ "$status" != 75 ] ||
		fail "docker.service of $ACCOUNT" "that it still ends its containers after 8 minutes" "it stopped" \
			"let it go on, and run again; or end them by 'systemctl stop user@$ACCOUNT_UID.service'"
	[ "$status" = 0 ] || silent_service_manager
}

# Asks systemd for it. Where it is still under way after so many seconds, systemctl is what ends,
# and the status is 75. $1 start, restart or stop, $2 seconds.
ask_for_start() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account_within "$(($2 + 30))" sh -c 'timeout -k 5 "$@" || {
		status=$?
		case $status in
		124 | 137) exit 75 ;;
		*) exit "$status" ;;
		esac
	}' sh "$2" systemctl --user "$1" docker.service 2>"$WORK/error"
}

# For a run that ends before the start does: the next one waits for the same start, and begins none
# anew. Only of a start that systemd knows of. $1 the fingerprint.
remember_start() {
	if [ -n "$1" ] && [ "$(unit_property ActiveState)" = activating ]; then
		printf '%s\n' "$1" >"$(resource_directory userdaemon "$ACCOUNT")/starting"
	fi
}

# $1 after how long.
still_starting() {
	fail "docker.service of $ACCOUNT" "it still starting after $1" "it active" \
		"let it go on (nothing ends it), and run again when 'systemctl --user is-active docker' as \
$ACCOUNT says active; where it gets no further, see 'journalctl --user -u docker' as $ACCOUNT"
}

# What the daemon wrote into its journal last: its own words, of which only the beginning is shown.
last_said() {
	local said
	said=$(journalctl -q --no-pager -b -o cat -n 1 \
		"_UID=$ACCOUNT_UID" _SYSTEMD_USER_UNIT=docker.service 2>/dev/null |
		head -c 4000 | without_secrets | tr -cd ' -~' | cut -c 1-160)
	[ -z "$said" ] || printf '; its last words: %s' "$(words_of_account "$said")"
}
