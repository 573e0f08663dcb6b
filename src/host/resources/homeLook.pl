# Runs as the account, after homeLinks.pl. Arguments: how many bytes of a file are read at most, and the
# agent's verb. Stdin has paths, a line each. Prints for each of them a line "SIZE WORD MODE PATH" or
# "0 link MODE PATH<tab>TARGET", then SIZE bytes of a file.
use Fcntl;
my ($most, $verb) = @ARGV;
my $total = 0;
binmode STDOUT;
while (my $path = <STDIN>) {
	chomp $path;
	my $place = place_of($path);
	# A write that was killed may have left a file beside it.
	unlink "$place.rootless-docker-new" if $verb ne "check";
	my ($word, $mode, $bytes) = look_at($place);
	my $target = $word eq "link" ? "\t" . readlink $place : "";
	print length $bytes, " $word $mode $path$target\n", $bytes;
}

# What a path is, its mode, and the bytes of a file.
sub look_at {
	my ($place) = @_;
	my @found = lstat $place;
	if (!@found) {
		# In a directory that the account cannot enter there may be anything.
		return ($!{ENOENT} || $!{ENOTDIR} ? "absent" : "unreadable", "-", "");
	}
	my $mode = sprintf "%o", $found[2] & 07777;
	return ("foreign", $mode, "") if $found[4] != $>;
	if (-l _) {
		return (readlink($place) =~ /[\t\n]/ ? "other" : "link", $mode, "");
	}
	return ("dir", $mode, "") if -d _;
	return ("other", $mode, "") if !-f _;
	return ("large", $mode, "") if $found[7] > $most;
	$total += $found[7];
	return ("large", $mode, "") if $total > 3 * $most;
	# By now it may be a link, or a pipe.
	my $opened = sysopen my $file, $place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
	my $bytes = "";
	return ("unreadable", $mode, "") if !$opened || !defined sysread $file, $bytes, $most;
	return ("file", $mode, $bytes);
}
