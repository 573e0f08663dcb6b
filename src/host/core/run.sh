# How a run begins and ends: as root, under the lock, with a directory for its notes.

# $1 what happened, $2 what to do.
refuse_privileges() {
	refuse "privileges: $1. To fix: $2"
}

# Becomes root the way the user asked for, and keeps stdin, arguments and exit status. "password" is
# sudo with the first line of stdin, which no argument, environment or file has.
become_root() {
	local how=$ESCALATION user error line password=''
	if [ "$how" = password ]; then
		how=sudo ESCALATION=sudo
		IFS= read -r password || :
	fi
	# The first process is root's.
	if [ -O /proc/1 ]; then return 0; fi
	user=$(id -un)
	how=$(program_that_makes_root "$how" "$user")
	case $how in
	doas) line="'permit nopass $user' to /etc/doas.conf" ;;
	*) line="'$user ALL=(ALL) NOPASSWD: ALL' to a file in /etc/sudoers.d" ;;
	esac
	set -- "$AGENT" "$VERB" "$STEP" "$ID" "$ESCALATION" "$AGENT_ID"
	# A rule may name another default than root, who would ask again.
	if error=$("$how" -n -u root sh -c : 2>&1 </dev/null); then
		exec "$how" -n -u root sh "$@"
	fi
	if [ -z "$password" ]; then
		refuse_privileges "'$how -n' refuses user $user (${error##*"$NEWLINE"}), but \
root rights without a password are required" "add $line, or connect as root"
	fi
	# By itself first: what follows it on stdin would be further tries.
	if error=$(printf '%s\n' "$password" | sudo -S -k -p '' -u root sh -c : 2>&1); then
		{ printf '%s\n' "$password" && cat; } | sudo -S -k -p '' -u root sh "$@"
		exit
	fi
	refuse_privileges "sudo refuses connection.sudoPassword for user $user \
(${error##*"$NEWLINE"})" "set it to $user's password (on SUSE, root's), or add $line"
}

# True if this program runs from where it was installed, and not from a copy in /tmp.
is_installed_agent() {
	case $AGENT in
	"$STATE"/agents/*) return 0 ;;
	*) return 1 ;;
	esac
}

# Prints sudo or doas. An installed agent has a file beside it that says which of them. $1 what the user
# asked for, $2 the user.
program_that_makes_root() {
	local how=$1
	if [ -z "$how" ] && is_installed_agent; then
		read -r how <"${AGENT%/*}/escalation" || how=''
	fi
	case ${how:-auto} in
	none)
		refuse_privileges "user $2 is not root, and connection.privilegeEscalation is none" \
			"remove that setting, so that sudo or doas is used, or connect as root"
		;;
	auto)
		how=sudo
		if ! command -v sudo >/dev/null && command -v doas >/dev/null; then how=doas; fi
		;;
	esac
	command -v "$how" >/dev/null || refuse_privileges "user $2 is not root, and $how is not installed" \
		"install $how, or leave connection.privilegeEscalation out, or connect as root"
	printf '%s' "$how"
}

# Makes $WORK, with the directories of the run's document and of the daemon's files.
# root scratch: directories below $WORK.
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
# root units: its own subshell of a download ends. Its id is this run's.
ended() {
	trace_end "$?"
	if [ -n "$BESIDE" ]; then kill "$BESIDE" 2>/dev/null || :; fi
	rm -rf "$WORK"
	if [ -n "$AGENT_GOES" ]; then call_if_there remove_agent; fi
}

# Calls a function that a step or a kind may have. $1 its name, then its arguments.
call_if_there() {
	if command -v "$1" >/dev/null; then "$@"; fi
}

# Runs a function in a subshell that ends at the first failure. Sets APART_STATUS to its status.
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

# Runs a function beside the rest of the run, with notes of its own, until the run ends. Sets BESIDE to
# its process; what it says is in $WORK/beside/said.
run_beside() {
	local WORK=$WORK/beside
	mkdir "$WORK"
	# Without the lock, which a download that outlives the run would hold.
	(
		trap - EXIT
		"$@"
	) 2>"$WORK/said" 9>&- &
	BESIDE=$!
}
