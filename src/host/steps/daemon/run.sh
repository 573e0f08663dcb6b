# The one place that starts the daemon: where it does not answer, or runs with something else than
# there is now. WANTED_SUM is of the files of this run, FOUND_SUM of those before it, RUNNING_SUM of
# those of the last good start.

# The files are in place, and the service manager runs. $1 not empty where it ran before they were.
run_daemon() {
	local ground verb=start
	ground=$(ground)
	WANTED_SUM=$(new_sum what-restarts) FOUND_SUM=$(new_sum what-restarts)
	[ -z "$RUNNING_SUM" ] || are_as_before daemon.json environment docker.service ||
		FOUND_SUM=$(what_restarts "$(earlier_file daemon.json)" "$(earlier_file environment)" \
			"$(earlier_file docker.service)" | sum_of /dev/stdin)
	if [ -n "$1" ]; then
		reload_units
		# Where somebody has edited the files, the daemon may run with that.
		if [ "$WANTED_SUM $ground" != "$RUNNING_SUM $RUNNING_GROUND" ] ||
			[ "$WANTED_SUM" != "$FOUND_SUM" ]; then
			verb=restart
		elif ask_daemon; then
			verb=''
		fi
	fi
	if [ -n "$verb" ]; then
		# A killed run leaves a daemon, and nobody knows what it runs with.
		remember start ''
		: >"$WORK/began"
		if ! have_daemon "$verb" || ! ask_daemon; then start_failed; fi
		[ "$(docker_info Driver)" != vfs ] || has daemon.json/storage-driver ||
			fail storageDriver "vfs, which copies whole layers, chosen by the engine" "overlay2" \
				"put daemon.data-root on another file system, such as ext4; or set storageDriver \
to fuse-overlayfs, or to vfs if its slowness and size are acceptable"
		changed "daemon of $ACCOUNT ${verb}ed"
	fi
	remember start "$WANTED_SUM $ground"
}

# A service manager that ran before reads its files when it is told. A prune timer that is new
# starts, and one that is not wanted any more stops.
reload_units() {
	local timer='' first=''
	! are_as_before docker.service docker-prune.service docker-prune.timer || return 0
	read -r first <"$(earlier_file docker-prune.timer)" || true
	if has docker-prune.OnCalendar; then
		timer=start
	elif [ "$first" = "$MANAGED" ]; then
		timer=stop
	fi
	as_account_within 60 sh -c 'systemctl --user daemon-reload
		[ "$1" != stop ] || rm -f -- "$2"
		[ -z "$1" ] || exec systemctl --user "$1" docker-prune.timer' \
		sh "$timer" "$ACCOUNT_HOME/$PRUNE_STAMP" </dev/null >/dev/null || silent_service_manager
}

# Says why, and goes back to the earlier files where the last good start was with just these.
start_failed() {
	say_why_it_failed "$(date -r "$WORK/began" +%s)"
	if [ "$RUNNING_SUM" = "$FOUND_SUM" ] && [ "$FOUND_SUM" != "$WANTED_SUM" ]; then
		run_apart run_with_earlier_files
		[ "$APART_STATUS" != 0 ] || fail "docker.service of $ACCOUNT" \
			"that it does not start with the new settings: it runs again with its earlier \
files, and containers with a restart policy started again" "a daemon that starts with them" \
			"correct what the lines above say, or take back the last change of daemon, \
environment, storageDriver or unitOverrides"
	fi
	fail "docker.service of $ACCOUNT" \
		"it does not start, or does not answer on $ACCOUNT_RUNTIME/docker.sock: its containers \
are down until it does" "a daemon that answers" \
		"correct what the lines above say; or take back the last change of daemon, environment, \
storageDriver or unitOverrides, with a new value of operations.recheck: to Pulumi nothing has changed then"
}

# In a subshell. The records say then that these are wanted; the step has not come to its end.
run_with_earlier_files() {
	each_daemon_file want_earlier_file
	settle
	ask_systemctl daemon-reload
	have_daemon restart
	ask_daemon
	remember start "$RUNNING_SUM $(ground)"
}

# $1 the path, $2 the mode.
want_earlier_file() { want_home_file "$1" "$2" "$(earlier_file "${1##*/}")"; }
