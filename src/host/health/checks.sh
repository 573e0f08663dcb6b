# shellcheck shell=dash
# What the doctor looks at beyond the machine, the kernel and the engine: the account, its daemon, and drift.

account_checks() {
	fine "account" "$ACCOUNT, uid $ACCOUNT_UID, home $ACCOUNT_HOME"
	id_problems "$ACCOUNT"
	if [ -e "/var/lib/systemd/linger/$ACCOUNT" ]; then
		fine "linger" "on"
	else
		problem "linger" "it off for $ACCOUNT" "it on" "run 'loginctl enable-linger $ACCOUNT'" \
			"the daemon ends with the last login, and does not start at boot"
	fi
}

daemon_checks() {
	local state bus
	state=$(systemctl is-active "user@$ACCOUNT_UID.service" || true)
	if [ "$state" != active ]; then
		problem "user@$ACCOUNT_UID.service" "it $state" "the service manager of $ACCOUNT, active" \
			"run 'systemctl start user@$ACCOUNT_UID.service', and read 'journalctl -u user@$ACCOUNT_UID.service' \
where it fails" "'systemd not detected' otherwise"
		return 0
	fi
	# The socket itself outlives what listened on it.
	bus=$(ask_systemctl is-active dbus.socket 2>/dev/null || true)
	if [ "$bus" != active ]; then
		problem "dbus.socket of $ACCOUNT" "it $(word_of_account "$bus")" "active, on $ACCOUNT_RUNTIME/bus" \
			"install the package dbus-user-session, and run 'systemctl restart user@$ACCOUNT_UID.service'" \
			"'Failed to connect to bus' otherwise, and containers without limits"
	else
		fine "service manager" "user@$ACCOUNT_UID.service active, dbus.socket active"
	fi
	unit_checks
}

# A daemon that answers has a user namespace; where none does, it is tried whether there can be one.
unit_checks() {
	local state said
	state=$(unit_property ActiveState)
	case $state in
	active) answer_checks ;;
	activating) fine "docker.service" "starting, since $(unit_property InactiveExitTimestamp)$(last_said)" ;;
	*)
		problem "docker.service of $ACCOUNT" "it ${state:-not known to systemd}" "active" \
			"run 'systemctl --user start docker' as $ACCOUNT, and read 'journalctl --user -u docker' where it fails"
		if ! command -v rootlesskit >/dev/null; then return 0; fi
		if as_account rootlesskit true </dev/null >/dev/null; then
			fine "user namespace" "rootlesskit makes one as $ACCOUNT"
		else
			said=$(last_words)
			problem "user namespace" "that 'rootlesskit true' as $ACCOUNT ends with $said" \
				"a user namespace with the account's ids" \
				"fix the other problems first: ids, newuidmap, kernel settings; where there are none, see whether \
AppArmor or a container around this machine forbids it"
		fi
		;;
	esac
	[ "$(ask_systemctl is-enabled docker.service 2>/dev/null)" = enabled ] ||
		problem "docker.service of $ACCOUNT" "it not enabled" "enabled" \
			"run 'systemctl --user enable docker' as $ACCOUNT" "it does not start at boot"
}

answer_checks() {
	local host wanted=unix://$ACCOUNT_RUNTIME/docker.sock
	if ask_daemon; then
		fine "daemon" "docker info says $(words_of_account "$(docker_info SecurityOptions)")"
	else
		problem "$ACCOUNT_RUNTIME/docker.sock" "no answer ($(last_words))" "an answer of the daemon" \
			"run 'systemctl --user restart docker' as $ACCOUNT"
		return 0
	fi
	# "docker -H ssh://" runs docker there without a login shell: what the client's settings say then.
	host=$(as_account docker context inspect --format '{{.Endpoints.docker.Host}}' </dev/null) || true
	if [ "$host" = "$wanted" ]; then
		fine "docker context" "docker of $ACCOUNT reaches its daemon"
	else
		problem "docker of $ACCOUNT" "that its context leads to $(words_of_account "${host:-nothing}")" \
			"the context rootless, which leads to $wanted" "run 'docker context use rootless' as $ACCOUNT"
	fi
}

# What this package put there and is not so any more, which root alone can read.
drift_checks() {
	local step about found wanted
	[ -r "$STATE/records" ] && [ "$LEASE" != - ] || return 0
	differences_here >"$WORK/differences"
	while IFS=$TAB read -r step about found wanted; do
		! grep -qF "problem$SEPARATOR$about$SEPARATOR" "$WORK/findings" || continue
		problem "$about" "$found" "$wanted" \
			"run pulumi up with a new value of recheck, which puts it back (step $step)"
	done <"$WORK/differences"
	[ -s "$WORK/differences" ] || fine drift "none of what this package set"
}
