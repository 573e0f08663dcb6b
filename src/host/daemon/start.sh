# Starts and stops the account's daemon. With many containers to restore, on a slow disk or right
# after a boot, a start takes many minutes. So the unit has no limit for it, and whoever waits says
# what for, and not for ever.

# Orders to the account's service manager. Stopping what is not loaded fails, and so does not count.
TELL_DAEMON='if [ "$1" = stop ]; then
	systemctl --user stop docker-prune.timer docker-prune.service docker.service
	case $(systemctl --user is-active docker.service) in inactive | failed | unknown) exit 0 ;; esac
	exit 1
fi
systemctl --user reset-failed docker.service 2>/dev/null
exec systemctl --user "$1" docker.service'

# Has the daemon start, restart or stop, and waits until it has; false where that failed. A start
# that is under way already is waited for. $1 start, restart or stop.
have_daemon() {
	local verb=$1 slice=10 waited=0 status
	# A restart in the middle of a start can leave RootlessKit hanging: the start ends before.
	[ "$verb" != restart ] || [ "$(ask_systemctl is-active docker.service)" != activating ] ||
		have_daemon start || true
	while :; do
		status=0
		as_account_within "$slice" sh -c "$TELL_DAEMON" sh "$verb" </dev/null >/dev/null ||
			status=$?
		[ "$status" = 124 ] || return "$status"
		waited=$((waited + slice))
		[ "$waited" -lt 1200 ] || fail "docker.service of $ACCOUNT" \
			"that it did not $1 within $((waited / 60)) minutes" "it to $1" \
			"let it go on (nothing ends it), and run again when it has; where it gets no \
further, see 'journalctl --user -u docker' as $ACCOUNT"
		say "waits for docker.service of $ACCOUNT to $1: $waited s by now"
		# A restart that was asked for goes on; asked again it would begin anew.
		[ "$verb" != restart ] || verb=start
		slice=30
	done
}

# Stops the daemon and the prune timer, and waits: what they use may be removed then.
stop_daemon() {
	local was_up=''
	service_manager_runs || return 0
	! daemon_is_up || was_up=yes
	have_daemon stop || silent_service_manager
	[ -z "$was_up" ] || changed "daemon of $ACCOUNT stopped"
}
