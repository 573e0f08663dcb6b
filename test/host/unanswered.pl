# A program of an unprivileged user's on an overlay over a FUSE that answers no more, a while after it has started.
# As "unshare --user --map-root-user --mount perl unanswered.pl PLACE PROGRAM [root]": PLACE is an empty directory of the
# user's; with "root" that overlay is the program's root, too. mount(2) has the number 165 on amd64 alone.
use strict;
use warnings;
use Fcntl;
my ($place, $program, $root) = @ARGV;
my $bytes = do { local (@ARGV, $/) = ($program); <> };
mkdir "$place/$_" for qw(fuse empty overlay);
sysopen my $fuse, "/dev/fuse", O_RDWR or die "/dev/fuse: $!";
my ($source, $at, $type) = ("x", "$place/fuse", "fuse");
my $options = "fd=" . fileno($fuse) . ",rootmode=40755,user_id=0,group_id=0\0";
syscall(165, $source, $at, $type, 0, $options) == 0 or die "mount: $!";

# As linux/fuse.h has them.
my %answer = (
	1 => sub { $_[1] =~ /^x\0/ ? pack("Q4L2", 2, 0, 1e5, 0, 0, 0) . attributes(2) : undef },
	3 => sub { pack("QL2", 0, 0, 0) . attributes($_[0]) },
	14 => sub { pack "QL2", 0, 2, 0 },
	15 => sub { my (undef, $offset, $size) = unpack "QQL", $_[1]; $offset < length $bytes ? substr $bytes, $offset, $size : "" },
	17 => sub { pack "Q5L4x24", 0, 0, 0, 0, 0, 4096, 255, 4096, 0 },
	18 => sub { "" },
	25 => sub { "" },
	26 => sub { pack "L4S2L2S2x32", 7, 31, 131072, 0, 0, 0, 131072, 0, 0, 0 },
	27 => sub { pack "QL2", 0, 0, 0 },
	28 => sub { "" },
	29 => sub { "" },
);

sub attributes {
	my $is_root = $_[0] == 1;
	my $mode = $is_root ? 040755 : 0100755;
	my $size = $is_root ? 0 : length $bytes;
	return pack "Q6L10", $_[0], $size, int($size / 512) + 1, 0, 0, 0, 0, 0, 0, $mode, 1, 0, 0, 0, 4096, 0;
}

my $server = fork // die "fork: $!";
if ($server == 0) {
	my $quiet = time + 4;
	while (sysread $fuse, my $request, 300000) {
		my ($length, $code, $unique, $node) = unpack "L2Q2", $request;
		# FORGET, INTERRUPT and BATCH_FORGET want no answer.
		next if time > $quiet || $code == 2 || $code == 36 || $code == 42;
		my $found = exists $answer{$code} ? $answer{$code}->($node, substr $request, 40) : undef;
		my $error = defined $found ? 0 : $code == 1 ? -2 : -38;
		$found //= "";
		syswrite $fuse, pack("LlQ", 16 + length $found, $error, $unique) . $found;
	}
	exit;
}
system("mount", "-t", "overlay", "-o", "lowerdir=$place/fuse:$place/empty", "x", "$place/overlay") == 0 or die "overlay";
my $child = fork // die "fork: $!";
if ($child == 0) {
	if ($root) { chroot "$place/overlay" or die "chroot: $!"; chdir "/"; exec { "/x" } "busybox", "sleep", "1000" }
	exec { "$place/overlay/x" } "busybox", "sleep", "1000";
}
waitpid $child, 0;
kill KILL => $server;
