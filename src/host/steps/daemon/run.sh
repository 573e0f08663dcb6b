# The one place that starts the daemon: where it does not answer, or runs with something else than
# there is now.

# The files are in place, and the service manager runs. RUNNING_SUM and RUNNING_GROUND are of the last
# good start: see read_start. $1 not empty where the service manager ran before the files were there.
run_daemon() {
	local ground why
	ground=$(ground)
	if [ -n "$1" ]; then reload_units; fi
	remember unread-units ''
	why=$(why_daemon_starts "$1" "$ground")
	case $why in
	runs) ;;
	not-running | no-answer) start_daemon start "$why" ;;
	other-files | other-ground | edited-files) start_daemon restart "$why" ;;
	esac
	remember start "$(new_sum what-restarts) $ground"
}

# Prints why the daemon starts, a word that the log has, too:
#   runs          it does not: it runs with just these files, and answers
#   not-running   its service manager did not run
#   other-files   the last good start was with other files, or nobody knows with which
#   other-ground  what it stands on is another than at the last good start
#   edited-files  somebody has edited the files since, and it may have started with that
#   no-answer     it does not answer
# $1 not empty where the service manager ran, $2 the ground.
why_daemon_starts() {
	if [ -z "$1" ]; then
		echo not-running
	elif [ "$RUNNING_SUM" != "$(new_sum what-restarts)" ]; then
		echo other-files
	elif [ "$RUNNING_GROUND" != "$2" ]; then
		echo other-ground
	elif [ "$(found_sum)" != "$(new_sum what-restarts)" ]; then
		echo edited-files
	elif ask_daemon; then
		echo runs
	else
		echo no-answer
	fi
}

# The sum of what restarts the daemon in the files that were found.
found_sum() {
	if are_as_before daemon.json environment docker.service; then
		new_sum what-restarts
	else
		what_restarts "$(earlier_file daemon.json)" "$(earlier_file environment)" \
			"$(earlier_file docker.service)" | sum_of /dev/stdin
	fi
}

# $1 start or restart, $2 why.
start_daemon() {
	say "${1}s docker.service of $ACCOUNT ($2)"
	# A run that is killed from here on leaves a daemon, and nobody knows with which files.
	remember start unknown
	: >"$WORK/began"
	if ! start_or_stop_daemon "$1" || ! ask_daemon; then start_failed; fi
	stop_on_chosen_vfs
	changed "daemon of $ACCOUNT ${1}ed"
}

# The engine takes vfs where nothing else works.
stop_on_chosen_vfs() {
	if [ "$(docker_info Driver)" != vfs ] || has daemon.json/storage-driver; then return 0; fi
	fail storageDriver "the engine chose vfs, which copies whole layers, and not overlay2" '' \
		"put daemon.data-root on another file system, such as ext4; or set storageDriver \
to fuse-overlayfs, or to vfs if its slowness and size are acceptable"
}

# Before units are written. If the run is cut off in between, the next one has the service manager read
# them.
note_unread_units() {
	if are_as_before docker.service docker-prune.service docker-prune.timer; then return 0; fi
	remember unread-units yes
}

# A service manager that ran before reads its files when it is told. A prune timer that is new
# starts, and one that is not wanted any more stops.
# root as account: systemctl --user daemon-reload, and its prune timer starts or stops.
reload_units() {
	local timer='' first=''
	if [ -z "$(remembered unread-units)" ]; then return 0; fi
	read -r first <"$(earlier_file docker-prune.timer)" || true
	if has docker-prune.OnCalendar; then
		timer=start
	elif [ "$first" = "$MANAGED" ]; then
		timer=stop
	fi
	as_account_within 60 sh -c 'systemctl --user daemon-reload || exit
		if [ "$1" = stop ]; then rm -f -- "$2"; fi
		if [ -n "$1" ]; then exec systemctl --user "$1" docker-prune.timer; fi' \
		sh "$timer" "$ACCOUNT_HOME/$PRUNE_STAMP" </dev/null >/dev/null || stop_on_silent_service_manager
}

# Says why, and goes back to the earlier files where the last good start was with just these.
start_failed() {
	local fix="fix what the lines above report; or revert the last change of daemon, environment, \
storageDriver or unitOverrides, and give operations.recheck a new value, because Pulumi then sees no change"
	say_why_it_failed "$(date -r "$WORK/began" +%s)"
	# Its own step, which may have settings for a new engine, does not run before this one has ended.
	if [ -n "$FOLLOWS" ]; then
		fix="this start used the settings of the last up: if the program has newer ones that the daemon \
needs now, run 'pulumi up' with --target for the resource that ends in '-daemon'; or $fix"
	fi
	if ran_with_found_files; then
		run_apart run_with_earlier_files
		if [ "$APART_STATUS" = 0 ]; then
			fail "docker.service of $ACCOUNT" \
				"it does not start with the new settings, so it runs with its earlier files again; \
containers with a restart policy have started again" '' \
				"fix what the lines above report, or revert the last change of daemon, \
environment, storageDriver or unitOverrides"
		fi
	fi
	fail "docker.service of $ACCOUNT" \
		"it does not start, or does not answer on $ACCOUNT_RUNTIME/docker.sock, and its containers \
are down until it does" '' "$fix"
}

# True if the last good start was with the files that were found, and these are others than this run's.
ran_with_found_files() {
	local found
	found=$(found_sum)
	[ "$RUNNING_SUM" = "$found" ] && [ "$found" != "$(new_sum what-restarts)" ]
}

# In a subshell. The records say then that these are wanted; the step has not come to its end.
run_with_earlier_files() {
	want_earlier_files
	settle
	ask_systemctl daemon-reload
	start_or_stop_daemon restart
	ask_daemon
	remember start "$RUNNING_SUM $(ground)"
}
