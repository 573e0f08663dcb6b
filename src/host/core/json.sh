# JSON that others have written. Texts keep their spelling: what is changed is a span of the text.

# Shared by the programs below: members($text) gives a list of [name, begin, value begin, end] of an
# object's members.
JSON_PARSER='
my $text = do { local $/; <STDIN> };
$text = "{}" if $text !~ /\S/;
sub token { $text =~ /\G\s*+("(?:[^"\\]++|\\.)*+"|[][{},:]|[^][\s"{},:]++)/gcs ? $1 : exit 2 }
sub value {
	my ($token, $depth, $found) = @_;
	exit 2 if $depth > 50 || $token =~ /^[]},:]/;
	return if $token !~ /^[[{]/;
	my $end = $token eq "{" ? "}" : "]";
	my $next = token();
	while ($next ne $end) {
		my ($begin, $name) = (pos($text) - length $next, $next);
		if ($end eq "}") {
			exit 2 if $next !~ /^"/ || token() ne ":";
			$next = token();
		}
		my $from = pos($text) - length $next;
		value($next, $depth + 1);
		push @$found, [substr($name, 1, -1), $begin, $from, pos $text] if $found;
		$next = token();
		next if $next eq $end;
		exit 2 if $next ne "," || ($next = token()) eq $end;
	}
}
sub members {
	my ($from) = @_;
	my @found;
	pos($text) = $from;
	token() eq "{" or exit 2;
	value("{", 0, \@found);
	return @found;
}
my @top = members(0);
exit 2 if $text =~ /\G\s*\S/gc;
'

# The members of an object on stdin, a line each: its name, a tab, its value on one line.
json_members() {
	perl -e "$JSON_PARSER"'
		for (@top) {
			my $value = substr $text, $$_[2], $$_[3] - $$_[2];
			$value = join "", $value =~ /"(?:[^"\\]++|\\.)*+"|[^\s"]/g;
			print "$$_[0]\t$value\n";
		}'
}

# Arguments: get, compact (without blanks between its parts), put or drop, the member as NAME or
# NAME/NAME, the file of its text. A member that is put stands last; dropped, it leaves what was
# there before. An object that was put for it goes with it.
JSON_MEMBER=$JSON_PARSER'
my ($how, $place, $file) = @ARGV;
my ($outer, $inner) = split m{/}, $place, 2;
sub named {
	my ($name, @members) = @_;
	my @found = grep { $$_[0] eq $name } @members;
	return $found[-1];
}
my $at = named($outer, @top);
my ($from, @all) = (index($text, "{"), @top);
if (defined $inner && $at) {
	$from = $$at[2];
	@all = members($from);
	my $only = @all == 1 && $all[0][0] eq $inner;
	($at, $outer) = (named($inner, @all), $inner) if !($how eq "drop" && $only);
	($from, @all) = (index($text, "{"), @top) if $how eq "drop" && $only;
} elsif (defined $inner) {
	$at = undef;
	exit if $how =~ /get|compact/;
}
if ($how =~ /get|compact/) {
	my $value = $at ? substr $text, $$at[2], $$at[3] - $$at[2] : "";
	$value = join "", $value =~ /"(?:[^"\\]++|\\.)*+"|[^\s"]/g if $how eq "compact";
	print $value;
	exit;
}
if ($how eq "put") {
	open my $new, "<", $file or exit 3;
	my $value = do { local $/; <$new> };
	$value = "{\"$inner\": $value}" if defined $inner && $outer ne $inner;
	if ($at) { substr $text, $$at[2], $$at[3] - $$at[2], $value }
	elsif (@all) { substr $text, $all[-1][3], 0, ", \"$outer\": $value" }
	else { substr $text, $from + 1, 0, "\"$outer\": $value" }
} elsif ($at) {
	my ($before) = grep { $$_[3] <= $$at[1] } reverse @all;
	my ($after) = grep { $$_[1] >= $$at[3] } @all;
	if ($before) { substr $text, $$before[3], $$at[3] - $$before[3], "" }
	elsif ($after) { substr $text, $$at[1], $$after[1] - $$at[1], "" }
	else { substr $text, $$at[1], $$at[3] - $$at[1], "" }
}
print $text;
'
