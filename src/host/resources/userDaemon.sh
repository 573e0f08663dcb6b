# shellcheck shell=dash
# Kind userdaemon: the account's daemon, which runs.

# Without the service manager, that is what is wrong.
userdaemon_check() { ! service_manager_runs || daemon_is_up || echo 'it not running'; }

# userdel -f leaves what runs. A uid that is another one's by now is left alone. $1 the account.
userdaemon_of_gone() {
	local uid
	uid=$(recorded_uid "$1")
	if [ -z "$uid" ] || getent passwd "$uid" >/dev/null; then return 0; fi
	systemctl is-active -q "user@$uid.service" || return 0
	stop_service_manager "$uid"
	changed "daemon of $1, whose account is gone, stopped"
}

userdaemon_save() { :; }

# Stops the daemon. While it still answers, it is asked whether it holds anything of the user's:
# what it said counts once it has stopped, and until it runs again.
userdaemon_restore() {
	local empty='' note=$STATE/leases/$LEASE/no-data
	rm -f "$note"
	know_account "$1" || return 0
	note_data_elsewhere ''
	service_manager_runs || return 0
	! daemon_holds_nothing || empty=$(docker_of_account info --format '{{.DockerRootDir}}' 2>/dev/null) || true
	daemon_may_run || return 0
	stop_daemon
	changed "daemon stopped"
	[ -z "$empty" ] || printf '%s\n' "$empty" | write_record "$note"
}

# A data root that somebody else has set is not this package's to remove, and has files of the account's
# ids: it is recorded as one that stays. Which one that is is the account's word: it counts for a
# directory of the account's own that looks like one, and for nobody else's data. $1 what that means, in words.
note_data_elsewhere() {
	local root dir
	root=$(docker_of_account info --format '{{.DockerRootDir}}' 2>/dev/null | head -n 1) || true
	[ -n "$root" ] || root=$(data_root_by_flag)
	[ -n "$root" ] || root=$(daemon_data_root)
	case $root in
	"$ACCOUNT_HOME"/* | *[[:cntrl:]]*) return 0 ;;
	/*) ;;
	*) return 0 ;;
	esac
	root=$(as_account realpath -e "$root" 2>/dev/null) || return 0
	case $root in *[[:cntrl:]]*) return 0 ;; esac
	[ -z "${DOC-}" ] || [ "$root" != "$(as_account realpath -m "$(data_root)")" ] || return 0
	[ "$(as_account stat -c %u "$root")" = "$ACCOUNT_UID" ] || return 0
	as_account test -d "$root/containers" || return 0
	if is_near_known_data "$root"; then
		! data_roots_of "$ACCOUNT" | as_account xargs -d '\n' -r realpath -m | grep -qxF -- "$root" || return 0
		say "$(words_of_account "$root") stays, and may have files of the ids of $ACCOUNT:" \
			"the daemon says that it used it. It is too near to data of others to be recorded"
		# The account's word keeps the account itself.
		printf '%s' "$root" | write_record "$STATE/leases/$LEASE/data-elsewhere"
		return 0
	fi
	dir=$(resource_directory data "$root")
	mkdir -p "$dir/claims" "$dir/baseline.$STEP"
	printf '%s' "$root" | write_record "$dir/name"
	printf '%s' "$ACCOUNT" | write_record "$dir/baseline.$STEP/account"
	: >"$dir/baseline.$STEP/said"
	mv -T "$dir/baseline.$STEP" "$dir/baseline"
	sync_directories "$dir" "${dir%/*}"
	say "$(words_of_account "$root") stays: the daemon says that it used it, and this package has not set it$1"
}

# What its unit or a drop-in of that says.
data_root_by_flag() {
	start_of_unit | sed -n 's/.*--data-root[= ]\{1,\}\([^ ]*\).*/\1/p' |
		HOME_OF=$ACCOUNT_HOME perl -pe 's/%h/$ENV{HOME_OF}/g'
}

# True for another account's home and any recorded data root, and for what is below or above one. $1 the
# directory.
is_near_known_data() {
	local dir
	{
		printf '%s\n' "$1"
		getent passwd | awk -F : -v name="$ACCOUNT_LOGIN" '$1 != name && $6 ~ /^\/./ { print $6 }'
		known_data | while read -r dir; do printf '%s\n' "$(resource_name "$dir")"; done
	} >"$WORK/data-roots"
	account_real_paths "$WORK/data-roots" || return 0
	awk '
		NR == 1 { root = $0 "/" }
		NR > 1 && (index($0 "/", root) == 1 || index(root, $0 "/") == 1) { near = 1 }
		END { exit !near }' "$WORK/real-paths"
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
