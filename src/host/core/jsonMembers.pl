# Prints the members of the object, a line each: its name, a tab, its value on one line.
for my $member (@top) {
	print $member->{name}, "\t", compact(value_of($member)), "\n";
}
