# Runs as root. Reads lines "PATH<tab>VALUE<tab>FILE", what is to be written; the last line of a path
# counts. Prints each path once, as homeWrite.pl reads them, in the order in which they came first.
my (@paths, %last);
while (<STDIN>) {
	chomp;
	my ($path, $value, $file) = split /\t/;
	push @paths, $path if !$last{$path};
	$last{$path} = [$value, $file];
}
for my $path (@paths) {
	my ($value, $file) = @{$last{$path}};
	my $bytes = "";
	if ($value =~ s/^(file \d+).*/$1/) {
		open my $opened, "<", $file or die "$file: $!\n";
		$bytes = do { local $/; <$opened> } // "";
	}
	print length $bytes, " $value\t$path\n", $bytes;
}
