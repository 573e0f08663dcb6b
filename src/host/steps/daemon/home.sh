# shellcheck shell=dash
# What the step wants in the home, looked at once and written once.

# The directory's name is the SHA-256 of "rootless".
CONTEXT=.docker/contexts/meta/12b961af5feb3e9d39f93b2cefb9a1a944f18d02cca0cac2f04f5a982240605f
PRUNE_STAMP=.local/share/systemd/timers/stamp-docker-prune.timer

# One look at all paths of the step, and at what leads to them; then copies of what is there, in
# $WORK/earlier.
look_at_home() {
	local file config=$ACCOUNT_HOME/.config
	{
		each_daemon_file echo | sed 's/ [0-7]*$//'
		for file in "$DOC"/text/certs.d/*; do
			[ ! -e "$file" ] || echo "$config/docker/certs.d/${file##*/}/ca.crt"
		done
		printf '%s\n' "$config/docker/key.json" "$ACCOUNT_HOME/$CONTEXT/meta.json" \
			"$ACCOUNT_HOME/$PRUNE_STAMP" \
			"$config/systemd/user/docker-prune.service" "$config/systemd/user/docker-prune.timer" \
			"$config/systemd/user/default.target.wants/docker.service" \
			"$config/systemd/user/timers.target.wants/docker-prune.timer"
		data_root
	} | awk -v home="$ACCOUNT_HOME/" '
		{ while (index($0, home) == 1) { print; sub(/\/[^\/]*$/, "") } }
		END { print "=" home ".docker/config.json" }' | sort -u >"$WORK/paths"
	set --
	while IFS= read -r file; do set -- "$@" "$file"; done <"$WORK/paths"
	look_home "$@"
	rm -rf "$WORK/earlier" "$WORK/new"
	mkdir "$WORK/earlier" "$WORK/new"
	each_daemon_file keep_earlier_file
	keep_earlier_file "$config/systemd/user/docker-prune.service"
	keep_earlier_file "$config/systemd/user/docker-prune.timer"
}

# $1 the path.
keep_earlier_file() { home_bytes "$1" >"$WORK/earlier/${1##*/}"; }

want_new_file() { want_home_file "$1" "$2" "$WORK/new/${1##*/}"; }
want_earlier_file() { want_home_file "$1" "$2" "$WORK/earlier/${1##*/}"; }

want_in_home() {
	local file root config=$ACCOUNT_HOME/.config
	each_daemon_file want_new_file
	want_home_link "$config/systemd/user/default.target.wants/docker.service" \
		"$config/systemd/user/docker.service"
	# The daemon reads these whenever it asks that registry.
	for file in "$DOC"/text/certs.d/*; do
		[ ! -e "$file" ] || want_home_file "$config/docker/certs.d/${file##*/}/ca.crt" 644 "$file"
	done
	want_prune
	want_context
	root=$(data_root)
	case $root in
	"$ACCOUNT_HOME"/*) want_directory_as_it_is "${root%/*}" ;;
	esac
	# Engines before 23 write their identity there: it goes with the daemon.
	is_applied daemon || [ "$(home_state "$config/docker/key.json")" != absent ] ||
		write_record "$STATE/leases/$LEASE/own-key" </dev/null
}

# One that others make, such as dockerd: it is recorded, and goes at the end when nothing is in it.
# $1 the path.
want_directory_as_it_is() {
	local value
	value=$(home_state "$1")
	want_home_parents "$1"
	case $value in
	absent) want home "$1" 'dir 700' ;;
	dir*) want home "$1" "$value" ;;
	esac
}

# The context makes the account's own docker, and "docker -H ssh://" from elsewhere, find the
# socket.
want_context() {
	{
		printf '{"Name":"rootless","Metadata":{"Description":"Rootless Docker of %s"},' "$ACCOUNT"
		printf '"Endpoints":{"docker":{"Host":"unix://%s/docker.sock",' "$ACCOUNT_RUNTIME"
		printf '"SkipTLSVerify":false}}}'
	} >"$WORK/new/meta.json"
	want_home_file "$ACCOUNT_HOME/$CONTEXT/meta.json" 644 "$WORK/new/meta.json"
	printf '"rootless"' >"$WORK/new/context"
	want_member "$ACCOUNT_HOME/.docker/config.json" currentContext "$WORK/new/context"
}

# Before anything is changed.
validate_prune() {
	has docker-prune.OnCalendar || return 0
	systemd-analyze calendar -- "$(doc docker-prune.OnCalendar)" >/dev/null 2>&1 ||
		fail docker-prune.OnCalendar "'$(doc docker-prune.OnCalendar)'" \
			"a calendar event that systemd takes (systemd.time(7))" \
			"correct prune.schedule: 'systemd-analyze calendar' shows when one is due"
}

# Removes what the daemon does not use any more. Machines that were made together do not all begin
# at once.
want_prune() {
	local units=$ACCOUNT_HOME/.config/systemd/user all=''
	has docker-prune.OnCalendar || return 0
	[ "$(doc docker-prune.all)" != true ] || all=' --all'
	managed_line | tee "$WORK/new/docker-prune.timer" >"$WORK/new/docker-prune.service"
	cat >>"$WORK/new/docker-prune.service" <<UNIT
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
	cat >>"$WORK/new/docker-prune.timer" <<UNIT
[Unit]
Description=Removes what Docker does not use any more (rootless)

[Timer]
OnCalendar=$(doc docker-prune.OnCalendar)
Persistent=true
RandomizedDelaySec=15min

[Install]
WantedBy=timers.target
UNIT
	want_new_file "$units/docker-prune.service" 644
	want_new_file "$units/docker-prune.timer" 644
	want_home_link "$units/timers.target.wants/docker-prune.timer" "$units/docker-prune.timer"
	# systemd writes a file there.
	want_directory_as_it_is "$ACCOUNT_HOME/${PRUNE_STAMP%/*}"
}
