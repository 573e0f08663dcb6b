# How a run begins and ends: as root, under the lock, with a directory for its notes.

# $1 what was found, $2 what to do, $3 what was wanted.
refuse_privileges() {
	refuse "privileges: found $1; wanted ${3-root rights without a password}. To fix: $2"
}

# Becomes root the way the user asked for, and keeps stdin, arguments and exit status. An installed
# agent has a file beside it that says which way. "password" is sudo with the first line of stdin,
# which no argument, environment or file has.
become_root() {
	local how=$ESCALATION user error line password=''
	if [ "$how" = password ]; then
		how=sudo ESCALATION=sudo
		IFS= read -r password || :
	fi
	# The first process is root's.
	[ ! -O /proc/1 ] || return 0
	user=$(id -un)
	case $how$AGENT in
	"$STATE"/agents/*) read -r how <"${AGENT%/*}/escalation" || how='' ;;
	esac
	case ${how:-auto} in
	none)
		refuse_privileges "user $user, not root, and connection.privilegeEscalation none" \
			"take none away, so that sudo or doas is used, or connect as root"
		;;
	auto)
		how=sudo
		command -v sudo >/dev/null || ! command -v doas >/dev/null || how=doas
		;;
	esac
	command -v "$how" >/dev/null || refuse_privileges "user $user, not root, and no $how" \
		"install $how, or leave connection.privilegeEscalation out, or connect as root"
	line="'permit nopass $user' into /etc/doas.conf"
	[ "$how" = doas ] || line="'$user ALL=(ALL) NOPASSWD: ALL' into a file of /etc/sudoers.d"
	set -- "$AGENT" "$VERB" "$STEP" "$ID" "$ESCALATION" "$AGENT_ID"
	# A rule may name another default than root, who would ask again.
	if error=$("$how" -n -u root sh -c : 2>&1 </dev/null); then
		exec "$how" -n -u root sh "$@"
	elif [ -z "$password" ]; then
		refuse_privileges "that '$how -n' refuses user $user (${error##*"$NEWLINE"})" \
			"put $line, or connect as root"
	# By itself first: what follows it on stdin would be further tries.
	elif error=$(printf '%s\n' "$password" | sudo -S -k -p '' -u root sh -c : 2>&1); then
		{ printf '%s\n' "$password" && cat; } | sudo -S -k -p '' -u root sh "$@"
		exit
	fi
	refuse_privileges "that sudo refuses connection.sudoPassword (${error##*"$NEWLINE"})" \
		"set it to $user's password (on SUSE, root's), or put $line" "root rights for user $user with it"
}

# Makes $WORK, with the directories of the run's document and of the daemon's files.
prepare_work() {
	local name
	# shellcheck disable=SC2046 # paths without blanks
	(umask 077 && mkdir -p "$WORK/home" "$WORK/earlier" "$WORK/new" \
		$(document_directories "$WORK/doc"))
	trap 'ended' EXIT
	trap 'exit 143' HUP INT PIPE TERM
	for name in changed facts problems wanted declared; do : >"$WORK/$name"; done
}

# How every run ends.
ended() {
	[ -z "$BESIDE" ] || kill "$BESIDE" 2>/dev/null || :
	rm -rf "$WORK"
	[ -z "$AGENT_GOES" ] || call_if_there remove_agent
}

# Calls a function that a step or a kind may have. $1 its name, then its arguments.
call_if_there() { ! command -v "$1" >/dev/null || "$@"; }

# Runs a function in a subshell that ends at the first failure. Its status is in APART_STATUS.
run_apart() {
	set +e
	(
		set -e
		trap - EXIT
		"$@"
	)
	APART_STATUS=$?
	set -e
}

# Runs a function beside the rest of the run, with notes of its own, until the run ends. Its process
# is BESIDE; what it says is in $WORK/beside/said.
run_beside() {
	local WORK=$WORK/beside
	mkdir "$WORK"
	(
		trap - EXIT
		"$@"
	) 2>"$WORK/said" &
	BESIDE=$!
}
