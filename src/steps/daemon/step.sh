# shellcheck shell=dash
# daemon: what the account's daemon reads (daemon.json, environment, unit), the daemon itself, and the
# Docker context that finds it. The daemon restarts only when what it reads has changed.

daemon_apply() {
	bring_up_daemon
	daemon_facts
}

bring_up_daemon() {
	know_account "$(doc account)" ||
		fail "account $(doc account)" "no such account" "it to exist" "run the account step first"
	follow_home "$ACCOUNT"
	doc on-destroy-data | write_record "$STATE/leases/$LEASE/on-destroy-data"
	rm -f "$STATE/leases/$LEASE/no-data"
	start_service_manager
	want_network_driver
	want_data_roots
	settle_storage_driver
	want userunit "$ACCOUNT" docker.service
	apply_daemon_files
	want_context
}

# What the account answers with may be its own, and never answer.
user_systemctl() { as_account_within "${SERVICE_SECONDS:-300}" systemctl --user "$@"; }
# Only the number of a process of the account's: what is looked at below /proc is nowhere else.
main_process() {
	local process
	process=$(ask_systemctl show -p MainPID --value docker.service | grep -xE '[0-9]{1,10}' | head -n 1)
	[ "$(stat -c %u "/proc/$process" 2>/dev/null)" != "$ACCOUNT_UID" ] || printf '%s\n' "$process"
}
# What is asked of the service manager is there, and waits for no service.
ask_systemctl() { as_account_within 30 systemctl --user "$@"; }
# Only the daemon is asked: with nothing of the client's settings, and so without the account's
# plugins.
docker_of_account() {
	as_account_within 60 env DOCKER_CONFIG="$STATE/none" docker -H "unix://$ACCOUNT_RUNTIME/docker.sock" "$@"
}

# The account's own systemd, which linger keeps running without a login. It may have been started, or
# have failed to, before the packages that it needs were there.
start_service_manager() {
	local begun waited told=''
	systemctl is-active -q "user@$ACCOUNT_UID.service" || {
		systemctl reset-failed "user@$ACCOUNT_UID.service" 2>/dev/null || true
		systemctl start "user@$ACCOUNT_UID.service" ||
			fail "user@$ACCOUNT_UID.service" "it $(systemctl is-active "user@$ACCOUNT_UID.service" || true)" "the service manager of $ACCOUNT running" "see 'journalctl -u user@$ACCOUNT_UID.service'"
	}
	if ! bus_is_there; then
		ask_systemctl daemon-reload || true
		ask_systemctl start dbus.socket || true
	fi
	begun=$(seconds_since_boot)
	until bus_is_there; do
		waited=$(($(seconds_since_boot) - begun))
		if [ "$waited" -ge 5 ] && [ -z "$told" ]; then
			told=yes
			say "waits for the message bus of $ACCOUNT, $ACCOUNT_RUNTIME/bus"
		fi
		[ "$waited" -le 30 ] ||
			fail "$ACCOUNT_RUNTIME/bus" "no such socket after 30 seconds" "the message bus of $ACCOUNT" "see 'journalctl _UID=$ACCOUNT_UID'"
		sleep 0.1
	done
}

# The socket itself outlives what listened on it.
bus_is_there() { [ -S "$ACCOUNT_RUNTIME/bus" ] && ask_systemctl is-active -q dbus.socket; }

# A service manager that was stopped leaves its sockets.
service_manager_runs() {
	[ -S "$ACCOUNT_RUNTIME/bus" ] && systemctl is-active -q "user@$ACCOUNT_UID.service"
}

# Writes what the daemon reads and makes it run with that.
apply_daemon_files() {
	local config=$ACCOUNT_HOME/.config
	compose_daemon_json >"$WORK/daemon.json"
	compose_environment >"$WORK/environment"
	compose_unit >"$WORK/docker.service"
	account_file "$config/docker/daemon.json" | cmp -s - "$WORK/daemon.json" || validate_daemon_json
	want_home_file "$config/docker/daemon.json" 600 "$WORK/daemon.json"
	want_home_file "$config/docker/environment" 600 "$WORK/environment"
	want_unit "$config/systemd/user/docker.service"
	# Written by the daemon itself (its identity, until engine 23): nothing that a user would miss.
	want homefile "$config/docker/key.json" the-daemon
	want_home_link "$config/systemd/user/default.target.wants/docker.service" "$config/systemd/user/docker.service"
	want userdaemon "$ACCOUNT" running
	ask_systemctl daemon-reload
	data_root >"$WORK/data-root"
	settle_data_root "$(cat "$WORK/data-root")"
	run_daemon
	forget_earlier_values
}

# Keys of a document directory and of the secret values, sorted: NAME, tab, file. $1 json or text, $2 group.
with_secrets() {
	local file
	for file in "$DOC/$1/$2"/* "$(secrets_directory)/$1/$2"/*; do
		[ ! -e "$file" ] || printf '%s\t%s\n' "${file##*/}" "$file"
	done | sort
}

compose_daemon_json() {
	local comma='' name file
	printf '{'
	with_secrets json daemon.json >"$WORK/keys"
	while IFS='	' read -r name file; do
		printf '%s\n  "%s": ' "$comma" "$name"
		cat "$file"
		comma=,
	done <"$WORK/keys"
	printf '\n}\n'
}

# In systemd's quoting: inside double quotes a backslash protects these four.
compose_environment() {
	local name file
	printf '# Managed by rootless-docker (Pulumi).\n'
	with_secrets text environment >"$WORK/keys"
	while IFS='	' read -r name file; do
		printf '%s="' "$name"
		sed 's/[\\"$`]/\\&/g' "$file"
		printf '"\n'
	done <"$WORK/keys"
	compose_host_loopback
}

# Debian keeps the start script among docker.io's contributions; the vendor's packages have it on PATH.
start_script() {
	command -v dockerd-rootless.sh || printf /usr/share/docker.io/contrib/dockerd-rootless.sh
}

compose_unit() {
	printf '# Managed by rootless-docker (Pulumi).\n'
	cat <<UNIT
[Unit]
Description=Docker Application Container Engine (rootless)
Documentation=https://docs.docker.com/engine/security/rootless/
StartLimitBurst=5
StartLimitIntervalSec=60s

[Service]
Environment=PATH=$PATH
EnvironmentFile=%h/.config/docker/environment
ExecStart=$(start_script)
ExecReload=/bin/kill -s HUP \$MAINPID
Type=notify
NotifyAccess=all
TimeoutStartSec=0
TimeoutStopSec=60
Restart=always
RestartSec=2
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=mixed

[Install]
WantedBy=default.target
UNIT
}

# Everything that the daemon reads once, when it starts.
daemon_fingerprint() {
	local config=$ACCOUNT_HOME/.config file
	{
		for file in docker/daemon.json docker/environment systemd/user/docker.service; do
			account_file "$config/$file" || true
		done
		# shellcheck disable=SC2046 # lists of package names
		daemon_engine $(storage_packages) $(network_packages)
		id_ranges /etc/subuid "$ACCOUNT" "$ACCOUNT_UID"
		id_ranges /etc/subgid "$ACCOUNT" "$ACCOUNT_UID"
		delegated_controllers
	} | sha256sum | cut -c 1-64
}

# Of that, what is the machine's: the versions of the programs, and what rootlesskit may. The
# arguments are packages that not every daemon runs with.
daemon_engine() {
	# shellcheck disable=SC2016 # dpkg's own variables
	dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' docker.io rootlesskit slirp4netns \
		uidmap containerd runc "$@" 2>/dev/null | grep ' installed$' || true
	getcap "$(command -v rootlesskit)" 2>/dev/null || true
}

# What a daemon was started with of that, so that another installation's step need not ask its
# account: the packages, and a hash.
remember_engine() {
	# shellcheck disable=SC2046 # lists of package names
	write_engine "$1" $(storage_packages) $(network_packages)
}

# $1 file, then the packages.
write_engine() {
	local file=$1
	shift
	{
		printf '%s\n' "$*"
		daemon_engine "$@" | sha256sum
	} >"$file.new"
	mv "$file.new" "$file"
}

# True where the engine is another one than the daemon was started with. $1 its directory.
engine_changed() {
	# Started by an earlier version of this package.
	[ -e "$1/engine" ] || return 0
	# shellcheck disable=SC2046 # a list of package names
	[ "$(daemon_engine $(head -n 1 "$1/engine") | sha256sum)" != "$(tail -n +2 "$1/engine")" ]
}

# A daemon that runs keeps running when the new configuration cannot. Engines before 23 cannot tell.
validate_daemon_json() {
	local said
	said=$(dockerd --validate --config-file "$WORK/daemon.json" 2>&1) || case $said in
	*'unknown flag'*) ;;
	*)
		fail "daemon" "$(printf '%s\n' "$said" | tail -n 1 | sed "s|$WORK/||" | without_secrets)" "a daemon.json that dockerd accepts" "take back the last change of daemon"
		;;
	esac
}

# Starts the daemon, or restarts it where what it reads is not what it was started with.
run_daemon() {
	hold_daemon
	start_daemon
	release_daemon
}

# Not in the middle of an installation; and steps that run side by side would restart it one after
# the other. Nobody else waits for the account then: an installation is waited for, and not held up.
hold_daemon() {
	hold_packages
	release_packages
	exec 7>"$STATE/locks/daemon.$ACCOUNT"
	flock -n 7 || flock -w 600 7 ||
		fail "$STATE/locks/daemon.$ACCOUNT" "it held for 10 minutes by another run" "it free" \
			"see what holds it with 'fuser $STATE/locks/daemon.$ACCOUNT' and let it end"
}

release_daemon() { exec 7>&-; }

start_daemon() {
	local verb=start now dir
	now=$(daemon_fingerprint)
	dir=$(thing_directory userdaemon "$ACCOUNT")
	if daemon_is_up; then
		if [ "$(cat "$dir/started" 2>/dev/null)" = "$now" ]; then
			! start_and_wait start || return 0
		elif [ "$(cat "$dir/starting" 2>/dev/null)" != "$now" ]; then
			verb=restart
		fi
	fi
	run_daemon_now "$verb"
}

# $1 start or restart.
run_daemon_now() {
	local now since dir
	now=$(daemon_fingerprint)
	dir=$(thing_directory userdaemon "$ACCOUNT")
	since=$(date +%s)
	ask_systemctl reset-failed docker.service 2>/dev/null || true
	start_and_wait "$1" "$now" || {
		rm -f "$dir/starting"
		# The daemon step runs again then, and no other step has to say the same.
		[ "$STEP" != daemon ] || printf '%s\n' "$now" >"$dir/failed"
		daemon_failed "$since"
	}
	storage_driver_problems "$(storage_driver)" "$since"
	stop_on_problems
	printf '%s\n' "$now" >"$dir/started"
	remember_engine "$dir/engine"
	rm -f "$dir/failed" "$dir/starting"
	changed "daemon of $ACCOUNT ${1}ed"
}

# For the steps that change what a daemon reads. $1 why, $2 all daemons of this package on the machine,
# or only this lease's own.
restart_daemons() {
	local dir
	for dir in "$STATE"/things/userdaemon/*; do
		# A killed installation, or somebody's hand, may have left a part of the programs: the engine step mends
		# that, and comes here.
		if [ ! -e "$dir/started" ] || ! daemon_programs; then
			continue
		elif [ -e "$dir/claims/$LEASE.daemon" ]; then
			know_account "$(cat "$dir/name")" || continue
			restart_daemon "$dir" "$1"
		elif [ "$2" = all ] && engine_changed "$dir"; then
			restart_others_daemon "$dir" "$1"
		fi
	done
}

# $1 the daemon's directory, $2 why.
restart_daemon() {
	hold_daemon
	if ! grep -qsxF "$(daemon_fingerprint)" "$1/started" "$1/failed"; then
		say "restarts the daemon of $ACCOUNT: $2"
		start_service_manager
		start_daemon
	fi
	release_daemon
}

# A daemon that this lease has left to another one's claim runs with that one's files again. Asked for
# every time: a run that was killed before this has dropped the claims already.
daemon_released() {
	local account dir
	account=$(cat "$STATE/leases/$LEASE/account-name" 2>/dev/null) || return 0
	dir=$(thing_directory userdaemon "$account")
	if [ ! -e "$dir/started" ] || [ -e "$dir/claims/$LEASE.daemon" ] || unclaimed "$dir" ||
		! daemon_programs; then return 0; fi
	restart_others_daemon "$dir" "its files are another installation's again" \
		"with its own files again"
}

# In a subshell, with problems and changes of its own. $1 where they go, $2 the daemon's directory,
# $3 why.
restart_apart() {
	WORK=$1 SERVICE_SECONDS=120
	know_account "$(cat "$2/name")" || return 0
	restart_daemon "$2" "$3"
	[ -e "$2/engine" ] || remember_engine "$2/engine"
}

# Another installation's daemon runs with the new engine, too. Whatever keeps it from that is no
# problem of this one: it is said in one line, and not tried again before the engine changes again.
# $1 its directory, $2 why, $3 with what it does not start otherwise.
restart_others_daemon() {
	local other=$WORK/other status=0
	rm -rf "$other"
	mkdir "$other"
	touch "$other/changed" "$other/problems" "$other/findings"
	# Not in a condition: there the shell would go on after a failed command inside.
	set +e
	(
		set -e
		restart_apart "$other" "$1" "$2"
	) 2>"$other/said"
	status=$?
	set -e
	if [ "$status" = 0 ]; then
		cat "$other/said" >&2
		cat "$other/changed" >>"$WORK/changed"
		return 0
	fi
	say "the daemon of $(cat "$1/name"), another installation's, does not start ${3-with the new engine}:" \
		"see 'sh $STATE/agent doctor $(cat "$1/name")'"
	# shellcheck disable=SC2046 # a list of package names
	write_engine "$1/engine" $(head -n 1 "$1/engine" 2>/dev/null)
}

# The programs without which the daemon does not start.
daemon_programs() {
	local program
	for program in dockerd containerd runc rootlesskit newuidmap newgidmap slirp4netns; do
		command -v "$program" >/dev/null || return 1
	done
}

# A text of the account's daemon.json, whichever step's document this run has. $1 key.
daemon_json_text() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" | head -n 1 | head -c 4096
}

# A truth value or number of it. $1 key.
daemon_json_word() {
	account_file "$ACCOUNT_HOME/.config/docker/daemon.json" |
		sed -n "s/^  \"$1\": \([a-z0-9]*\),\{0,1\}\$/\1/p" | head -n 1 | head -c 64
}

daemon_data_root() {
	local root
	root=$(daemon_json_text data-root)
	printf '%s' "${root:-$ACCOUNT_HOME/.local/share/docker}"
}

# Why, as the doctor sees it, then the daemon's own last words: with the problem itself, and what a full
# disk adds, 20 lines at most. $1 when it was started, in seconds.
daemon_failed() {
	journalctl --sync 2>/dev/null || true
	journalctl -q --no-pager -o cat --since "@$1" -n 200 "_UID=$ACCOUNT_UID" \
		_SYSTEMD_USER_UNIT=docker.service 2>/dev/null | head -c 500000 >"$WORK/journal" || true
	user_systemctl stop docker.service 2>/dev/null || true
	{
		sh "$AGENT" doctor --problems "$ACCOUNT" 2>/dev/null | grep -v "^doctor: docker.service of " | head -n 6 | sed "s/^doctor/$STEP/" || true
		journal_causes <"$WORK/journal" | tail -n 9 | cut -c -1000 | without_controls |
			sed "s/^/$STEP: journal: /"
	} | without_secrets >&2
	half_made_network_problem "$(daemon_data_root)"
	fail "docker.service of $ACCOUNT" "it does not start, or does not answer on $ACCOUNT_RUNTIME/docker.sock" "a daemon that answers" "mend what the lines above say, or take back the last change of daemon or environment"
}

# A start that failed while it made docker0 can leave half of it in the engine's store, and no later start
# gets past that. $1 data root.
half_made_network_problem() {
	local store=$1/network/files/local-kv.db remove='remove that file'
	# In other steps the account's file says where it is.
	[ ! -e "$WORK/data-root" ] || remove="run 'rm $(cat "$WORK/data-root")/network/files/local-kv.db'"
	! grep -q 'networks have same bridge name' "$WORK/journal" ||
		problem "$store" "half of a network, left by a start that failed" "the engine's networks, whole" "$remove as $ACCOUNT; the engine makes its own networks again, and those that you made have to be made by you" "dockerd does not start with it: 'networks have same bridge name'"
}

# Of the journal, the causes; where there are none, whatever sounds like one. A forwarding that is off
# inside RootlessKit's namespace is said by engine 29.5, and is none (moby#52737).
journal_causes() {
	grep -v 'IPv4 forwarding is disabled' >"$WORK/journal.said" || true
	{
		grep -E '^failed to|level=fatal|^\[rootlesskit' "$WORK/journal.said" ||
			grep -v level=info "$WORK/journal.said" | grep -iE 'error|fail|cannot|denied|invalid|unable'
	} | awk '!seen[$0]++' || true
}

userdaemon_save() { :; }

# Stops the daemon. While it still answers, it is asked whether it holds anything of the user's: what it
# said counts once it has stopped, and until it runs again.
userdaemon_restore() {
	local empty='' note=$STATE/leases/$LEASE/no-data
	rm -f "$note"
	know_account "$1" || return 0
	service_manager_runs || return 0
	! daemon_holds_nothing || empty=$(docker_of_account info --format '{{.DockerRootDir}}' 2>/dev/null) || true
	# Without an answer it may still use what is removed next: then it is stopped, or that fails.
	case $(ask_systemctl is-active docker.service || echo "status $?") in
	active | reloading | *'status 124' | *'status 137') ;;
	*) return 0 ;;
	esac
	user_systemctl stop docker.service
	changed "daemon stopped"
	[ -z "$empty" ] || printf '%s\n' "$empty" | write_record "$note"
}

# No containers, images, volumes, plugins, networks of the user's, nor the secrets of a swarm.
daemon_holds_nothing() {
	local list
	for list in 'ps -aq' 'image ls -q' 'volume ls -q' 'plugin ls -q' 'network ls -q --filter type=custom'; do
		# shellcheck disable=SC2086 # words
		[ -z "$(docker_of_account $list 2>/dev/null || echo unknown)" ] || return 1
	done
	[ "$(docker_of_account info --format '{{.Swarm.LocalNodeState}}' 2>/dev/null)" = inactive ]
}

# A unit that is on its way up, again and again perhaps, counts as well.
daemon_is_up() {
	case $(ask_systemctl is-active docker.service) in
	active | activating | reloading) ;;
	*) return 1 ;;
	esac
}

userunit_save() {
	if daemon_is_up || daemon_was_up; then : >"$2/active"; fi
}

# Before the account's service manager was restarted for its control groups.
daemon_was_up() { [ "$(cat "$(delegation_note docker.service)" 2>/dev/null)" = "$(boot_id)" ]; }

# A daemon of the account's own would not come back where it was started by hand: this is remembered for
# userunit_save, which has its turn later, until the next boot ends that daemon in any case.
before_service_manager_restarts() {
	if [ -d "$(thing_directory userunit "$ACCOUNT")/baseline" ] || ! daemon_is_up; then return 0; fi
	boot_id | write_delegation_note docker.service
}

# With the service manager, what is enabled has started again: a daemon of this package has read
# everything anew then, and needs no second restart for it.
after_service_manager_restarted() {
	if [ -e "$(thing_directory userdaemon "$ACCOUNT")/started" ]; then
		command -v dockerd >/dev/null || return 0
		start_service_manager
		run_daemon_now start
	elif daemon_was_up; then
		ask_systemctl --no-block start docker.service || true
	fi
}

# A daemon that the account ran by itself before comes back. Where the machine was booted since the daemon
# was stopped, it may run again, and on files that are gone by now.
userunit_restore() {
	know_account "$1" || return 0
	if ! service_manager_runs; then
		[ -e "$2/active" ] || return 0
		start_service_manager
	fi
	! daemon_is_up || user_systemctl stop docker.service
	ask_systemctl daemon-reload
	ask_systemctl reset-failed docker.service 2>/dev/null || true
	[ -e "$2/active" ] || return 0
	start_and_wait start ||
		fail "docker.service of $1" "that it does not start again ($(tail -n 1 "$WORK/error"))" \
			"the daemon that ran here before" "see 'journalctl --user -u docker' as $1, then run again"
	changed "the earlier docker.service of $1 started again"
}

daemon_facts() {
	local info driver version controllers
	info=$(docker_of_account info --format '{{.Driver}}|{{.CgroupVersion}}|{{.CgroupDriver}}|{{.MemoryLimit}} {{.CPUCfsQuota}} {{.PidsLimit}}')
	controllers=$(delegated_controllers | tr ' ' ,)
	driver=$(word_of_account "${info%%|*}")
	fact storageDriver "$driver"
	info=${info#*|}
	version=$(word_of_account "${info%%|*}")
	fact cgroup.version "$version"
	info=${info#*|}
	fact cgroup.driver "$(word_of_account "${info%%|*}")"
	fact cgroup.controllers "$controllers"
	network_facts "$(main_process)"
	case "${info#*|}, v$version" in
	*', v1') limitation cgroups unavailable "docker info: control groups v1 with driver $(word_of_account "${info%%|*}"): no limit works" "boot with control groups v2: put systemd.unified_cgroup_hierarchy=1 on the kernel's command line, in place of what chooses v1 there" ;;
	'true true true, '*) limitation cgroups available "docker info: limits of memory, cpu and pids work; controllers delegated: $controllers" "" ;;
	'false false false, '*) limitation cgroups unavailable "docker info: no limit works; controllers delegated: ${controllers:-none}" "$(controllers_fix)" ;;
	*) limitation cgroups limited "docker info: MemoryLimit CPUCfsQuota PidsLimit are $(words_of_account "${info#*|}"); controllers delegated: ${controllers:-none}" "$(controllers_fix)" ;;
	esac
	storage_driver_limitation "$driver"
}
