# The account's service manager, which runs its daemon.

# Asks the service manager a question that it answers at once, without waiting for a service.
# root as account: systemctl --user. 30 seconds.
ask_systemctl() { as_account_within 30 systemctl --user "$@" </dev/null; }

# Root's own systemd knows, whatever the account has put in the place of its sockets.
service_manager_runs() { systemctl is-active -q "user@$ACCOUNT_UID.service"; }

# The account's own systemd, which starts what the home wants. It may have failed before its
# packages were there, and then linger does not start it again. $1 start or restart.
# root units: user@UID.service starts or restarts.
ensure_service_manager() {
	local unit=user@$ACCOUNT_UID.service
	timeout -k 5 270 systemctl "$1" "$unit" ||
		fail "$unit" "the service manager of $ACCOUNT does not start (it is \
$(systemctl is-active "$unit" || true))" '' "see 'journalctl -u $unit', then run again"
}

# Where there is no going on without what it was asked.
stop_on_silent_service_manager() {
	fail "user@$ACCOUNT_UID.service" \
		"the service manager of $ACCOUNT fails to do what it is asked ($(last_words))" '' \
		"run 'systemctl stop user@$ACCOUNT_UID.service', which ends everything \
that it runs for $ACCOUNT, then run again"
}

# Ends the account's service manager with all that it runs.
# root units: user@UID.service is killed. Only if the account's daemon does not stop by itself (in two minutes at most), nor after its processes were killed.
end_service_manager() {
	local unit=user@$ACCOUNT_UID.service
	systemctl kill -s KILL "$unit" 2>/dev/null || true
	timeout -k 5 120 systemctl stop "$unit" 2>/dev/null || true
	systemctl reset-failed "$unit" 2>/dev/null || true
	if service_manager_runs; then
		fail "$unit" "the service manager of $ACCOUNT does not stop (it is \
$(systemctl is-active "$unit" || true))" '' "see 'systemctl status $unit', then run again"
	fi
}

# True where the unit is up or on its way up, again and again perhaps.
daemon_is_up() {
	ask_systemctl is-active docker.service | grep -qE '^(active|activating|reloading)'
}
