# shellcheck shell=dash
# Daemons that have to start again because of what another step has changed.

# A step that has changed what daemons read says so, and settle_restarts starts again those that
# need it, once, when the step has done all else. $1 own for this installation's daemon, all for all
# of this package's on the machine; $2 its files, or the ground that it stands on; $3 why.
mark_restart() { printf '%s\t%s\t%s\n' "$@" >>"$WORK/restarts"; }

settle_restarts() {
	local scope what why
	[ -e "$WORK/restarts" ] || return 0
	while IFS='	' read -r scope what why <&6; do
		restart_daemons "$scope" "$what" "$why"
	done 6<"$WORK/restarts"
}

# Arguments as for mark_restart.
restart_daemons() {
	local dir
	for dir in "$STATE"/things/userdaemon/*; do
		# A killed installation, or somebody's hand, may have left a part of the programs: the
		# engine step fixes that, and comes here.
		if [ ! -e "$dir/started" ] || ! daemon_programs; then
			continue
		elif is_claimed_by "$LEASE" "$dir/claims"; then
			has_daemon "$(cat "$dir/name")" || continue
			restart_daemon "$dir" "$2" "$3"
		elif [ "$1" = all ] && engine_changed "$dir"; then
			restart_others_daemon "$dir" "$3"
		fi
	done
}

# Those of this installation that a failed start has left stopped.
restart_stopped_daemons() {
	local dir
	for dir in "$STATE"/things/userdaemon/*; do
		if ! is_claimed_by "$LEASE" "$dir/claims" || ! has_daemon "$(cat "$dir/name")"; then continue; fi
		run_daemon
	done
}

# True where the account is the recorded one, and has the daemon's unit: else the step daemon makes it
# anew. It knows the account then. $1 the account.
has_daemon() {
	know_account "$1" && ! is_another_account "$1" && account_has "$ACCOUNT_HOME/.config/systemd/user/docker.service"
}

# $1 the daemon's directory, $2 files, ground or all, $3 why.
restart_daemon() {
	hold_daemon
	if has_engine_of_unit && needs_restart "$1" "$2"; then
		say "restarts the daemon of $ACCOUNT: $3"
		start_service_manager
		# Its unit may have been given back.
		ask_systemctl daemon-reload 2>"$WORK/error" || silent_service_manager
		start_daemon
	fi
	release_daemon
}

# In a subshell, with problems and changes of its own. $1 where they go, $2 the daemon's directory,
# $3 why.
restart_apart() {
	WORK=$1 SERVICE_SECONDS=120
	use_engine_of "$(installations_of "$2" | head -n 1)"
	has_daemon "$(cat "$2/name")" || return 0
	restart_daemon "$2" all "$3"
	[ -e "$2/engine" ] || remember_engine "$2/engine"
}

# Another installation's daemon runs with the new engine, too. Whatever keeps it from that is no
# problem of this one: it is said in one line, and not tried again before the engine changes again.
# $1 its directory, $2 why, $3 with what it does not start otherwise.
restart_others_daemon() {
	local other=$WORK/other
	rm -rf "$other"
	mkdir "$other"
	touch "$other/changed" "$other/problems" "$other/findings"
	run_apart restart_apart "$other" "$1" "$2" 2>"$other/said"
	if [ "$APART_STATUS" = 0 ]; then
		cat "$other/said" >&2
		cat "$other/changed" >>"$WORK/changed"
		return 0
	fi
	# Its installation may have ended meanwhile.
	[ -e "$1/started" ] || return 0
	say \
		"the daemon of $(cat "$1/name"), another installation's, does not start ${3-with the new engine}:" \
		"see 'sh $STATE/agent doctor $(cat "$1/name")'"
	(
		use_engine_of "$(installations_of "$1" | head -n 1)"
		# shellcheck disable=SC2046 # a list of package names
		write_engine "$1/engine" $(head -n 1 "$1/engine" 2>/dev/null)
	)
}
