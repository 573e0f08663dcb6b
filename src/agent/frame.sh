#!/bin/sh
# shellcheck shell=dash
# The rootless-docker agent: applies, claims, reports and reverts what makes this machine a rootless
# Docker host. One file, installed and removed by the Pulumi package rootless-docker; started only
# over SSH, never left running. Usage:
#   agent install agent LEASE [ESCALATION]  (itself, from the file it is started from)
#   agent apply STEP LEASE [ESCALATION]     desired state of the step on stdin (flat YAML)
#   agent update STEP LEASE [ESCALATION]    the same, for install too, where Pulumi knows of the step
#   agent revert STEP LEASE [ESCALATION]    the same document on stdin
#   agent doctor [--json | --problems] [ACCOUNT]...     for people: what is wrong here
# One JSON report on stdout, one line per change or problem on stderr.
set -eu
umask 022
# The file that this run was started from, for whoever starts it again after the change of directory.
case $0 in /*) AGENT=$0 ;; *) AGENT=$PWD/$0 ;; esac
cd /
export LC_ALL=C
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export DEBIAN_FRONTEND=noninteractive

STATE=/var/lib/rootless-docker
VERB=${1-}
STEP=${2-}
LEASE=${3-}
ESCALATION=${4-auto}
SELF=$(id -u)

# What the agent did and found in this run; removed when it ends.
WORK=

# Not empty where the agent itself is removed at the end of this run.
AGENT_GOES=

say() { printf '%s: %s\n' "$STEP" "$(shown "$*")" >&2; }

# Records one change of the host and shows it live.
changed() {
	printf '%s\n' "$(shown "$*")" >>"$WORK/changed"
	say "$*"
}

# Records one measured fact of the report. $1 key, $2 value: what the account's programs say may have any
# length.
fact() {
	[ ${#2} -le 4096 ] || set -- "$1" "$(printf '%s' "$2" | head -c 4096)..."
	case $2 in
	*[!\ -~]*) set -- "$1" "$(printf '%s' "$2" | without_controls)" ;;
	esac
	printf '%s:%s\n' "$(json_string "$1")" "$(json_string "$2")" >>"$WORK/facts"
}

json_string() {
	# Most texts hold nothing to escape, and need no programs for that.
	case $1 in
	*[!A-Za-z0-9\ .,:\;_/=+@~\'\(\)\[\]-]*) ;;
	*)
		printf '"%s"' "$1"
		return 0
		;;
	esac
	printf '"'
	printf '%s' "$1" | tr -d '\000-\010\013-\037' | sed 's/\\/\\\\/g; s/"/\\"/g; s/	/\\t/g' |
		awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'
	printf '"'
}

# The report: what changed in this run, and the facts that outputs are made of.
report() {
	printf '{"step":%s,"changed":[' "$(json_string "$STEP")"
	local comma=''
	while IFS= read -r line; do
		printf '%s%s' "$comma" "$(json_string "$line")"
		comma=,
	done <"$WORK/changed"
	printf '],"facts":{'
	paste -s -d , "$WORK/facts" | tr -d '\n'
	printf '}}\n'
	[ -s "$WORK/changed" ] || [ -e "$WORK/stays" ] || say "$1"
}

# Becomes root the way the user asked for, and keeps stdin, arguments and exit status.
become_root() {
	[ "$SELF" != 0 ] || return 0
	local how=$ESCALATION error
	if [ "$how" = auto ]; then
		if command -v sudo >/dev/null; then how=sudo; elif command -v doas >/dev/null; then how=doas; else how=none; fi
	fi
	if [ "$how" = none ]; then
		echo "$STEP: privileges: found user $(id -un), not root, and neither sudo nor doas in use; wanted root rights. To mend: connect as root, or install sudo and set privilegeEscalation" >&2
		exit 1
	fi
	if ! error=$("$how" -n true 2>&1 </dev/null); then
		echo "$STEP: privileges: found that '$how -n' refuses user $(id -un) ($(printf '%s' "$error" | tail -n 1)); wanted root rights without a password. To mend: allow it in $how's configuration (NOPASSWD, nopass), or connect as root" >&2
		exit 1
	fi
	exec "$how" -n sh "$AGENT" "$@"
}

# How every run ends. $1 its exit status. What it says comes last: nobody may be there to hear it.
ended() {
	remove_account_group "$(account_group)"
	[ -z "$WORK" ] || rm -rf "$WORK"
	[ -z "$AGENT_GOES" ] || remove_agent
	[ "$1" = 0 ] || tell_full_disks
}

# What fails on a full disk says so in words of its own ("I/O error"), or not at all.
tell_full_disks() {
	local free mount
	df -Pk "$STATE" /etc /usr "${ACCOUNT_HOME:-/}" 2>/dev/null | awk 'NR > 1 && $4 < 1024 { print $4, $6 }' | sort -u |
		while read -r free mount; do
			say "disk: found $free KB free on $mount; wanted room for what this step writes. To mend: free space there, then run again"
		done
}

# What a killed run of the same step left there goes first: it may hold secret values. The step's lock
# is held by now, so that no other run still uses it. What that run had written may not be on the disk yet,
# and this one takes it as it is.
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
	: >"$WORK/wanted"
}

# Runs of the same step wait for each other, whoever started them: another stack, another account,
# or a run whose SSH connection was cut and that is still working. $1 the lock's name.
hold_lock() {
	local lock=$STATE/locks/$1
	while :; do
		make_state
		exec 9>"$lock"
		flock -n 9 || {
			say "waits for another run that holds the lock '$1'"
			flock -w 600 9 || {
				say "lock $lock: found it held for 10 minutes by another run; wanted it free. To mend: see what holds it with 'fuser $lock' and let it end"
				exit 1
			}
		}
		# The run that held it may have removed the agent, and this lock with it.
		[ ! "$lock" -ef /proc/self/fd/9 ] || return 0
	done
}

# Only the agents are for everyone to read: baselines hold other people's files, and whoever can open a lock
# can hold it. An SSH user who is not root asks whether an installation is there, by its name and no more.
make_state() {
	if [ -e "$STATE" ] || [ -h "$STATE" ]; then stop_where_state_is_anothers; fi
	install -d -m 700 "$STATE/things" "$STATE/locks"
	[ "$(stat -c %a "$STATE/leases" 2>/dev/null)" != 711 ] || return 0
	# Version 0.1.0 left those in it open, behind a door that was closed.
	[ ! -d "$STATE/leases" ] ||
		find "$STATE/leases" -mindepth 1 -maxdepth 1 -type d -exec chmod 700 {} +
	install -d -m 711 "$STATE/leases"
}

# The record of this installation.
make_lease() {
	[ ! -d "$STATE/leases/$LEASE" ] || return 0
	mkdir -m 700 "$STATE/leases/$LEASE"
	sync_directories "$STATE/leases" "$STATE" "${STATE%/*}"
}

# Somebody who put it there before the first run could change what root does by it.
stop_where_state_is_anothers() {
	local odd
	odd=$(find "$STATE" -maxdepth 1 \( ! -uid 0 -o -type l -o -perm /022 \) -print -quit)
	[ -n "$odd" ] || [ -d "$STATE" ] || odd=$STATE
	[ -n "$odd" ] || return 0
	say "$odd: found $(stat -c 'a %F of %U with mode %a' "$odd"); wanted a directory, and what is in it, that only root can change. To mend: see what it is and who made it, move it away, then run again"
	exit 1
}

os_name() { sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release; }

# Where the secret values of this lease lie, for root alone.
secrets_directory() { printf '%s/leases/%s/values' "$STATE" "$LEASE"; }
