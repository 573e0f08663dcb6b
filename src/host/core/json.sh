# shellcheck shell=dash
# JSON that others have written.

# The members of an object on stdin, a line each: its name, a tab, its value without blanks between its parts.
json_members() { MEMBERS=yes perl -e "$JSON_READER"; }

# Reads JSON from stdin up to what stands at a place in it, and prints that; where CHANGE is set, all of it with the
# text of the file TEXT in its place, or without it; where MEMBERS is set, the members of the object, a line each. Ends
# with 1 where nothing is there, and with 2 where it is no JSON object.
# shellcheck disable=SC2016 # a program of its own
JSON_READER='my ($text, $start, $from, $to) = (do { local $/; <STDIN> });
exit 1 if $text !~ /\S/;
my $members = "";
$text =~ tr/\n\r\t/ / if $ENV{MEMBERS};
my $place = join "\0", @ARGV;
# Go takes a field in any case, and a name with any escapes.
sub name {
	my ($name, @path) = @_;
	$name =~ s/\\(?:u([0-9A-Fa-f]{4})|(.))/defined $1 ? chr hex $1 : $2/ge;
	@path ? $name : lc $name;
}
sub token { $text =~ /\G\s*+("(?:[^"\\]++|\\.)*+"|[][{},:]|[^][\s"{},:]++)/gcs ? $1 : exit 2 }
sub compact { join "", $_[0] =~ /"(?:[^"\\]++|\\.)*+"|[^\s"]/g }
sub value {
	my ($token, @path) = @_;
	exit 2 if @path > 50 || $token =~ /^[]},:]/;
	return if $token !~ /^[[{]/;
	my $end = $token eq "{" ? "}" : "]";
	my $next = token();
	while ($next ne $end) {
		my ($first, $key, $name) = (pos($text) - length $next, $next, "");
		if ($end eq "}") {
			exit 2 if $next !~ /^"/ || token() ne ":";
			($name, $next) = (name($next, @path), token());
		}
		my $value = pos($text) - length $next;
		value($next, @path, $name);
		($start, $from, $to) = ($first, $value, pos $text) if join("\0", @path, $name) eq $place;
		$members .= substr($key, 1, -1) . "\t" . compact(substr $text, $value, pos($text) - $value) . "\n" if !@path;
		$next = token();
		next if $next eq $end;
		exit 2 if $next ne ",";
		$next = token();
		exit 2 if $next eq $end;
	}
}
my $root = token();
exit 2 if $root ne "{";
value($root);
exit 2 if $text =~ /\G\s*\S/gc;
print($members), exit 0 if $ENV{MEMBERS};
exit 1 if !defined $from;
if (!$ENV{CHANGE}) {
	print substr($text, $from, $to - $from);
} elsif ($ENV{TEXT} ne "") {
	open(my $file, "<", $ENV{TEXT}) or exit 3;
	print substr($text, 0, $from), do { local $/; <$file> }, substr($text, $to);
} else {
	my ($before, $after) = (substr($text, 0, $start), substr($text, $to));
	$after =~ s/^\s*,\s*// || $before =~ s/,\s*$// || ($before =~ s/\s+$//, $after =~ s/^\s+//);
	print $before, $after;
}'
