# Starts and stops the account's daemon. With many containers to restore, on a slow disk or right
# after a boot, a start takes many minutes. So the unit has no limit for it, and whoever waits says
# what for, and not for ever.

# Has the daemon start, restart or stop, and waits until it has; false if that failed. A start that is
# under way already is waited for. $1 start, restart or stop. At a destroy the wait has an end after two
# minutes, with status 124: the account must not hold others up that wait for this run.
have_daemon() {
	local verb=$1 slice=10 waited=0 most=1200 status
	[ "$VERB" != revert ] || most=120
	# A restart in the middle of a start can leave RootlessKit hanging: the start ends before.
	[ "$verb" != restart ] || [ "$(ask_systemctl is-active docker.service)" != activating ] ||
		have_daemon start || true
	while :; do
		status=0
		as_account_within "$slice" sh -c "$TELL_DAEMON_SH" sh "$verb" </dev/null >/dev/null ||
			status=$?
		[ "$status" = 124 ] || return "$status"
		waited=$((waited + slice))
		if [ "$waited" -ge "$most" ]; then
			[ "$VERB" != revert ] || return 124
			fail "docker.service of $ACCOUNT" "that it did not $1 within $((waited / 60)) minutes" \
				"it to $1" "let it go on (nothing ends it), and run again when it has; if it gets no \
further, see 'journalctl --user -u docker' as $ACCOUNT"
		fi
		say "waits for docker.service of $ACCOUNT to $1: $waited s by now"
		# A restart that was asked for goes on; asked again it would begin anew.
		[ "$verb" != restart ] || verb=start
		slice=30
	done
}

# Stops the daemon and the prune timer, and waits: what they use may be removed then. What the account
# has put in the way of that ends, too: first all processes of the daemon, then its service manager.
stop_daemon() {
	local was_up=''
	service_manager_runs || return 0
	! daemon_is_up || was_up=yes
	have_daemon stop || stop_daemon_by_force
	[ -z "$was_up" ] || changed "daemon of $ACCOUNT stopped"
}

# An order that waits for a stop ends with it. Programs that the unit starts after its end are killed,
# too: so there are several tries.
stop_daemon_by_force() {
	local tries=0
	say "docker.service of $ACCOUNT does not stop ($(last_words)): root kills its processes"
	while [ "$tries" -lt 3 ]; do
		kill_group_of_account docker.service
		! as_account_within 10 sh -c "$TELL_DAEMON_SH" sh stop </dev/null >/dev/null || return 0
		tries=$((tries + 1))
	done
	say "the service manager of $ACCOUNT does not stop it even so ($(last_words)):" \
		"root ends user@$ACCOUNT_UID.service, with all that it runs for $ACCOUNT"
	end_service_manager
}
