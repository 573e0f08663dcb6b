# shellcheck shell=dash
# Why a daemon does not start.

# Says why, as the doctor sees it, then in the daemon's own last words: 20 lines at most. $1 when it
# was started, in seconds.
say_why_it_failed() {
	# As long as somebody floods it, it does not come to an end.
	timeout -k 5 20 journalctl --sync 2>/dev/null || true
	# What the service manager says of a start that ended before the daemon's own has the other
	# field.
	journalctl -q --no-pager -o cat --since "@$1" -n 200 \
		"_UID=$ACCOUNT_UID" _SYSTEMD_USER_UNIT=docker.service + \
		"_UID=$ACCOUNT_UID" USER_UNIT=docker.service \
		2>/dev/null | head -c 500000 >"$WORK/journal" || true
	{
		sh "$AGENT" doctor --problems "$ACCOUNT" 2>/dev/null |
			grep -v "^doctor: docker.service of " |
			head -n 6 | sed "s/^doctor/$STEP/" || true
		journal_causes <"$WORK/journal" | tail -n 9 | cut -c -1000 | without_controls |
			sed "s/^/$STEP: journal: /"
	} | without_secrets >&2
}

# Of a journal, the causes; where there are none, whatever sounds like one. A forwarding that is off
# inside RootlessKit's namespace is said by engine 29.5, and is none (moby#52737).
journal_causes() {
	grep -v 'IPv4 forwarding is disabled' >"$WORK/journal.said" || true
	{
		grep -E '^failed to|level=fatal|^\[rootlesskit' "$WORK/journal.said" ||
			grep -v level=info "$WORK/journal.said" |
			grep -iE 'error|fail|cannot|denied|invalid|unable'
	} | awk '!seen[$0]++' || true
}

# The error of a daemon that does not run.
daemon_failed() {
	fail "docker.service of $ACCOUNT" \
		"it does not start, or does not answer on $ACCOUNT_RUNTIME/docker.sock: its containers \
are down until it does" \
		"a daemon that answers" \
		"correct what the lines above say; or take back the last change of daemon, environment or \
unitOverrides, with a new value of recheck: to Pulumi nothing has changed then"
}
