# shellcheck shell=dash
# The one place that starts the daemon: where it does not answer, or runs with something else than
# there is now.

# The files are in place, and the service manager runs. $1 not empty where it ran before they were.
run_daemon() {
	local files ground verb=restart since
	files=$(sum_of_daemon_files "$WORK/new")
	ground=$(sum_of_ground)
	if [ -z "$1" ]; then
		# It starts with what there is now.
		verb=start
	else
		reload_units
		if [ "$files $ground" = "$(sum_at_start files) $(sum_at_start ground)" ] &&
			[ "$files" = "$(sum_of_daemon_files "$WORK/earlier")" ]; then
			verb=start
			! ask_daemon "$(data_root)" || verb=''
		fi
	fi
	if [ -n "$verb" ]; then
		forget_start
		since=$(date +%s)
		if ! start_and_wait "$verb" || ! ask_daemon "$(data_root)"; then start_failed "$since"; fi
		chosen_driver_problems "$(docker_info Driver)" "$(doc daemon.json/storage-driver)"
		stop_on_problems
		changed "daemon of $ACCOUNT ${verb}ed"
	fi
	note_start "$files" "$ground"
}

# A service manager that ran before reads its files when it is told. A prune timer that is new
# starts, and one that is not wanted any more stops.
reload_units() {
	local unit timer='' differs=''
	for unit in docker.service docker-prune.service docker-prune.timer; do
		if [ -s "$WORK/earlier/$unit" ] || [ -e "$WORK/new/$unit" ]; then
			cmp -s "$WORK/earlier/$unit" "$WORK/new/$unit" || differs=yes
		fi
	done
	[ -n "$differs" ] || return 0
	if has docker-prune.OnCalendar; then
		timer=start
	elif grep -q '^# Managed by rootless-docker' "$WORK/earlier/docker-prune.timer"; then
		timer=stop
	fi
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account_within 60 sh -c 'systemctl --user daemon-reload
		[ "$1" != stop ] || rm -f -- "$2"
		[ -z "$1" ] || exec systemctl --user "$1" docker-prune.timer' \
		sh "$timer" "$ACCOUNT_HOME/$PRUNE_STAMP" </dev/null || silent_service_manager
}

# Says why, and goes back to the earlier files where the last good start was with just these. $1
# when it was started, in seconds.
start_failed() {
	say_why_it_failed "$1"
	if [ "$EARLIER_FILES" = "$(sum_of_daemon_files "$WORK/earlier")" ] &&
		[ "$EARLIER_FILES" != "$(sum_of_daemon_files "$WORK/new")" ]; then
		run_apart run_with_earlier_files
		[ "$APART_STATUS" != 0 ] || fail "docker.service of $ACCOUNT" \
			"that it does not start with the new settings: it runs again with its earlier \
files, and containers with a restart policy started again" "a daemon that starts with them" \
			"correct what the lines above say, or take back the last change of daemon, \
environment or unitOverrides"
	fi
	daemon_failed
}

# In a subshell. The records say then that these are wanted; the step has not come to its end.
run_with_earlier_files() {
	each_daemon_file want_earlier_file
	settle
	ask_systemctl daemon-reload
	start_and_wait restart
	ask_daemon "$(data_root)"
	note_start "$EARLIER_FILES" "$(sum_of_ground)"
}
