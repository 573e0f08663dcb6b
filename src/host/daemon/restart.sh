# shellcheck shell=dash
# Daemons that have to start again because of what another step has changed.

# For the steps that change what a daemon reads. $1 why, $2 all daemons of this package on the machine,
# or only this lease's own.
restart_daemons() {
	local dir
	for dir in "$STATE"/things/userdaemon/*; do
		# A killed installation, or somebody's hand, may have left a part of the programs: the engine step mends
		# that, and comes here.
		if [ ! -e "$dir/started" ] || ! daemon_programs; then
			continue
		elif [ -e "$dir/claims/$LEASE.daemon" ]; then
			know_account "$(cat "$dir/name")" || continue
			restart_daemon "$dir" "$1"
		elif [ "$2" = all ] && engine_changed "$dir"; then
			restart_others_daemon "$dir" "$1"
		fi
	done
}

# $1 the daemon's directory, $2 why.
restart_daemon() {
	hold_daemon
	if ! grep -qsxF "$(daemon_fingerprint)" "$1/started" "$1/failed"; then
		say "restarts the daemon of $ACCOUNT: $2"
		start_service_manager
		start_daemon
	fi
	release_daemon
}

# In a subshell, with problems and changes of its own. $1 where they go, $2 the daemon's directory,
# $3 why.
restart_apart() {
	WORK=$1 SERVICE_SECONDS=120
	know_account "$(cat "$2/name")" || return 0
	restart_daemon "$2" "$3"
	[ -e "$2/engine" ] || remember_engine "$2/engine"
}

# Another installation's daemon runs with the new engine, too. Whatever keeps it from that is no
# problem of this one: it is said in one line, and not tried again before the engine changes again.
# $1 its directory, $2 why, $3 with what it does not start otherwise.
restart_others_daemon() {
	local other=$WORK/other status=0
	rm -rf "$other"
	mkdir "$other"
	touch "$other/changed" "$other/problems" "$other/findings"
	# Not in a condition: there the shell would go on after a failed command inside.
	set +e
	(
		set -e
		restart_apart "$other" "$1" "$2"
	) 2>"$other/said"
	status=$?
	set -e
	if [ "$status" = 0 ]; then
		cat "$other/said" >&2
		cat "$other/changed" >>"$WORK/changed"
		return 0
	fi
	say "the daemon of $(cat "$1/name"), another installation's, does not start ${3-with the new engine}:" \
		"see 'sh $STATE/agent doctor $(cat "$1/name")'"
	# shellcheck disable=SC2046 # a list of package names
	write_engine "$1/engine" $(head -n 1 "$1/engine" 2>/dev/null)
}
