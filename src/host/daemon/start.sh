# shellcheck shell=dash
# Starts and stops the account's daemon. With many containers to restore, on a slow disk or right
# after a boot, a start takes many minutes. So the unit has no limit for it, and whoever waits says
# what for, and not for ever.

# Starts the daemon, waits until it is up, and is false where it failed. A start that is under way
# already is waited for. $1 start or restart.
start_and_wait() {
	local verb=$1 slice=10 waited=0 status
	# A restart in the middle of a start can leave RootlessKit hanging: the start ends before.
	[ "$verb" = start ] || [ "$(unit_property ActiveState)" != activating ] ||
		start_and_wait start || true
	while :; do
		status=0
		# shellcheck disable=SC2016 # the inner shell expands it
		as_account_within "$slice" sh -c 'systemctl --user reset-failed docker.service 2>/dev/null
			exec systemctl --user "$1" docker.service' sh "$verb" </dev/null || status=$?
		[ "$status" = 124 ] || return "$status"
		waited=$((waited + slice))
		[ "$waited" -lt 1200 ] || fail "docker.service of $ACCOUNT" \
			"it still starting after $((waited / 60)) minutes$(last_said)" "it active" \
			"let it go on (nothing ends it), and run again when it is; where it gets no further, \
see 'journalctl --user -u docker' as $ACCOUNT"
		say "waits for docker.service of $ACCOUNT to $verb: $waited s by now$(last_said)"
		# A restart that was asked for goes on; asked again it would begin anew.
		verb=start slice=30
	done
}

# Stops the daemon and the prune timer, and returns when they have ended: what they use may be
# removed then. dockerd ends containers by their own limits, and systemd what is left after that of
# the unit, 480 seconds.
stop_daemon() {
	local waited=0 status was
	service_manager_runs || return 0
	while :; do
		status=0
		# Stopping what is not loaded fails. An answer other than these may hide a daemon that
		# writes.
		# shellcheck disable=SC2016 # the inner shell expands it
		was=$(as_account_within 30 sh -c 'systemctl --user is-active docker.service
			systemctl --user stop docker-prune.timer docker-prune.service docker.service
			case $(systemctl --user is-active docker.service) in
			inactive | failed | unknown) ;;
			*) exit 1 ;;
			esac' </dev/null) || status=$?
		case $status-$was in
		0-active) changed "daemon of $ACCOUNT stopped" ;;
		0-* | 124-*) ;;
		*) silent_service_manager ;;
		esac
		[ "$status" != 0 ] || return 0
		waited=$((waited + 30))
		[ "$waited" -lt 510 ] || fail "docker.service of $ACCOUNT" \
			"that it still ends its containers after 8 minutes" "it stopped" \
			"let it go on, and run again; or end them by 'systemctl stop user@$ACCOUNT_UID.service'"
		say "waits for docker.service of $ACCOUNT to end its containers: $waited s by now"
	done
}

# What the daemon wrote into its journal last: its own words, of which only the beginning is shown.
last_said() {
	local said
	said=$(journalctl -q --no-pager -b -o cat -n 1 \
		"_UID=$ACCOUNT_UID" _SYSTEMD_USER_UNIT=docker.service 2>/dev/null |
		head -c 4000 | without_secrets | tr -cd ' -~' | cut -c 1-160)
	[ -z "$said" ] || printf '; its last words: %s' "$(words_of_account "$said")"
}
