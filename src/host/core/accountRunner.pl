# Runs a program as the account, in place of setsid, setpriv, env, timeout and two of head. It hands
# on what the program prints, up to an end in bytes, and exits as it does; with 124 if its time has
# passed. It does not wait for what the program leaves behind.
#
# Arguments: seconds (0: without an end), bytes, uid, gid, the account's name, the program's
# environment as NAME=VALUE, "--", the program and its arguments.
use strict;

# POSIX as a whole would take twice the time.
require XSLoader;
XSLoader::load("POSIX");

my $bytes_of_stderr = 4096;
my $bytes_at_once = 65536;
my $no_such_program = 127;
my $cannot_become_account = 125;
my $too_late = 124;
# For waitpid(2): it does not wait.
my $no_hang = 1;

my ($seconds, $bytes, $uid, $gid, $name) = splice @ARGV, 0, 5;
if ($uid !~ /^[1-9][0-9]*\z/) {
	die "no account\n";
}
my %environment;
while (@ARGV) {
	my $variable = shift;
	last if $variable eq "--";
	my ($key, $value) = split /=/, $variable, 2;
	$environment{$key} = $value;
}

pipe my $out, my $to_out or die "pipe: $!";
pipe my $err, my $to_err or die "pipe: $!";
my $child = fork;
if (!defined $child) {
	die "fork: $!";
}
if ($child == 0) {
	become_account();
	%ENV = %environment;
	exec { $ARGV[0] } @ARGV or exit $no_such_program;
}
close $to_out;
close $to_err;

my $is_late = 0;
my $has_complained = 0;
my $status;
my @streams = (
	{ from => $out, to => \*STDOUT, left => $bytes, is_open => 1 },
	{ from => $err, to => \*STDERR, left => $bytes_of_stderr, is_open => 1 },
);
$SIG{PIPE} = "IGNORE";
$SIG{ALRM} = sub { $is_late = 1; };
alarm $seconds;
until ($is_late || defined $status) {
	hand_on(is_any_open() ? 0.1 : 0.01);
	if (waitpid($child, $no_hang) == $child) {
		$status = $?;
	}
}
if ($is_late) {
	kill KILL => -$child;
}
while (!$is_late && hand_on(0)) {
	# What is in the pipes by now.
}
say_how_it_ended();
exit exit_status();

# The child's part, until exec(2): a session of its own without a terminal, none of root's
# descriptors, the account's ids and groups. After setuid(2) and until exec(2) the kernel lets the
# account neither trace the process nor read its memory.
sub become_account {
	POSIX::setsid();
	open STDOUT, ">&", $to_out or exit $cannot_become_account;
	open STDERR, ">&", $to_err or exit $cannot_become_account;
	POSIX::close($_) for 3 .. 255;
	if (-t STDIN) {
		open STDIN, "<", "/dev/null" or exit $cannot_become_account;
	}
	if ($> == $uid) {
		return;
	}
	$) = join " ", $gid, $gid, other_groups();
	POSIX::setgid($gid) or exit $cannot_become_account;
	POSIX::setuid($uid) or exit $cannot_become_account;
}

# The groups that list the account as a member.
sub other_groups {
	my @groups;
	while (my (undef, undef, $id, $members) = getgrent) {
		if (grep { $_ eq $name } split / /, $members) {
			push @groups, $id;
		}
	}
	return @groups;
}

sub is_any_open {
	return scalar grep { $_->{is_open} } @streams;
}

# Hands on what comes within so many seconds. False if nothing does.
sub hand_on {
	my ($wait) = @_;
	my @open = grep { $_->{is_open} } @streams;
	my $ready = "";
	for my $stream (@open) {
		vec($ready, fileno $stream->{from}, 1) = 1;
	}
	my $count = select $ready, undef, undef, $wait;
	if ($count <= 0) {
		return 0;
	}
	for my $stream (@open) {
		if (vec($ready, fileno $stream->{from}, 1)) {
			hand_on_from($stream);
		}
	}
	return 1;
}

# A stream is closed at its end, or after so many bytes: the program gets SIGPIPE then.
sub hand_on_from {
	my ($stream) = @_;
	my $most = $stream->{left};
	if ($most > $bytes_at_once) {
		$most = $bytes_at_once;
	}
	my $count = sysread $stream->{from}, my $text, $most;
	if ($count) {
		syswrite $stream->{to}, $text;
		$stream->{left} -= $count;
		if ($stream->{from} == $err) {
			$has_complained = 1;
		}
	}
	if (!$count || $stream->{left} <= 0) {
		close $stream->{from};
		$stream->{is_open} = 0;
	}
}

# Only if the program itself has said nothing.
sub say_how_it_ended {
	if ($has_complained) {
		return;
	}
	if ($is_late) {
		print STDERR "it did not end within $seconds seconds\n";
	} elsif (signal()) {
		print STDERR "it was killed by signal " . signal() . "\n";
	} elsif ($status) {
		print STDERR "it ended with exit status " . ($status >> 8) . "\n";
	}
}

sub exit_status {
	if ($is_late) {
		return $too_late;
	}
	if (signal()) {
		return 128 + signal();
	}
	return $status >> 8;
}

# The number of the signal that killed the program, or 0.
sub signal {
	return $status & 127;
}
