# shellcheck shell=dash
# How a run begins and ends: as root, under the lock, with a directory for its notes.

# As it was put here beside the agent that runs.
know_escalation() {
	[ -z "$ESCALATION" ] || return 0
	case $AGENT in
	"$STATE"/agents/*)
		[ ! -r "${AGENT%/*}/escalation" ] || read -r ESCALATION <"${AGENT%/*}/escalation" || true
		;;
	esac
	ESCALATION=${ESCALATION:-auto}
}

# $1 what was found, $2 what to do.
refuse_privileges() {
	refuse "privileges: found $1; wanted root rights without a password. To fix: $2"
}

# $1 sudo or doas, $2 the user. sudo takes no file with a dot in its name.
allowing_line() {
	case $1 in
	sudo) printf "put '%s ALL=(ALL) NOPASSWD: ALL' into /etc/sudoers.d/%s" "$2" "$(printf '%s' "$2" | tr . _)" ;;
	doas) printf "put 'permit nopass %s' into /etc/doas.conf" "$2" ;;
	esac
}

# Becomes root the way the user asked for, and keeps stdin, arguments and exit status.
become_root() {
	[ "$SELF" != 0 ] || return 0
	local how error user
	user=$(id -un)
	know_escalation
	how=$ESCALATION
	if [ "$how" = auto ]; then
		if command -v sudo >/dev/null; then how=sudo; elif command -v doas >/dev/null; then how=doas; fi
	fi
	case $how in
	none)
		refuse_privileges "user $user, not root, and privilegeEscalation None" \
			"take None away, so that sudo or doas is used, or connect as root"
		;;
	auto)
		refuse_privileges "user $user, not root, and neither sudo nor doas" \
			"connect as root, or install sudo"
		;;
	esac
	command -v "$how" >/dev/null || refuse_privileges "user $user, not root, and no $how" \
		"install $how, or leave privilegeEscalation out, or connect as root"
	# A rule may name another default than root, who would ask again.
	error=$("$how" -n -u root sh -c : 2>&1 </dev/null) ||
		refuse_privileges "that '$how -n' refuses user $user ($(printf '%s' "$error" | tail -n 1))" \
			"$(allowing_line "$how" "$user"), or connect as root"
	exec "$how" -n -u root sh "$AGENT" "$@"
}

# The lock is held: a directory that is there belongs to a run that was killed, and may hold secret
# values.
start_work() {
	[ ! -e /run/rootless-docker.work ] || rm -rf /run/rootless-docker.work
	WORK=/run/rootless-docker.work
	prepare_work
}

prepare_work() {
	mkdir -m 700 "$WORK" "$WORK/home"
	trap 'ended $?' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
	: >"$WORK/changed"
	: >"$WORK/facts"
	: >"$WORK/findings"
	: >"$WORK/problems"
	: >"$WORK/wanted"
	: >"$WORK/declared"
}

# How every run ends. $1 its exit status.
ended() {
	[ "$1" = 0 ] || tell_full_disks
	rm -rf "$WORK"
	[ -z "$AGENT_GOES" ] || call_if_there remove_agent
}

# What fails on a full disk says so in words of its own, or not at all.
tell_full_disks() {
	local free mount
	df -Pk "$STATE" /etc /usr /run "${ACCOUNT_HOME:-/}" 2>/dev/null |
		awk 'NR > 1 && $4 < 1024 { print $4, $6 }' | sort -u |
		while read -r free mount; do
			say "disk: found $free KB free on $mount; wanted room for what this step writes. \
To fix: free space there, then run again"
		done
}

# What a step or a kind may have to say, where it has. $1 the function's name, then its arguments.
call_if_there() { ! command -v "$1" >/dev/null || "$@"; }

# Runs a function in a subshell that ends at the first command that fails. The exit status is in
# APART_STATUS.
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

# True where a command comes true within so many tenths of a second. $1 the number, then the
# command.
within_tenths() {
	local tries=$1
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}
