# shellcheck shell=dash
# The directory of the agent's records, and who may look into it.

# Only the agents are for everyone to read: baselines hold other people's files, and whoever can
# open a lock can hold it. An SSH user who is not root asks whether an installation is there, by its
# name and no more.
make_state() {
	if [ -e "$STATE" ] || [ -h "$STATE" ]; then stop_where_state_is_anothers; fi
	install -d -m 700 "$STATE/things" "$STATE/locks"
	[ "$(stat -c %a "$STATE/leases" 2>/dev/null)" != 711 ] || return 0
	# Version 0.1.0 left those in it open, behind a door that was closed.
	[ ! -d "$STATE/leases" ] ||
		find "$STATE/leases" -mindepth 1 -maxdepth 1 -type d -exec chmod 700 {} +
	install -d -m 711 "$STATE/leases"
}

# Somebody who put it there before the first run could change what root does by it.
stop_where_state_is_anothers() {
	local odd
	odd=$(find "$STATE" -maxdepth 1 \( ! -uid 0 -o -type l -o -perm /022 \) -print -quit)
	[ -n "$odd" ] || [ -d "$STATE" ] || odd=$STATE
	[ -n "$odd" ] || return 0
	say "$odd: found $(stat -c 'a %F of %U with mode %a' "$odd"); wanted a directory, and what is in it, that only root can change. To fix: see what it is and who made it, move it away, then run again"
	exit 1
}
