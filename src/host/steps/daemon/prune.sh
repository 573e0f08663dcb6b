# shellcheck shell=dash
# Removes what the daemon does not use any more: docker-prune.timer and docker-prune.service of the account's own
# systemd.

# Before anything is changed. A unit of that name that somebody else has made stays theirs.
validate_prune() {
	local unit
	has docker-prune.OnCalendar || return 0
	systemd-analyze calendar -- "$(doc docker-prune.OnCalendar)" >/dev/null 2>&1 ||
		fail docker-prune.OnCalendar "'$(doc docker-prune.OnCalendar)', which systemd does not take" \
			"a calendar event of systemd.time(7)" \
			"correct prune.schedule: 'systemd-analyze calendar' shows when one is due"
	for unit in docker-prune.service docker-prune.timer; do
		stop_on_others_unit "$ACCOUNT_HOME/.config/systemd/user/$unit" "$unit"
	done
}

# Where the account's systemd has one from, of an administrator's for all accounts, too. $1 path, $2 unit.
stop_on_others_unit() {
	local place
	[ ! -d "$(resource_directory homefile "$1")/claims" ] || return 0
	! account_has "$1" || fail "$1" "that it is there already, and not this package's" "no such unit" \
		"leave prune out, or let $ACCOUNT remove it: 'systemctl --user disable --now $2', then 'rm $1'"
	place=$(ask_systemctl show -p FragmentPath --value "$2" 2>"$WORK/error") || silent_service_manager
	[ -z "$place" ] || fail "$2" "that it is there already, in $(words_of_account "$place"), and not this package's" \
		"no such unit" "leave prune out, or take that unit away"
}

compose_prune_service() {
	local all=''
	[ "$(doc docker-prune.all)" != true ] || all=' --all'
	printf '# Managed by rootless-docker (Pulumi).\n'
	cat <<UNIT
[Unit]
Description=Removes what Docker does not use any more (rootless)
Documentation=https://docs.docker.com/reference/cli/docker/system/prune/
Requisite=docker.service
After=docker.service

[Service]
Type=oneshot
Environment=DOCKER_HOST=unix://%t/docker.sock
ExecStart=$(command -v docker) system prune --force$all --filter until=$(doc docker-prune.until)
UNIT
}

# Machines that were made together do not all begin at once.
compose_prune_timer() {
	printf '# Managed by rootless-docker (Pulumi).\n'
	cat <<UNIT
[Unit]
Description=Removes what Docker does not use any more (rootless)

[Timer]
OnCalendar=$(doc docker-prune.OnCalendar)
Persistent=true
RandomizedDelaySec=15min

[Install]
WantedBy=timers.target
UNIT
}

want_prune() {
	local units=$ACCOUNT_HOME/.config/systemd/user
	local stamp=$ACCOUNT_HOME/.local/share/systemd/timers/stamp-docker-prune.timer
	has docker-prune.OnCalendar || return 0
	# systemd writes it: it goes once the timer has stopped.
	want_home_parents "$stamp" homefile "$stamp" the-timer
	want usertimer "$ACCOUNT" docker-prune.timer
	compose_prune_service >"$WORK/docker-prune.service"
	compose_prune_timer >"$WORK/docker-prune.timer"
	want_home_file "$units/docker-prune.service" 644 "$WORK/docker-prune.service"
	want_home_file "$units/docker-prune.timer" 644 "$WORK/docker-prune.timer"
	want_home_link "$units/timers.target.wants/docker-prune.timer" "$units/docker-prune.timer"
	start_timer docker-prune.timer
}
