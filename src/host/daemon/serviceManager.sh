# shellcheck shell=dash
# The account's service manager, which keeps its daemon.

# $1 a property of docker.service.
unit_property() {
	ask_systemctl show -p "$1" --value docker.service 2>/dev/null | tr -cd ' -~' | cut -c 1-80
}

# What the account answers with may be its own, and never answer.
user_systemctl() { as_account_within "${SERVICE_SECONDS:-300}" systemctl --user "$@"; }

# Only the number of a process of the account's: what is looked at below /proc is nowhere else.
main_process() {
	local process
	process=$(ask_systemctl show -p MainPID --value docker.service | grep -xE '[0-9]{1,10}' | head -n 1)
	[ "$(stat -c %u "/proc/$process" 2>/dev/null)" != "$ACCOUNT_UID" ] || printf '%s\n' "$process"
}

# What is asked of the service manager is there, and waits for no service.
ask_systemctl() { as_account_within 30 systemctl --user "$@"; }

# The account's own systemd, which linger keeps running without a login. It may have been started,
# or have failed to, before the packages that it needs were there.
start_service_manager() {
	local begun waited told=''
	service_manager_starts ||
		fail "user@$ACCOUNT_UID.service" \
			"it $(systemctl is-active "user@$ACCOUNT_UID.service" || true)" \
			"the service manager of $ACCOUNT running" \
			"see 'journalctl -u user@$ACCOUNT_UID.service'"
	if ! bus_is_there; then
		ask_systemctl daemon-reload 2>/dev/null || true
		ask_systemctl start dbus.socket 2>/dev/null || true
	fi
	begun=$(seconds_since_boot)
	until bus_is_there; do
		waited=$(($(seconds_since_boot) - begun))
		if [ "$waited" -ge 5 ] && [ -z "$told" ]; then
			told=yes
			say "waits for the message bus of $ACCOUNT, $ACCOUNT_RUNTIME/bus"
		fi
		[ "$waited" -le 30 ] ||
			fail "$ACCOUNT_RUNTIME/bus" "no such socket after 30 seconds" \
				"the message bus of $ACCOUNT" "see 'journalctl _UID=$ACCOUNT_UID'"
		sleep 0.1
	done
}

service_manager_starts() {
	! service_manager_runs || return 0
	systemctl reset-failed "user@$ACCOUNT_UID.service" 2>/dev/null || true
	systemctl_within 120 start "user@$ACCOUNT_UID.service"
}

# The socket itself outlives what listened on it.
bus_is_there() { [ -S "$ACCOUNT_RUNTIME/bus" ] && ask_systemctl is-active -q dbus.socket 2>/dev/null; }

# Asks systemd for units whose processes have a say in how long that takes: EXTEND_TIMEOUT_USEC of sd_notify(3) moves
# systemd's own limit. $1 seconds, then arguments of systemctl.
systemctl_within() {
	local seconds=$1
	shift
	timeout -k 5 "$seconds" systemctl "$@"
}

# Stops a service manager and all that runs in it. $1 the uid.
stop_service_manager() {
	systemctl_within 150 stop "user@$1.service" "user-runtime-dir@$1.service" || {
		systemctl kill -s KILL "user@$1.service" 2>/dev/null || true
		systemctl_within 30 stop "user@$1.service" "user-runtime-dir@$1.service"
	}
}

# Root's own systemd knows, whatever the account has put in the place of its sockets.
service_manager_runs() { systemctl is-active -q "user@$ACCOUNT_UID.service"; }

# Where there is no going on without what it was asked, and what it said is in $WORK/error.
silent_service_manager() {
	fail "user@$ACCOUNT_UID.service" \
		"that the service manager of $ACCOUNT does not do what it is asked ($(last_words))" \
		"one that answers" \
		"run 'systemctl stop user@$ACCOUNT_UID.service', which ends all that it runs for $ACCOUNT, then run again"
}

# False where it has ended for certain: as long as it ends, and without an answer, it may use what is removed next.
daemon_may_run() {
	case $(ask_systemctl is-active docker.service 2>/dev/null || true) in
	inactive | failed | unknown) return 1 ;;
	esac
}

# A unit that is on its way up, again and again perhaps, counts as well.
daemon_is_up() {
	case $(ask_systemctl is-active docker.service 2>/dev/null) in
	active | activating | reloading) ;;
	*) return 1 ;;
	esac
}
