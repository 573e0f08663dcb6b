# Reads a JSON object from stdin, for the programs jsonGet.pl and so on, which begin with this one.
# Others have written it, and it keeps their spelling: what is changed is a part of $text. It exits
# with 2 if the text is no JSON object.
#
# A member is a hash of its name, as it is written between the quotes, and of places in $text:
# begin, value (where its value begins) and end.
use strict;

my $is_no_object = 2;
my $most_levels = 50;
my $quoted = qr/"(?:[^"\\]++|\\.)*+"/s;

my $text = do { local $/; <STDIN> };
if ($text !~ /\S/) {
	$text = "{}";
}
my @top = members_at(0);
if ($text =~ /\G\s*\S/gc) {
	exit $is_no_object;
}

# The members of the object that begins at a place.
sub members_at {
	my ($place) = @_;
	pos($text) = $place;
	if (next_token() ne "{") {
		exit $is_no_object;
	}
	return read_object(0);
}

# A text in quotes, a bracket, a colon, a comma, or a word such as true.
sub next_token {
	if ($text =~ /\G\s*+($quoted|[][{},:]|[^][\s"{},:]++)/gc) {
		return $1;
	}
	exit $is_no_object;
}

# Reads a value of which the first token is read.
sub read_value {
	my ($token, $level) = @_;
	if ($level > $most_levels) {
		exit $is_no_object;
	}
	if ($token eq "{") {
		read_object($level);
	} elsif ($token eq "[") {
		read_list($level);
	} elsif ($token =~ /^[]},:]/) {
		exit $is_no_object;
	}
}

sub read_object {
	my ($level) = @_;
	my @members;
	my $token = next_token();
	while ($token ne "}") {
		my $begin = pos($text) - length $token;
		if ($token !~ /^"/ || next_token() ne ":") {
			exit $is_no_object;
		}
		my $first = next_token();
		my $value = pos($text) - length $first;
		read_value($first, $level + 1);
		my $name = substr $token, 1, -1;
		push @members, { name => $name, begin => $begin, value => $value, end => pos $text };
		$token = token_after_part("}");
	}
	return @members;
}

sub read_list {
	my ($level) = @_;
	my $token = next_token();
	while ($token ne "]") {
		read_value($token, $level + 1);
		$token = token_after_part("]");
	}
}

# After a part comes the end, or a comma and the next part.
sub token_after_part {
	my ($end) = @_;
	my $token = next_token();
	if ($token eq $end) {
		return $token;
	}
	if ($token ne ",") {
		exit $is_no_object;
	}
	$token = next_token();
	if ($token eq $end) {
		exit $is_no_object;
	}
	return $token;
}

# Of several members of a name the last one counts, as for docker.
sub member_named {
	my ($name, @members) = @_;
	my @found = grep { $_->{name} eq $name } @members;
	return $found[-1];
}

# The member at NAME or NAME/NAME, or undef.
sub member_at {
	my ($outer, $inner) = split m{/}, $_[0], 2;
	my $member = member_named($outer, @top);
	if (!defined $member || !defined $inner) {
		return $member;
	}
	return member_named($inner, members_at($member->{value}));
}

# The text of a member's value.
sub value_of {
	my ($member) = @_;
	return substr $text, $member->{value}, $member->{end} - $member->{value};
}

# A value without blanks between its parts.
sub compact {
	my ($value) = @_;
	return join "", $value =~ /$quoted|[^\s"]/g;
}

# Puts other words in the place of a part of the text.
sub replace {
	my ($begin, $end, $words) = @_;
	substr $text, $begin, $end - $begin, $words;
}
