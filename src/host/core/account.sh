# shellcheck shell=dash
# What runs as the account, and what is read of its files. Whatever it prints is the account's word,
# and no more (docs/security.md): it has an end in bytes and in time, and is shown as text only.

# How much a program of the account's may print, and how large a file of its may be to be read, in
# bytes.
ACCOUNT_MOST=1048576

# Where the account can put something that root's steps look at: paths below its home and its
# runtime directory, as "what it is, place, path". Each has a row in
# test/host/plantedFiles.test.ts.
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
		directory home .local/share/systemd/user
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

# True where who became root for this run is the account.
is_login_of_account() { [ "${SUDO_UID-}" = "$ACCOUNT_UID" ] || [ "${DOAS_USER-}" = "$ACCOUNT" ]; }

# Where logind keeps that an account lingers. $1 the account.
linger_file() { printf '/var/lib/systemd/linger/%s' "$1"; }

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
	local seconds=$1 group='' status=0
	shift
	# Once three of the account's have not ended in this run, no other one of its is waited for.
	[ ! -e "${WORK:-/nonexistent}/late" ] ||
		[ "$(grep -cxF -- "$ACCOUNT $ACCOUNT_UID" "$WORK/late")" -lt 3 ] || return 124
	# The doctor may be the account already.
	if [ "$SELF" != "$ACCOUNT_UID" ]; then
		group=$ACCOUNT_GROUP
		make_account_group
		# The session comes first: until it has left root's, one that is the account's already could be traced by
		# another one of its, and made to type on root's terminal.
		set -- setsid -w setpriv --reuid "$ACCOUNT_UID" --regid "$ACCOUNT_GID" --init-groups --inh-caps=-all "$@"
	fi
	perl -e "$ACCOUNT_RUNNER" "$seconds" "$ACCOUNT_MOST" "$KEYCTL" "$group" "$ACCOUNT_UID" \
		"$OWN_OUTPUTS" "$STEP: a program that runs as $ACCOUNT" \
		HOME="$ACCOUNT_HOME" USER="$ACCOUNT_LOGIN" LOGNAME="$ACCOUNT_LOGIN" PATH="$PATH" LC_ALL=C \
		XDG_RUNTIME_DIR="$ACCOUNT_RUNTIME" DBUS_SESSION_BUS_ADDRESS="unix:path=$ACCOUNT_RUNTIME/bus" -- "$@" \
		3>&- 4<&- 5<&- 6<&- 7>&- 8>&- 9>&- || status=$?
	[ "$status" != 124 ] || note_late_program "$seconds"
	return "$status"
}

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

# The files that this run itself prints on, by device and inode: people read them, and take it for root's word.
OWN_OUTPUTS=''
note_own_outputs() { OWN_OUTPUTS=$(stat -L --printf ' %d:%i ' "/proc/$$/fd/1" "/proc/$$/fd/2" 2>/dev/null || true); }

# Runs a program so that root waits for it, and never for what it has left behind. Its outputs are pipes that end
# after so many bytes; what it says on stderr is made safe to be shown, and what comes to the outputs of the run itself
# is on one line, in quotes. One program that starts no other: a step asks the account some fifty times. perl-base is in
# every system, and these are its own words, without a module. Its arguments: seconds, bytes, the number of keyctl(2),
# the control group or nothing, the uid, $OWN_OUTPUTS, who speaks, the environment as NAME=VALUE, "--", the program.
# Exits as a shell would, with 124 where the time has passed, and with 125 where its output could not be written, as on
# a full disk: a program's own 124 is 125.
#
# The environment is clean before the user changes: the account may read what a program of its was started with.
# Root's session keyring leads to root's own keys: KEYCTL_JOIN_SESSION_KEYRING (1) puts a new one, empty, in its
# place. A kernel without keys (ENOSYS, 38), or a container that forbids them (EPERM, 1), has none to give away.
# shellcheck disable=SC2016 # a program of its own
ACCOUNT_RUNNER='
my ($seconds, $most, $number, $group, $uid, $own_outputs, $who) = splice @ARGV, 0, 7;
my ($child, $out, $to_out, $err, $to_err, $is_shown, $is_lost, $late, $status, %clean);
my ($bytes, $said) = ("", "");
while (@ARGV && (my $variable = shift) ne "--") {
	my ($name, $value) = split /=/, $variable, 2;
	$clean{$name} = $value;
}

sub stop {
	print STDERR "$_[0]: $!\n";
	exit 125;
}

sub is_own_output {
	my @file = stat $_[0];
	return @file && index($own_outputs, " $file[0]:$file[1] ") >= 0;
}

pipe $out, $to_out and pipe $err, $to_err or stop("pipe");
$SIG{CHLD} = sub { };
$SIG{ALRM} = sub { $late = 1 };
$child = fork;
defined $child or stop("fork");
if ($child == 0) {
	open STDOUT, ">&", $to_out and open STDERR, ">&", $to_err or stop("pipe");
	! -t STDIN or open STDIN, "<", "/dev/null" or stop("/dev/null");
	if ($group ne "") {
		open my $processes, ">", "$group/cgroup.procs" or stop($group);
		syswrite $processes, "0\n" or stop($group);
		# Where the kernel lets root say anew who has logged in: what it leaves behind is not in the name of root.
		if (open my $login, ">", "/proc/self/loginuid") { syswrite $login, $uid }
	}
	my $none = 0;
	$number && (syscall($number, 1, $none) > 0 || $! == 38 || $! == 1) or stop("no session keyring");
	%ENV = %clean;
	exec { $ARGV[0] } @ARGV or exit 127;
}
close $to_out;
close $to_err;
$is_shown = is_own_output(*STDOUT);
$SIG{PIPE} = "IGNORE";
alarm $seconds;

# False where nothing comes within so many seconds.
sub read_on {
	my $ready = "";
	vec($ready, fileno $_, 1) = 1 for grep { defined fileno $_ } $out, $err;
	return 0 unless select($ready, undef, undef, $_[0]) > 0;
	if (defined fileno $err && vec($ready, fileno $err, 1)) {
		sysread($err, $said, 4096 - length $said, length $said) && length $said < 4096 or close $err;
	}
	if (defined fileno $out && vec($ready, fileno $out, 1)) {
		sysread($out, $bytes, $most < 65536 ? $most : 65536) && hand_on() && $most > 0 or close $out;
	}
	return 1;
}

# False where nobody reads any more. EINTR is 4, EPIPE 32.
sub hand_on {
	my $written = 0;
	if ($is_shown) {
		$said .= substr $bytes, 0, 4096 - length $said;
		$most -= length $bytes;
		return 1;
	}
	while ($written < length $bytes) {
		my $now = syswrite STDOUT, $bytes, length($bytes) - $written, $written;
		if (defined $now) { $written += $now } elsif ($! != 4 || $late) {
			$is_lost = $! != 32;
			return 0;
		}
	}
	$most -= $written;
	return 1;
}

# What has closed both its outputs is about to end: its signal may have come before one waits for it.
until ($late || defined $status) {
	read_on(defined fileno $out || defined fileno $err ? 0.2 : 0.005);
	$status = $? if waitpid($child, 1) == $child;
}

# Kernels before 5.14 and control groups v1 have no cgroup.kill.
if ($group eq "") {
	kill KILL => $child if $late;
} elsif (open my $end, ">", "$group/cgroup.kill") {
	syswrite $end, "1\n";
} else {
	for (1 .. 200) {
		open my $processes, "<", "$group/cgroup.procs" or last;
		my @left = <$processes> or last;
		chomp @left;
		kill KILL => @left;
	}
}

1 while !$late && read_on(0);
$said =~ s/\n+\z//;
$said =~ tr/\t\n\x20-\x7e/?/c;
if ($said ne "" && is_own_output(*STDERR)) {
	$said =~ tr/\n\t\x27/  "/;
	$said = "$who says \x27" . substr($said, 0, 300) . "\x27";
}
print STDERR "$said\n" if $said ne "";
my $code = $status & 127 ? 128 + ($status & 127) : $status >> 8;
exit($late ? 124 : $is_lost || $code == 124 ? 125 : $code);
'

# Where the processes are that run as the account for this run: root's own login session would keep them, with what
# it is trusted for, until they end.
if [ -e /sys/fs/cgroup/cgroup.procs ]; then
	ACCOUNT_GROUP=/sys/fs/cgroup/rootless-docker.$$
else
	ACCOUNT_GROUP=/sys/fs/cgroup/systemd/rootless-docker.$$
fi

make_account_group() {
	local old
	[ ! -d "$ACCOUNT_GROUP" ] || return 0
	# What a killed run left.
	for old in "${ACCOUNT_GROUP%.*}".*; do
		[ ! -d "$old" ] || [ -d "/proc/${old##*.}" ] || remove_account_group "$old"
	done
	mkdir "$ACCOUNT_GROUP"
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
note_late_program() {
	say "a program that runs as $ACCOUNT has not ended within $1 seconds"
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
	say "$(shown_path "$(head -n 1 "$1")"): $ACCOUNT does not say where it leads: it is taken for others' too"
	return 1
}

# $1 path.
no_answer_about() {
	fail "$(shown_path "${1:-$ACCOUNT_HOME}")" "that $ACCOUNT does not say what is there" \
		"an answer within 20 seconds" \
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
	125)
		fail "$(shown_path "$1")" "that this run cannot keep a copy of it" "the file, $3" \
			"see that $STATE and /run have room, then run again"
		;;
	*) what="that $ACCOUNT cannot read it" ;;
	esac
	fail "$(shown_path "$1")" "$what" "the file, $3" "let $ACCOUNT read it, or move it away, then run again"
}

# A word that a program of the account's said, where it is one; else "unknown".
word_of_account() {
	case $1 in
	'' | *[!A-Za-z0-9._+-]*) printf unknown ;;
	*) if [ ${#1} -le 64 ]; then printf '%s' "$1"; else printf unknown; fi ;;
	esac
}

# The last line that a program of the account's said on stderr, of those that $WORK/error has.
last_words() { words_of_account "$(tail -n 1 "$WORK/error")"; }

# Copies paths, one a line, each as shown_path has it.
shown_paths() {
	local path
	while IFS= read -r path; do printf '%s\n' "$(shown_path "$path")"; done
}

# A path that the account may have chosen, such as where a link of its leads: in quotes where it could be taken for
# more than a path.
shown_path() {
	case $1 in
	*[!A-Za-z0-9_./@+:=~%,-]*) words_of_account "$1" ;;
	*) printf '%s' "$1" ;;
	esac
}

# What a program of the account's said, in quotes, as a part of a message. Never a part of a fix.
words_of_account() {
	local said
	said=$(printf '%s' "$1" | head -c 300 | tr "'" '"')
	printf "'%s'" "$(shown "$said")"
}
