# One lock for the machine: runs of all steps, stacks and accounts wait for each other. It is not in
# the agent's own directory, which it outlives.
LOCK=/run/rootless-docker.lock

# The file says who holds the lock, for those that wait. $1 who this run is.
hold_lock() {
	(umask 077 && : >>"$LOCK")
	exec 9>>"$LOCK"
	flock -n 9 || {
		say "waits for another run of rootless-docker on this machine: $(words_of_file "$LOCK")"
		flock -w 1800 9 ||
			refuse "lock $LOCK: found it held for 30 minutes by $(words_of_file "$LOCK"); \
wanted it free. To fix: see what that run waits for with 'fuser -v $LOCK', and let it end"
	}
	# The run that held it may have been the last one, and have removed the file.
	if [ ! "$LOCK" -ef /proc/self/fd/9 ]; then
		hold_lock "$1"
		return
	fi
	printf '%s, since %s\n' "$1" "$(date -u +%FT%TZ)" >"$LOCK"
}

# The directory of the agent's records: for root alone, but for the agents.
have_state_directory() {
	if [ -h "$STATE" ] || { [ -e "$STATE" ] && [ ! -O "$STATE" ]; }; then
		refuse "$STATE: found it a link, or another user's; wanted a directory of root's. \
To fix: see who made it, move it away, then run again"
	fi
	[ -d "$STATE/records/new" ] || {
		install -d -m 711 "$STATE" "$STATE/agents" "$STATE/installations"
		install -d -m 700 "$STATE/records" "$STATE/records/new"
	}
}

# Ends the run before it has a directory for its notes. $1 why.
refuse() {
	say "$1"
	exit 1
}
