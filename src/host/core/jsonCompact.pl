# Prints the value of a member without blanks between its parts. Argument: NAME or NAME/NAME.
my $member = member_at($ARGV[0]);
if (defined $member) {
	print compact(value_of($member));
}
