# shellcheck shell=dash
# How a run begins: as root, with a directory for what it notes.

# As it was put here, by the file beside the agent that runs; in a directory where others may write, nobody
# believes one.
know_escalation() {
	[ -z "$ESCALATION" ] || return 0
	case $AGENT in
	"$STATE"/agents/*) [ ! -r "${AGENT%/*}/escalation" ] || read -r ESCALATION <"${AGENT%/*}/escalation" || true ;;
	esac
	ESCALATION=${ESCALATION:-auto}
}

# $1 what was found, $2 what to do.
refuse_to_run() {
	echo "$STEP: privileges: found $1; wanted root rights without a password. To fix: $2" >&2
	exit 1
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
	local how error
	know_escalation
	how=$ESCALATION
	if [ "$how" = auto ]; then
		if command -v sudo >/dev/null; then how=sudo; elif command -v doas >/dev/null; then how=doas; fi
	fi
	case $how in
	none)
		refuse_to_run "user $(id -un), not root, and privilegeEscalation None" \
			"take None away, so that sudo or doas is used, or connect as root"
		;;
	auto) refuse_to_run "user $(id -un), not root, and neither sudo nor doas" "connect as root, or install sudo" ;;
	esac
	command -v "$how" >/dev/null ||
		refuse_to_run "user $(id -un), not root, and no $how" \
			"install $how, or leave privilegeEscalation out, or connect as root"
	# A rule may name another default than root, who would ask again.
	error=$("$how" -n -u root sh -c : 2>&1 </dev/null) ||
		refuse_to_run "that '$how -n' refuses user $(id -un) ($(printf '%s' "$error" | tail -n 1))" \
			"$(allowing_line "$how" "$(id -un)"), or connect as root"
	exec "$how" -n -u root sh "$AGENT" "$@"
}

# What fails on a full disk says so in words of its own ("I/O error"), or not at all.
tell_full_disks() {
	local free mount
	df -Pk "$STATE" /etc /usr /run "${ACCOUNT_HOME:-/}" 2>/dev/null |
		awk 'NR > 1 && $4 < 1024 { print $4, $6 }' | sort -u |
		while read -r free mount; do
			say "disk: found $free KB free on $mount; wanted room for what this step writes. To fix: free space there, then run again"
		done
}

# What is waited for in vain ends a run wherever it is.
tell_late_programs() {
	local account uid
	[ -s "${WORK:-/nonexistent}/late" ] || return 0
	read -r account uid <"$WORK/late"
	say \
		"account $account: found that programs that run as it do not end; wanted an answer. To fix:" \
		"see what it runs and has mounted, or run 'systemctl restart user@$uid.service'," \
		"which ends all that its service manager runs, then run again"
}

# What a killed run of the same step left there goes first: it may hold secret values. The step's
# lock is held by now, so that no other run still uses it. What that run had written may not be on
# the disk yet, and this one takes it as it is.
start_work() {
	local left
	for left in "/run/rootless-docker.$STEP".*; do
		[ ! -e "$left" ] || sync_host
		rm -rf "$left"
	done
	WORK=$(mktemp -d "/run/rootless-docker.$STEP.XXXXXX")
	trap 'exit 129' HUP
	trap 'exit 130' INT
	# The connection was cut: what the shell would die of without a word, and without tidying up.
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
	: >"$WORK/begun"
	: >"$WORK/changed"
	: >"$WORK/claims"
	: >"$WORK/facts"
	: >"$WORK/findings"
	: >"$WORK/problems"
	want_nothing_yet
}

# One file for each resource that this run has wanted so far, by kind and directory.
want_nothing_yet() {
	rm -rf "$WORK/wanted"
	mkdir "$WORK/wanted"
}

for_root_alone() {
	umask 077
	"$@"
	umask 022
}

# What a step or a kind of resource may have to say, where it has. $1 the function's name.
call_if_there() { ! command -v "$1" >/dev/null || "$@"; }

# Runs a function in a subshell, which ends at the first command that fails: in a condition the shell would
# go on after it. The exit status is in APART_STATUS.
run_apart() {
	set +e
	(
		set -e
		"$@"
	)
	APART_STATUS=$?
	set -e
}

# A program that runs others' hooks: what these leave behind holds no lock of this run, nor what it reads and prints.
without_descriptors() { "$@" </dev/null >"$WORK/output" 3>&- 4<&- 5<&- 6<&- 7>&- 8>&- 9>&-; }
