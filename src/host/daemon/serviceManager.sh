# The account's service manager, which runs its daemon.

# What is asked of the service manager is there, and waits for no service.
ask_systemctl() { as_account_within 30 systemctl --user "$@" </dev/null; }

# $1 a property of docker.service.
unit_property() {
	ask_systemctl show -p "$1" --value docker.service 2>/dev/null | tr -cd ' -~' | cut -c 1-80
}

# Root's own systemd knows, whatever the account has put in the place of its sockets.
service_manager_runs() { systemctl is-active -q "user@$ACCOUNT_UID.service"; }

# Starts the account's own systemd, which starts what the home wants. It may have failed before its
# packages were there, and then linger does not start it again.
start_service_manager() {
	timeout -k 5 120 systemctl start "user@$ACCOUNT_UID.service" ||
		fail "user@$ACCOUNT_UID.service" \
			"it $(systemctl is-active "user@$ACCOUNT_UID.service" || true)" \
			"the service manager of $ACCOUNT running" \
			"see 'journalctl -u user@$ACCOUNT_UID.service'"
}

# Where there is no going on without what it was asked.
silent_service_manager() {
	fail "user@$ACCOUNT_UID.service" \
		"that the service manager of $ACCOUNT does not do what it is asked ($(last_words))" \
		"one that answers" \
		"run 'systemctl stop user@$ACCOUNT_UID.service', which ends all that it runs for \
$ACCOUNT, then run again"
}

# True where the unit is up or on its way up, again and again perhaps.
daemon_is_up() {
	case $(ask_systemctl is-active docker.service) in
	active | activating | reloading) ;;
	*) return 1 ;;
	esac
}
