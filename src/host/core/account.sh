# Programs that run as the account. Their output is data, and has an end in time and in bytes.

# How much a program of the account's may print, in bytes.
ACCOUNT_MOST=1048576

# The account of this run: empty where it is not there.
ACCOUNT='' ACCOUNT_UID='' ACCOUNT_GID='' ACCOUNT_HOME='' ACCOUNT_RUNTIME='' ACCOUNT_COMMENT=''

# Reads the account's entry: ACCOUNT, ACCOUNT_UID, ACCOUNT_GID, ACCOUNT_HOME, ACCOUNT_RUNTIME. False
# where there is none, with the status of getent. $1 the name.
know_account() {
	local entry rest
	entry=$(getent passwd "$1") || return
	ACCOUNT=$1
	rest=${entry#*:*:}
	ACCOUNT_UID=${rest%%:*}
	rest=${rest#*:}
	ACCOUNT_GID=${rest%%:*}
	rest=${rest#*:}
	ACCOUNT_COMMENT=${rest%%:*}
	rest=${rest#*:}
	ACCOUNT_HOME=${rest%%:*}
	ACCOUNT_RUNTIME=/run/user/$ACCOUNT_UID
}

# True where who became root for this run is the account.
is_login_of_account() { [ "${SUDO_UID-}" = "$ACCOUNT_UID" ] || [ "${DOAS_USER-}" = "$ACCOUNT" ]; }

as_account() { as_account_within 20 "$@"; }

# Runs a program as the account: in a session of its own, without a terminal, with a clean
# environment and none of root's descriptors. Its output ends after ACCOUNT_MOST bytes; what it says
# on stderr is in $WORK/said, at most 4 KiB; of a program that fails without a word, how it ended. Root
# does not wait for what it leaves behind. Exits as the program does, and with 124 where the time has
# passed. $1 seconds, 0 for no end; then the program.
as_account_within() {
	local seconds=$1
	shift
	perl -e "$ACCOUNT_RUNNER" "$seconds" "$ACCOUNT_MOST" "$ACCOUNT_UID" "$ACCOUNT_GID" "$ACCOUNT" \
		HOME="$ACCOUNT_HOME" USER="$ACCOUNT" LOGNAME="$ACCOUNT" PATH="$PATH" LC_ALL=C \
		XDG_RUNTIME_DIR="$ACCOUNT_RUNTIME" \
		DBUS_SESSION_BUS_ADDRESS="unix:path=$ACCOUNT_RUNTIME/bus" \
		-- "$@" 2>"$WORK/said" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# One program in place of setsid, setpriv, env, timeout and two of head. Its arguments: seconds,
# bytes, uid, gid, name, the environment as NAME=VALUE, "--", the program. After setuid(2) and until
# exec(2) the kernel lets the account neither trace the process nor read its memory. POSIX as a
# whole would take twice the time.
ACCOUNT_RUNNER='
require XSLoader;
XSLoader::load("POSIX");
my ($seconds, $most, $uid, $gid, $name) = splice @ARGV, 0, 5;
$uid =~ /^[1-9]\d*\z/ or die "no account\n";
my ($late, $status, $spoke, %clean);
while (@ARGV && (my $variable = shift) ne "--") {
	my ($key, $value) = split /=/, $variable, 2;
	$clean{$key} = $value;
}
pipe my $out, my $to_out and pipe my $err, my $to_err or die "pipe: $!";
my $child = fork;
defined $child or die "fork: $!";
if ($child == 0) {
	POSIX::setsid();
	open STDOUT, ">&", $to_out and open STDERR, ">&", $to_err or exit 125;
	POSIX::close($_) for 3 .. 255;
	! -t STDIN or open STDIN, "<", "/dev/null" or exit 125;
	if ($> != $uid) {
		my @groups = ($gid, $gid);
		while (my (undef, undef, $id, $members) = getgrent) {
			push @groups, $id if grep { $_ eq $name } split / /, $members;
		}
		$) = "@groups";
		POSIX::setgid($gid) && POSIX::setuid($uid) or exit 125;
	}
	%ENV = %clean;
	exec { $ARGV[0] } @ARGV or exit 127;
}
close $to_out;
close $to_err;
$SIG{PIPE} = "IGNORE";
$SIG{ALRM} = sub { $late = 1 };
alarm $seconds;
my %left = (fileno $out, $most, fileno $err, 4096);
my %to = (fileno $out, \*STDOUT, fileno $err, \*STDERR);

# Hands on what comes within so many seconds. False where nothing does.
sub read_on {
	my $ready = "";
	vec($ready, fileno $_, 1) = 1 for grep { defined fileno $_ } $out, $err;
	return 0 unless select($ready, undef, undef, $_[0]) > 0;
	for my $from (grep { defined fileno $_ && vec($ready, fileno $_, 1) } $out, $err) {
		my $number = fileno $from;
		my $count = sysread $from, my $bytes, $left{$number} < 65536 ? $left{$number} : 65536;
		syswrite $to{$number}, $bytes if $count;
		$spoke = 1 if $count && $from == $err;
		close $from if !$count || ($left{$number} -= $count) <= 0;
	}
	return 1;
}
until ($late || defined $status) {
	read_on(defined fileno $out || defined fileno $err ? 0.1 : 0.01);
	$status = $? if waitpid($child, 1) == $child;
}
kill KILL => -$child if $late;
1 while !$late && read_on(0);
if (!$spoke && ($late || $status)) {
	print STDERR $late ? "it did not end within $seconds seconds\n"
		: $status & 127 ? "it was killed by signal " . ($status & 127) . "\n"
		: "it ended with exit status " . ($status >> 8) . "\n";
}
exit($late ? 124 : $status & 127 ? 128 + ($status & 127) : $status >> 8);
'

# The last line that the account's program said on stderr, in quotes, as a part of a message.
last_words() {
	local said
	said=$(tail -n 1 "$WORK/said")
	words_of_account "${said:-nothing was said}"
}

# The words $1 of the account's programs, in quotes, as a part of a message, never of a fix.
words_of_account() {
	printf "'%s'" "$(shown "$(printf '%s' "$1" | head -c 300 | tr "'" '"')")"
}

# A word that a program of the account's said, where it is one; else "unknown". $1 what it said.
word_of_account() {
	case $1 in
	'' | *[!A-Za-z0-9._+-]*) printf unknown ;;
	*) printf '%.64s' "$1" ;;
	esac
}
