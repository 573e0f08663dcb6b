# Starts and stops the account's daemon. With many containers to restore, on a slow disk or right
# after a boot, a start takes many minutes. So the unit has no limit for it, and whoever waits says
# what for, and not for ever.

# Has the daemon start, restart or stop, and waits until it has; false if that failed. A start that is
# under way already is waited for. $1 start, restart or stop. At a destroy the wait has an end after two
# minutes, with status 124: the account must not hold others up that wait for this run.
# root as account: systemctl --user start, restart or stop of docker.service. In slices of time, with progress.
start_or_stop_daemon() {
	local verb=$1 slice=10 waited=0 most=1200 status
	if [ "$VERB" = revert ]; then most=120; fi
	if [ "$verb" = restart ]; then wait_for_start; fi
	while :; do
		status=0
		as_account_within "$slice" sh -c "$TELL_DAEMON_SH" sh "$verb" </dev/null >/dev/null ||
			status=$?
		if [ "$status" != 124 ]; then return "$status"; fi
		waited=$((waited + slice))
		if [ "$waited" -ge "$most" ]; then
			if [ "$VERB" = revert ]; then return 124; fi
			fail "docker.service of $ACCOUNT" "it did not $1 within $((waited / 60)) minutes" '' \
				"let it continue (nothing stops it), and run again when it is done; if it makes no \
progress, see 'journalctl --user -u docker' as $ACCOUNT"
		fi
		say "waits for docker.service of $ACCOUNT to $1: $waited s so far"
		# A restart that was asked for goes on; asked again it would begin anew.
		if [ "$verb" = restart ]; then verb=start; fi
		slice=30
	done
}

# A restart in the middle of a start can leave RootlessKit hanging: the start ends before.
wait_for_start() {
	if [ "$(ask_systemctl is-active docker.service)" = activating ]; then
		start_or_stop_daemon start || true
	fi
}

# Stops the daemon and the prune timer, and waits: what they use may be removed then. What the account
# has put in the way of that ends, too: first all processes of the daemon, then its service manager.
stop_daemon() {
	local was_up=''
	if ! service_manager_runs; then return 0; fi
	if daemon_is_up; then was_up=yes; fi
	start_or_stop_daemon stop || stop_daemon_by_force
	if [ -n "$was_up" ]; then changed "daemon of $ACCOUNT stopped"; fi
}

# An order that waits for a stop ends with it. Programs that the unit starts after its end are killed,
# too: so there are several tries.
# root as account: systemctl --user stop of docker.service, once its processes were killed.
stop_daemon_by_force() {
	local tries=0
	say "docker.service of $ACCOUNT does not stop ($(last_words)), so root kills its processes"
	while [ "$tries" -lt 3 ]; do
		kill_group_of_account docker.service
		if as_account_within 10 sh -c "$TELL_DAEMON_SH" sh stop </dev/null >/dev/null; then
			return 0
		fi
		tries=$((tries + 1))
	done
	say "the service manager of $ACCOUNT still does not stop it ($(last_words)), so root" \
		"ends user@$ACCOUNT_UID.service with everything that it runs for $ACCOUNT"
	end_service_manager
}
