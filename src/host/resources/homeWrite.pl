# Runs as the account, after homeLinks.pl: what it writes can be nothing but the account's. Reads lines
# "SIZE VALUE<tab>PATH", each with SIZE bytes after it. The content of files is on the disk before their
# names are. Directories come before what is in them, and go after it.
my (@renames, @removals);
binmode STDIN;
while (my $line = <STDIN>) {
	my ($size, $kind, $more, $path) = $line =~ /^(\d+) (\w+) ?([^\t]*)\t(=?[^\t\n]+)\n\z/
		or die "bad line\n";
	read(STDIN, my $bytes, $size) == $size or die "bad size\n";
	my $place = place_of($path);
	if ($kind eq "absent") {
		push @removals, $place;
	} elsif ($kind eq "dir") {
		make_directory($place, oct $more);
	} else {
		my $new = "$place.rootless-docker-new";
		unlink $new;
		if ($kind eq "link") {
			symlink $more, $new or die "$place: $!\n";
		} else {
			write_file($new, oct $more, $bytes);
		}
		push @renames, [$new, $place];
	}
}
system "sync", "-f", $ENV{HOME};
for (@renames) {
	my ($new, $place) = @$_;
	rename $new, $place or die "$place: $!\n";
}
for my $place (sort { $b cmp $a } @removals) {
	if (-d $place && !-l $place) {
		# It stays if somebody has put something into it.
		rmdir $place;
	} else {
		unlink $place or $!{ENOENT} or die "$place: $!\n";
	}
}

sub make_directory {
	my ($place, $mode) = @_;
	-d $place or mkdir $place or die "$place: $!\n";
	chmod $mode, $place or die "$place: $!\n";
}

# $new is a name that nothing has.
sub write_file {
	my ($new, $mode, $bytes) = @_;
	umask 077;
	open my $file, ">", $new or die "$new: $!\n";
	print $file $bytes;
	close $file or die "$new: $!\n";
	chmod $mode, $new or die "$new: $!\n";
}
