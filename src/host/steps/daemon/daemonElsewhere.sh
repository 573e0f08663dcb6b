# shellcheck shell=dash
# A dockerd of the account's that its docker.service does not run: no unit tells what it is told.

# Before anything is changed. A container's own has process numbers of its own.
stop_on_daemon_elsewhere() {
	local process cgroup
	unclaimed "$(resource_directory homefile "$ACCOUNT_HOME/.config/docker/daemon.json")" || return 0
	# shellcheck disable=SC2013 # paths without blanks
	for process in $(grep -lsx dockerd /proc/[0-9]*/comm); do
		process=${process%/comm}
		if ! grep -qs "^Uid:	$ACCOUNT_UID	" "$process/status" || ! grep -qs '^NSpid:	[0-9]*$' "$process/status" ||
			! cgroup=$(cat "$process/cgroup" 2>/dev/null); then continue; fi
		! printf '%s\n' "$cgroup" | grep -qE "/user@${ACCOUNT_UID}[.]service/(.*/)?docker[.]service(/|$)" || continue
		note_data_of_others "$(data_root)"
		note_own_daemon "$ACCOUNT"
		fail daemon "a dockerd of $ACCOUNT's own that docker.service of its service manager does not run" \
			"none whose settings and data are not known" \
			"end it and what starts it ('pgrep -x -u $ACCOUNT dockerd' says which it is), and say in daemon what it was told"
	done
}
