# A trace of each run in the machine's journal, for whoever asks later what ran as root:
# 'journalctl -t rootless-docker _UID=0'. A run that is killed leaves its first entry alone. Where there is
# no journald, nothing is written, and the run goes on.

# The run in words, set by trace_begin: empty where a run leaves no trace, as a check.
RUN_IN_WORDS=

# The entry at the beginning, before anything is changed. $1 whose run it is.
trace_begin() {
	note_run "$1"
	printf '<6>begins: %s\n' "$RUN_IN_WORDS" | write_to_journal
}

# The entries at the end: what has changed, and how the run ended. $1 its exit status.
trace_end() {
	if [ -z "$RUN_IN_WORDS" ]; then return 0; fi
	# The first run of an installation knows its owner at its end.
	if [ -s "$OWN/owner" ]; then note_run "$(cat "$OWN/owner")"; fi
	{
		sed 's/^/<6>changed: /' "$WORK/changed"
		if [ "$1" = 0 ]; then
			printf '<6>ends: %s\n' "$RUN_IN_WORDS"
		else
			sed 's/^/<3>/' "$WORK/problems"
			printf '<3>fails with status %s: %s\n' "$1" "$RUN_IN_WORDS"
		fi
	} | write_to_journal
}

# $1 whose run it is.
note_run() { RUN_IN_WORDS=$(shown "$VERB of $STEP for $1, rootless-docker $(version_of_agent)"); }

# Writes an entry for each line of stdin, which begins with its priority, such as <6>.
# root writes: entries of the machine's journal. They are what the run says on the terminal, where no secret value is.
write_to_journal() { timeout -k 1 5 systemd-cat -t rootless-docker 2>/dev/null || true; }
