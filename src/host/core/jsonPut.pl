# Prints the object with another value of a member. A new member stands last.
# Arguments: NAME or NAME/NAME, the file of the value.
my ($place, $file) = @ARGV;
my ($outer, $inner) = split m{/}, $place, 2;

my $cannot_read = 3;
open my $handle, "<", $file or exit $cannot_read;
my $value = do { local $/; <$handle> };

my $object = member_named($outer, @top);
if (!defined $inner) {
	put(index($text, "{"), $outer, $value, @top);
} elsif (defined $object) {
	put($object->{value}, $inner, $value, members_at($object->{value}));
} else {
	put(index($text, "{"), $outer, "{\"$inner\": $value}", @top);
}
print $text;

# Into the object that begins at a place, with its members.
sub put {
	my ($begin, $name, $value, @members) = @_;
	my $member = member_named($name, @members);
	if (defined $member) {
		replace($member->{value}, $member->{end}, $value);
	} elsif (@members) {
		my $end = $members[-1]{end};
		replace($end, $end, ", \"$name\": $value");
	} else {
		replace($begin + 1, $begin + 1, "\"$name\": $value");
	}
}
