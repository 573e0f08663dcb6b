# A process that holds whoever reads what it has mapped: its mmap(2) waits for what is written to a FUSE that does not
# answer. As "unshare --user --map-root-user --mount perl mapped.pl PLACE": PLACE is an empty directory of the user's.
# The numbers of the calls are those of amd64 alone.
use strict;
use warnings;
use Fcntl;
my ($place) = @ARGV;
sysopen my $fuse, "/dev/fuse", O_RDWR or die "/dev/fuse: $!";
my ($source, $type) = ("x", "fuse");
my $options = "fd=" . fileno($fuse) . ",rootmode=40000,user_id=0,group_id=0\0";
syscall(165, $source, $place, $type, 0, $options) == 0 or die "mount: $!";

# As linux/fuse.h has them.
my $opened = 0;
my %answer = (
	1 => sub { pack("Q4L2", 2, 0, 1e5, 1e5, 0, 0) . attributes(2) },
	3 => sub { pack("QL2", 1e5, 0, 0) . attributes($_[0]) },
	# The second one goes past what is kept in memory of the first.
	14 => sub { pack "QL2", 0, $opened++ ? 3 : 2, 0 },
	15 => sub { "\0" x unpack "x16L", $_[1] },
	18 => sub { "" },
	25 => sub { "" },
	26 => sub { pack "L4S2L2S2x32", 7, 31, 131072, 0, 0, 0, 131072, 0, 0, 0 },
);

sub attributes {
	my $mode = $_[0] == 1 ? 040755 : 0100666;
	return pack "Q6L10", $_[0], $_[0] == 1 ? 0 : 1 << 20, 8, 0, 0, 0, 0, 0, 0, $mode, 1, 0, 0, 0, 4096, 0;
}

my $server = fork // die "fork: $!";
if ($server == 0) {
	while (sysread $fuse, my $request, 300000) {
		my ($length, $code, $unique, $node) = unpack "L2Q2", $request;
		# FORGET, WRITE, INTERRUPT and BATCH_FORGET.
		next if $code == 2 || $code == 16 || $code == 36 || $code == 42;
		my $found = exists $answer{$code} ? $answer{$code}->($node, substr $request, 40) : undef;
		my $error = defined $found ? 0 : -38;
		$found //= "";
		syswrite $fuse, pack("LlQ", 16 + length $found, $error, $unique) . $found;
	}
	exit;
}
close $fuse;
sysopen my $kept, "$place/x", O_RDWR or die "$place/x: $!";
my $at = syscall 9, 0, 4096, 3, 1, fileno $kept, 0;
open my $zeros, "<", "/dev/zero" or die "/dev/zero: $!";
syscall(0, fileno $zeros, $at, 1) == 1 or die "read: $!";
sysopen my $direct, "$place/x", O_RDWR or die "$place/x: $!";
# In the place of another mapping, which nobody reads meanwhile.
my $other = syscall 9, 0, 4096, 3, 0x22, -1, 0;
syscall 9, $other, 4096, 1, 0x12, fileno $direct, 0;
die "mmap: $!";
