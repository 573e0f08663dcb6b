# shellcheck shell=dash
# Why a daemon does not start.

# Why, as the doctor sees it, then the daemon's own last words: with the problem itself, and what a
# full disk adds, 20 lines at most. $1 when it was started, in seconds.
daemon_failed() {
	# As long as somebody floods it, it does not come to an end.
	timeout -k 5 20 journalctl --sync 2>/dev/null || true
	journal_of_daemon "$1" _SYSTEMD_USER_UNIT >"$WORK/journal"
	# A start that ended before the daemon's own: what the service manager says of it.
	[ -n "$(journal_causes <"$WORK/journal")" ] || journal_of_daemon "$1" USER_UNIT >"$WORK/journal"
	# A port that another program has may be free in a moment: then the daemon is up, where its unit has no limit.
	journal_causes <"$WORK/journal" | grep -q 'listen tcp.* address already in use' ||
		user_systemctl stop docker.service 2>/dev/null || true
	{
		sh "$AGENT" doctor --problems "$ACCOUNT" 2>/dev/null | grep -v "^doctor: docker.service of " | head -n 6 | sed "s/^doctor/$STEP/" || true
		journal_causes <"$WORK/journal" | tail -n 9 | cut -c -1000 | without_controls |
			sed "s/^/$STEP: journal: /"
	} | without_secrets >&2
	stop_where_earlier_runs
	half_made_network_problem "$(daemon_data_root)"
	fail "docker.service of $ACCOUNT" \
		"it does not start, or does not answer on $ACCOUNT_RUNTIME/docker.sock: its containers are down until it does" \
		"a daemon that answers" \
		"correct what the lines above say; or take back the last change of daemon, environment or unitOverrides, \
with a new value of recheck: to Pulumi nothing has changed then"
}

# Not in a condition: the shell would go on there after what fails.
stop_where_earlier_runs() {
	local failed
	failed=$(resource_directory userdaemon "$ACCOUNT")/failed
	[ -d "$WORK/earlier" ] || return 0
	run_apart run_with_earlier_files
	[ "$APART_STATUS" != 0 ] ||
		fail "docker.service of $ACCOUNT" \
			"that it does not start with the new settings: it runs again with its earlier files, and containers with \
a restart policy started again" \
			"a daemon that starts with them" \
			"correct what the lines above say, or take back the last change of daemon, environment or unitOverrides"
	# The earlier files are what failed last.
	[ ! -e "$failed" ] || daemon_fingerprint >"$failed"
}

# $1 since when, in seconds, $2 the field that names the unit.
journal_of_daemon() {
	journalctl -q --no-pager -o cat --since "@$1" -n 200 "_UID=$ACCOUNT_UID" "$2=docker.service" 2>/dev/null |
		head -c 500000 || true
}

# A start that failed while it made docker0 can leave half of it in the engine's store, and no later
# start gets past that. $1 data root.
half_made_network_problem() {
	local store=$1/network/files/local-kv.db remove='remove that file'
	# In other steps the account's file says where it is.
	[ ! -e "$WORK/data-root" ] || remove="run 'rm $(cat "$WORK/data-root")/network/files/local-kv.db'"
	! grep -q 'networks have same bridge name' "$WORK/journal" ||
		problem "$store" "half of a network, left by a start that failed" \
			"the engine's networks, whole" \
			"$remove as $ACCOUNT; the engine makes its own networks again, and those that you made have to be made by you" \
			"dockerd does not start with it: 'networks have same bridge name'"
}

# Of the journal, the causes; where there are none, whatever sounds like one. A forwarding that is
# off inside RootlessKit's namespace is said by engine 29.5, and is none (moby#52737).
journal_causes() {
	grep -v 'IPv4 forwarding is disabled' >"$WORK/journal.said" || true
	{
		grep -E '^failed to|level=fatal|^\[rootlesskit' "$WORK/journal.said" ||
			grep -v level=info "$WORK/journal.said" | grep -iE 'error|fail|cannot|denied|invalid|unable'
	} | awk '!seen[$0]++' || true
}
