# Why a daemon does not start.

# Says why in the daemon's own last words, 20 lines at most; with secret values, which they may quote, it
# names the command that shows them. $1 when it was started, in seconds.
say_why_it_failed() {
	if has_daemon_secrets; then
		say "its journal is not shown, because it may quote secret values. To see it, run as root:" \
			"journalctl --since @$1 _UID=$ACCOUNT_UID"
		return 0
	fi
	# As long as somebody floods it, the journal's sync does not come to an end.
	timeout -k 5 20 journalctl --sync 2>/dev/null || true
	# Words of the service manager about a start that ended early have the other field.
	journalctl -q --no-pager -o cat --since "@$1" -n 200 \
		"_UID=$ACCOUNT_UID" _SYSTEMD_USER_UNIT=docker.service + \
		"_UID=$ACCOUNT_UID" USER_UNIT=docker.service \
		2>/dev/null | head -c 500000 >"$WORK/journal" || true
	awk "$JOURNAL_CAUSES_AWK" "$WORK/journal" | tail -n 20 | without_logins_of_urls | cut -c -1000 |
		without_controls | sed "s/^/$PART: journal: /" >&2
}
