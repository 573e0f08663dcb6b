# Prints the object without a member, with what was there before it was put.
# Argument: NAME or NAME/NAME. An object that has no other member goes with it.
my ($outer, $inner) = split m{/}, $ARGV[0], 2;

my $object = member_named($outer, @top);
if (defined $object && defined $inner) {
	my @members = members_at($object->{value});
	my $member = member_named($inner, @members);
	if (defined $member && @members == 1) {
		drop($object, @top);
	} elsif (defined $member) {
		drop($member, @members);
	}
} elsif (defined $object) {
	drop($object, @top);
}
print $text;

# With the comma before it, or else the one after it.
sub drop {
	my ($member, @members) = @_;
	my ($before) = grep { $_->{end} <= $member->{begin} } reverse @members;
	my ($after) = grep { $_->{begin} >= $member->{end} } @members;
	if (defined $before) {
		replace($before->{end}, $member->{end}, "");
	} elsif (defined $after) {
		replace($member->{begin}, $after->{begin}, "");
	} else {
		replace($member->{begin}, $member->{end}, "");
	}
}
