# shellcheck shell=dash
# What runs as the account, and what is read of its files. Whatever it prints is the account's word,
# and no more (docs/security.md): it has an end in bytes and in time, and is shown as text only.

# How much a program of the account's may print, and how large a file of its may be to be read, in
# bytes.
ACCOUNT_MOST=1048576

# Where the account can put something that root's steps look at: paths below its home and its
# runtime directory, as "what it is, place, path". Each has a row in
# test/host/plantedFiles.long.test.ts.
account_places() {
	cat <<-'PLACES'
		file home .config/docker/daemon.json
		file home .config/docker/environment
		file home .config/docker/key.json
		file home .config/systemd/user/docker.service
		file home .config/systemd/user/default.target.wants/docker.service
		file home .config/systemd/user/docker-prune.service
		file home .config/systemd/user/docker-prune.timer
		file home .config/systemd/user/timers.target.wants/docker-prune.timer
		file home .docker/config.json
		file home .docker/contexts/meta/ROOTLESS/meta.json
		file home .local/share/systemd/timers/stamp-docker-prune.timer
		file home .local/share/systemd/user/docker.service
		file home .ssh/authorized_keys
		directory home .config
		directory home .config/systemd/user
		directory home .config/systemd/user/docker.service.d
		directory home .docker
		directory home .ssh
		directory home .local/share/docker
		directory home .rootless-docker
		directory runtime rootless-docker
		socket runtime docker.sock
		socket runtime dockerd-rootless/api.sock
		socket runtime bus
		socket runtime systemd/private
		file runtime docker.pid
		file runtime dockerd-rootless/netns
	PLACES
}

as_root() { "$@"; }

# Runs a program as the account. Programs that load nothing of the account's need no more time than
# this.
as_account() { as_account_within 20 "$@"; }

# Runs a program as the account: in a session of its own, without a terminal, in a control group
# that is killed when it ends, with a clean environment that finds the account's service manager,
# and without root's descriptors: neither the locks, the report and the list that release_unwanted
# goes through, nor where root reads or prints. Two such programs never run at the same time. $1
# seconds, 0 for no end; then the program.
as_account_within() {
	local seconds=$1 status=0
	shift
	# Once three have not ended in this run, no other one is waited for.
	[ ! -e "${WORK:-/nonexistent}/late" ] || [ "$(wc -l <"$WORK/late")" -lt 3 ] || return 124
	# The doctor may be the account already.
	[ "$SELF" = "$ACCOUNT_UID" ] ||
		set -- setpriv --reuid "$ACCOUNT_UID" --regid "$ACCOUNT_GID" --init-groups --inh-caps=-all setsid -w "$@"
	set -- HOME="$ACCOUNT_HOME" USER="$ACCOUNT_LOGIN" LOGNAME="$ACCOUNT_LOGIN" PATH="$PATH" LC_ALL=C \
		XDG_RUNTIME_DIR="$ACCOUNT_RUNTIME" DBUS_SESSION_BUS_ADDRESS="unix:path=$ACCOUNT_RUNTIME/bus" -- "$@"
	set -- perl -e "$CLEAN_START" "$KEYCTL" "$@"
	if [ "$SELF" = "$ACCOUNT_UID" ]; then
		set -- '' "$@"
	else
		make_account_group
		set -- "$(account_group)" "$@"
	fi
	timeout -k 5 "$seconds" sh -c "$ACCOUNT_RUNNER" sh "$ACCOUNT_MOST" "$@" 3>&- 6<&- 7>&- 8>&- 9>&- ||
		status=$?
	case $status in
	124 | 137) end_late_program "$seconds" ;;
	esac
	return "$status"
}

# Starts a program with an environment of its own, before the user changes: the account may read
# what a program of its was started with. Root's session keyring leads to root's own keys: a new one,
# empty, takes its place. keyctl(1) is in no essential package, and perl-base is one. Its arguments:
# the number of keyctl(2), whose operation 1 is KEYCTL_JOIN_SESSION_KEYRING; the environment,
# NAME=VALUE; "--"; the program. A kernel without keys (ENOSYS), or a container that forbids them
# (EPERM), has none to give away.
# shellcheck disable=SC2016 # a program of its own
CLEAN_START='my ($number, $none) = (shift, 0);
unless ($number && (syscall($number, 1, $none) > 0 || $! == 38 || $! == 1)) {
	print STDERR "no session keyring: $!\n";
	exit 125;
}
%ENV = ();
while (@ARGV && (my $variable = shift) ne "--") {
	my ($name, $value) = split /=/, $variable, 2;
	$ENV{$name} = $value;
}
exec { $ARGV[0] } @ARGV or exit 127;'

# keyctl(2) on this machine.
keyctl_number() {
	case $(uname -m) in
	x86_64) echo 250 ;;
	aarch64 | riscv64 | loongarch64) echo 219 ;;
	i?86) echo 288 ;;
	arm*) echo 311 ;;
	ppc64*) echo 271 ;;
	s390x) echo 280 ;;
	esac
}

KEYCTL=$(keyctl_number)

# Runs a program so that root waits for it, and never for what it has left behind. Both of its
# outputs are pipes that end after so many bytes; what it says on stderr is made safe to be shown.
# $1 bytes, $2 the control group or nothing, then the program.
# shellcheck disable=SC2016 # a program of its own
ACCOUNT_RUNNER='
[ ! -t 0 ] || exec </dev/null
most=$1 group=$2
shift 2
run() {
	(
		[ -z "$group" ] || echo 0 >"$group/cgroup.procs" || exit 125
		exec "$@" 3>&- 4>&-
	)
	echo "$?" >&3
	[ ! -e "$group/cgroup.kill" ] || echo 1 >"$group/cgroup.kill"
	[ -z "$group" ] || [ -e "$group/cgroup.kill" ] || kill_group
}
# Kernels before 5.14, and control groups v1.
kill_group() {
	local pids tries=0
	while pids=$(cat "$group/cgroup.procs") && [ -n "$pids" ] && [ "$tries" -lt 200 ]; do
		kill -KILL $pids 2>/dev/null
		tries=$((tries + 1))
	done
}
show() {
	said=$(head -c 4096)
	[ -z "$said" ] || printf "%s\n" "$said" | tr -c "\011\012\040-\176" "?"
}
{
	{
		{ run "$@" | head -c "$most" >&4; } 2>&1 | show >&2
	} 3>&1 | {
		read -r status
		exit "$status"
	}
} 4>&1
'

# Where the processes are that run as the account for this run: root's own login session would keep
# them, with what it is trusted for, until they end.
account_group() {
	if [ -e /sys/fs/cgroup/cgroup.procs ]; then
		printf '/sys/fs/cgroup/rootless-docker.%s' $$
	else
		printf '/sys/fs/cgroup/systemd/rootless-docker.%s' $$
	fi
}

make_account_group() {
	local group old
	group=$(account_group)
	[ ! -d "$group" ] || return 0
	# What a killed run left.
	for old in "${group%.*}".*; do
		[ ! -d "$old" ] || [ -d "/proc/${old##*.}" ] || remove_account_group "$old"
	done
	mkdir "$group"
}

# How every run ends. $1 the control group.
remove_account_group() {
	local tries=0
	[ -d "$1" ] || return 0
	while ! rmdir "$1" 2>/dev/null && [ "$tries" -lt 20 ]; do
		kill_account_group "$1"
		tries=$((tries + 1))
		sleep 0.05
	done
}

kill_account_group() {
	local pids
	if [ -e "$1/cgroup.kill" ]; then
		echo 1 >"$1/cgroup.kill"
	elif pids=$(cat "$1/cgroup.procs") && [ -n "$pids" ]; then
		# shellcheck disable=SC2086 # a list of numbers
		kill -KILL $pids 2>/dev/null || true
	fi
}

# $1 the seconds that it had.
end_late_program() {
	say "a program that runs as $ACCOUNT has not ended within $1 seconds"
	[ "$SELF" = "$ACCOUNT_UID" ] || kill_account_group "$(account_group)"
	[ ! -d "${WORK:-/nonexistent}" ] || printf '%s %s\n' "$ACCOUNT" "$ACCOUNT_UID" >>"$WORK/late"
}

# True where the account says that something is there, a link that leads nowhere too; false where it
# says that nothing is. No answer is neither: what is there would be written over, or removed one
# day. $1 path.
account_has() {
	local status=0
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c '[ -e "$1" ] || [ -h "$1" ]' sh "$1" || status=$?
	[ "$status" -le 1 ] || no_answer_about "$1"
	return "$status"
}

# Writes where paths lead to $WORK/real-paths, as the account sees it: what others have put on the way may hold
# root for ever. False where there is no answer, which is said. $1 a file of paths, one a line.
account_real_paths() {
	if as_account xargs -d '\n' -r realpath -m -- <"$1" >"$WORK/real-paths" 2>"$WORK/error"; then return 0; fi
	say "$(head -n 1 "$1" | printable): $ACCOUNT does not say where it leads: it is taken for others' too"
	return 1
}

# $1 path.
no_answer_about() {
	fail "${1:-$ACCOUNT_HOME}" "that $ACCOUNT does not say what is there" "an answer within 20 seconds" \
		"see what is mounted there, and what $ACCOUNT runs, then run again"
}

# Prints a file of the account's, or fails: 1 there is none (and not only nothing that the account
# can look at, in a directory that it cannot enter), 3 it is no regular file, 4 the account cannot
# read it, 5 it is larger than what is read of an account. A pipe that is put there meanwhile is not
# waited for. $1 path.
account_file() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'if [ ! -e "$1" ] && [ ! -h "$1" ]; then
			path=$1
			until [ -e "$path" ] || [ -z "$path" ]; do path=${path%/*}; done
			[ ! -d "$path" ] || [ -x "$path" ] || exit 4
			exit 1
		fi
		[ -f "$1" ] || exit 3
		[ -r "$1" ] || exit 4
		[ "$(stat -L -c %s -- "$1")" -le "$2" ] || exit 5
		exec dd if="$1" iflag=nonblock,fullblock bs=65536 count="$(($2 / 65536))" status=none' \
		sh "$1" "$ACCOUNT_MOST" 2>/dev/null
}

# The same, where the file has to be read. $1 path, $2 where its bytes go, $3 what it is wanted for,
# $4 what is removed where it cannot be read.
need_account_file() {
	local status=0
	account_file "$1" >"$2" || status=$?
	[ "$status" != 0 ] || return 0
	[ -z "${4-}" ] || rm -rf "$4"
	unread_file "$1" "$status" "$3"
}

# $1 path, $2 how account_file failed, $3 what the file is wanted for.
unread_file() {
	local what
	case $2 in
	3) what="that it is no regular file" ;;
	5) what="it larger than $((ACCOUNT_MOST / 1024)) KB" ;;
	124 | 137) no_answer_about "$1" ;;
	*) what="that $ACCOUNT cannot read it" ;;
	esac
	fail "$1" "$what" "the file, $3" "let $ACCOUNT read it, or move it away, then run again"
}

# A word that a program of the account's said, where it is one; else "unknown".
word_of_account() {
	case $1 in
	'' | *[!A-Za-z0-9._+-]*) printf unknown ;;
	*) if [ ${#1} -le 64 ]; then printf '%s' "$1"; else printf unknown; fi ;;
	esac
}

# What a program of the account's said, in quotes, as a part of a message. Never a part of a fix.
words_of_account() {
	local said
	said=$(printf '%s' "$1" | head -c 300 | tr "'" '"')
	printf "'%s'" "$(shown "$said")"
}
