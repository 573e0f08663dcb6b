# Prints the value of a member as it is written. Argument: NAME or NAME/NAME.
my $member = member_at($ARGV[0]);
if (defined $member) {
	print value_of($member);
}
