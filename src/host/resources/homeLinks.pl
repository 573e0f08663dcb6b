# Shared by homeLook.pl and homeWrite.pl: the place that a path means. "=PATH" is where the links of
# PATH lead, 20 at most; any other path is meant itself, a link too.
sub place_of {
	my ($path) = @_;
	my $links = 0;
	return $path if $path !~ s/^=//;
	while (defined(my $to = readlink $path) && $links++ < 20) {
		$path = $to =~ m{^/} ? $to : $path =~ s{[^/]*\z}{$to}r;
	}
	return $path;
}
