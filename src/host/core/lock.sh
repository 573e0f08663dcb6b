# One lock for the machine: runs of all steps, stacks and accounts wait for each other.

hold_lock() {
	if [ -h "$STATE" ] || { [ -e "$STATE" ] && [ ! -O "$STATE" ]; }; then
		refuse "$STATE: found it a link, or another user's; wanted a directory of root's. \
To fix: see who made it, move it away, then run again"
	fi
	# For root alone, but for the agents.
	[ -d "$STATE/records/new" ] || {
		install -d -m 711 "$STATE" "$STATE/agents" "$STATE/installations"
		install -d -m 700 "$STATE/records" "$STATE/records/new"
	}
	[ -e "$STATE/lock" ] || (umask 077 && : >"$STATE/lock")
	exec 9>>"$STATE/lock"
	flock -n 9 || {
		say "waits for another run of rootless-docker on this machine"
		flock -w 1800 9 ||
			refuse "lock $STATE/lock: found it held for 30 minutes by another run; wanted it free. \
To fix: see what holds it with 'fuser $STATE/lock' and let it end"
	}
	# The run that held it may have removed the agent, and this file with it.
	[ "$STATE/lock" -ef /proc/self/fd/9 ] || hold_lock
}

# Ends the run before it has a directory for its notes. $1 why.
refuse() {
	say "$1"
	exit 1
}
