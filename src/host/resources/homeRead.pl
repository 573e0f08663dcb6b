# Runs as root, in the directory of the notes about the home. Reads what homeLook.pl printed, which is
# the account's word: exactly one answer for each line of the file "paths". Writes the bytes of files
# to files that are named by numbers, and prints lines "PATH<tab>VALUE<tab>FILE". Its argument is what
# the names of these files begin with.
my ($place) = @ARGV;
my ($number, @seen, @files) = (0);
$number++ while -e $number;
open my $asked, "<", "paths" or exit 1;
while (my $line = <STDIN>) {
	my ($size, $word, $mode, $path, $target) =
		$line =~ /^(\d+) (\w+) ([0-7]+|-) ([^\t\n]+)(?:\t([^\t\n]*))?\n\z/ or exit 1;
	read(STDIN, my $bytes, $size) == $size or exit 1;
	my $wanted = <$asked>;
	exit 1 if !defined $wanted || $wanted ne "$path\n";
	if ($word eq "file") {
		open my $file, ">", $number or exit 1;
		print $file $bytes;
		close $file or exit 1;
		push @files, $number;
		push @seen, [$path, "file $mode", $number++];
	} elsif ($word eq "dir") {
		push @seen, [$path, "dir $mode"];
	} elsif ($word eq "link") {
		push @seen, [$path, "link $target"];
	} else {
		push @seen, [$path, $word];
	}
}
exit 1 if !@seen || <$asked>;
my %sum;
for my $line (@files ? qx{sha256sum -- @files} : ()) {
	$sum{$2} = $1 if $line =~ /^(\w+)  (\d+)/;
}
for (@seen) {
	my ($path, $value, $file) = @$_;
	print defined $file ? "$path\t$value $sum{$file}\t$place$file\n" : "$path\t$value\t/dev/null\n";
}
