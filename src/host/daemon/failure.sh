# Why a daemon does not start.

# Says why in the daemon's own last words, 20 lines at most; with secret values, which they may quote, it
# names the command that shows them. $1 when it was started, in seconds.
say_why_it_failed() {
	if has_daemon_secrets; then
		say "its journal may quote secret values, and is not shown here. As root:" \
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
	journal_causes <"$WORK/journal" | tail -n 20 | without_logins_of_urls | cut -c -1000 |
		without_controls | sed "s/^/$PART: journal: /" >&2
}

# The causes in a journal; where there are none, whatever sounds like one. Engine 29.5 says of a
# forwarding inside RootlessKit's namespace that it is off, which is no cause (moby#52737).
journal_causes() {
	awk '
		/IPv4 forwarding is disabled/ || seen[$0]++ { next }
		/^failed to|level=fatal|^\[rootlesskit/ { causes = causes $0 "\n" }
		!/level=info/ && tolower($0) ~ /error|fail|cannot|denied|invalid|unable/ {
			others = others $0 "\n"
		}
		END { printf "%s", causes != "" ? causes : others }'
}
