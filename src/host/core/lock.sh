# One lock for the machine: runs of all steps, stacks and accounts wait for each other. Its file is
# never removed, so that all runs have the same one: it is in /run, and goes with the next boot.
LOCK=/run/rootless-docker.lock

# The file says who holds the lock, for those that wait. $1 who this run is.
# root writes: /run/rootless-docker.lock. It says whose run is at work.
hold_lock() {
	(umask 077 && : >>"$LOCK")
	exec 9>>"$LOCK"
	local status=0
	flock -n 9 || status=$?
	case $status in
	0) ;;
	1)
		say "waits for another run of rootless-docker on this machine: $(words_of_file "$LOCK")"
		flock -w 1800 9 ||
			refuse "lock $LOCK: another run has held it for 30 minutes: $(words_of_file "$LOCK"). \
To fix: see what that run waits for with 'fuser -v $LOCK', let it finish, then run again"
		;;
	*)
		refuse "lock $LOCK: flock failed with exit status $status. To fix: see what 'flock $LOCK true' \
prints as root. If sudo has the option noexec, root can start no program with it: add \
'Defaults:USER !noexec' to sudoers for connection.user"
		;;
	esac
	printf '%s, since %s\n' "$1" "$(date -u +%FT%TZ)" >"$LOCK"
}

# The directory of the agent's records: for root alone, but for the agents.
# root writes: /var/lib/rootless-docker and its directories. They are root's, and those with records are closed to others.
ensure_state_directory() {
	if [ -h "$STATE" ] || { [ -e "$STATE" ] && [ ! -O "$STATE" ]; }; then
		refuse "$STATE: it is a symbolic link or belongs to another user, but must be a \
directory that root owns. To fix: see who made it, move it away, then run again"
	fi
	if [ ! -d "$STATE/records/new" ]; then
		install -d -m 711 "$STATE" "$STATE/agents" "$STATE/installations"
		install -d -m 700 "$STATE/records" "$STATE/records/new"
	fi
}

# Ends the run before it has a directory for its notes. $1 why.
refuse() {
	say "$1"
	exit 1
}
