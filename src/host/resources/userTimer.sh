# shellcheck shell=dash
# Kind usertimer: a timer of the account's own systemd, by the account, which has one of them. Its value is the unit.

usertimer_check() {
	! service_manager_runs || ask_systemctl is-active -q "$2" || echo 'it not active'
}

usertimer_save() { :; }

# Its files are gone, or as they were before.
usertimer_restore() {
	know_account "$1" || return 0
	service_manager_runs || return 0
	stop_timer docker-prune
	ask_systemctl daemon-reload 2>"$WORK/error" || silent_service_manager
}

# What it has begun ends with it. $1 the name without ".timer".
stop_timer() {
	local unit
	case $(ask_systemctl is-active "$1.timer" || true) in
	active) changed "$1.timer of $ACCOUNT stopped" ;;
	esac
	for unit in "$1.timer" "$1.service"; do
		user_systemctl stop "$unit" 2>"$WORK/error" || grep -q ' not loaded\.$' "$WORK/error" || silent_service_manager
	done
	ask_systemctl reset-failed "$1.timer" "$1.service" 2>/dev/null || true
}

# Its files are written: one that runs goes on by them. $1 the unit.
start_timer() {
	ask_systemctl daemon-reload 2>"$WORK/error" || silent_service_manager
	! ask_systemctl is-active -q "$1" || return 0
	user_systemctl start "$1" 2>"$WORK/error" || silent_service_manager
	changed "$1 of $ACCOUNT started"
}
