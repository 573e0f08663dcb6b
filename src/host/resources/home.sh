# shellcheck shell=dash
# Kind home: files, directories and links of the account's, read and written as the account: one
# look for all paths of a step, and one write. Values are those of path. Kinds line and member are
# parts of such files (homeParts.sh).
#   $WORK/home/index  PATH<tab>VALUE<tab>NUMBER, what was seen or is to be written; the last line of a path counts
#   $WORK/home/NUMBER the bytes of a file
#   $WORK/home/todo   paths that are to be written

# Bytes of the account's file that are read at most.
HOME_FILE_MOST=262144

# Looks at paths that were not looked at yet. Arguments: the paths.
look_home() {
	local path
	: >"$WORK/home/paths"
	for path in "$@"; do is_seen "$path" || printf '%s\n' "$path" >>"$WORK/home/paths"; done
	[ -s "$WORK/home/paths" ] || return 0
	as_account_within 20 perl -e "$HOME_LOOK" "$HOME_FILE_MOST" <"$WORK/home/paths" >"$WORK/home/answer" ||
		fail "$ACCOUNT_HOME" "that $ACCOUNT does not say what is there ($(last_words))" "an answer" \
			"see what is mounted there, and what $ACCOUNT runs, then run again"
	(cd "$WORK/home" && perl -e "$HOME_READ" <answer >index.new)
	(cd "$WORK/home" && sha256sum -- [0-9]* 2>/dev/null) >"$WORK/home/sums" || true
	awk -F '\t' -v OFS='\t' '
		FILENAME ~ /sums$/ { split($0, word, "  "); sum[word[2]] = word[1]; next }
		$2 ~ /^file / { $2 = $2 " " sum[$3] }
		{ print }' "$WORK/home/sums" "$WORK/home/index.new" >>"$WORK/home/index"
}

is_seen() { [ -e "$WORK/home/index" ] && grep -qF "$1$TAB" "$WORK/home/index"; }

# Prints for each path of stdin a line "SIZE WORD MODE PATH" or "0 link MODE PATH<tab>TARGET", then
# SIZE bytes of a file. A path that begins with "=" is looked at where its links lead.
# shellcheck disable=SC2016 # a program of its own
HOME_LOOK='
use Fcntl;
my $most = shift;
binmode STDOUT;
while (my $path = <STDIN>) {
	chomp $path;
	my ($at, $links) = ($path, 0);
	if ($at =~ s/^=//) {
		while (defined(my $to = readlink $at) && $links++ < 20) {
			$at = $to =~ m{^/} ? $to : $at =~ s{[^/]*\z}{$to}r;
		}
	}
	my @found = lstat $at;
	my $mode = @found ? sprintf "%o", $found[2] & 07777 : "-";
	my $kind = !@found ? "absent" : -l _ ? "link" : -d _ ? "dir" : -f _ ? "file" : "other";
	# In a directory that the account cannot enter there may be anything.
	$kind = "unreadable" if !@found && !$!{ENOENT} && !$!{ENOTDIR};
	$kind = "foreign" if @found && $found[4] != $>;
	$kind = "large" if $kind eq "file" && $found[7] > $most;
	my $bytes = "";
	if ($kind eq "file") {
		my $opened = sysopen my $file, $at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
		$kind = "unreadable" if !$opened || !defined sysread $file, $bytes, $most;
	}
	my $target = $kind eq "link" ? "\t" . readlink $at : "";
	print length $bytes, " $kind $mode $path$target\n", $bytes;
}'

# Writes the bytes of that answer to files in this directory, and prints the index without sums.
# shellcheck disable=SC2016 # a program of its own
HOME_READ='
my $number = 0;
$number++ while -e $number;
while (my $line = <STDIN>) {
	my ($size, $kind, $mode, $path, $target) = $line =~ /^(\d+) (\w+) ([0-7]+|-) ([^\t\n]+)(?:\t([^\t\n]*))?\n\z/ or exit 1;
	read(STDIN, my $bytes, $size) == $size or exit 1;
	my $value = $kind eq "file" || $kind eq "dir" ? "$kind $mode" : $kind eq "link" ? "link $target" : $kind;
	if ($kind eq "file") {
		open my $file, ">", $number or exit 1;
		print $file $bytes;
	}
	print "$path\t$value\t", $kind eq "file" ? $number++ : "-", "\n";
}'

# $1 a file with lines of kind, name.
home_look() {
	is_account_there || return 0
	# Names of lines and members begin with their path. A path holds no blank.
	sed -n "s/^home$TAB//p; s/^line$TAB\([^ ]*\) .*/=\1/p; s/^member$TAB\([^ ]*\) .*/=\1/p" "$1" |
		sort -u >"$WORK/home/wanted"
	set --
	while IFS= read -r path; do set -- "$@" "$path"; done <"$WORK/home/wanted"
	look_home "$@"
}

is_account_there() { [ -n "${ACCOUNT-}" ]; }

# The last line of a path in the index: its value and number. $1 the path.
home_entry() { grep -F "$1$TAB" "$WORK/home/index" | grep -v "^=$1$TAB" | tail -n 1 | cut -f 2,3; }

# $1 the path.
home_state() {
	is_account_there || {
		printf gone
		return 0
	}
	look_home "$1"
	home_entry "$1" | cut -f 1 | tr -d '\n'
}

# The file in which the bytes of a path are. $1 the path.
home_file() { printf '%s/home/%s' "$WORK" "$(home_entry "$1" | cut -f 2)"; }

home_bytes() { [ "$(home_entry "$1" | cut -f 2)" = - ] || cat "$(home_file "$1")"; }

# To be written with all others when they settle. $1 path, $2 value, $3 the file of its bytes.
home_set() {
	local number=-
	case $2 in
	file*)
		number=$(($(find "$WORK/home" -name '[0-9]*' | wc -l) + 1))
		cp "$3" "$WORK/home/$number"
		;;
	esac
	printf '%s\t%s\t%s\n' "$1" "$2" "$number" >>"$WORK/home/index"
	printf '%s\n' "$1" >>"$WORK/home/todo"
}

# Writes all that was set: as the account, which can lead it nowhere but to what is its own.
home_settled() {
	[ -s "$WORK/home/todo" ] || return 0
	sort -u "$WORK/home/todo" | while IFS= read -r path; do
		home_entry "$path" | {
			IFS=$TAB read -r value number
			case $value in
			file*)
				printf '%s %s\t%s\n' "$(stat -c %s "$WORK/home/$number")" "${value% *}" "$path"
				cat "$WORK/home/$number"
				;;
			*) printf '0 %s\t%s\n' "$value" "$path" ;;
			esac
		}
	done >"$WORK/home/batch"
	rm -f "$WORK/home/todo"
	as_account_within 60 perl -e "$HOME_WRITE" <"$WORK/home/batch" ||
		fail "$ACCOUNT_HOME" "that $ACCOUNT cannot write there ($(last_words))" \
			"what rootless Docker reads in it" "fix what it says, then run again"
}

# Reads lines "SIZE VALUE<tab>PATH", each with SIZE bytes after it. The content of files is on the
# disk before their names are. Directories come before what is in them, and go after it.
# shellcheck disable=SC2016 # a program of its own
HOME_WRITE='
my (@renames, @removals);
binmode STDIN;
while (my $line = <STDIN>) {
	my ($size, $kind, $more, $path) = $line =~ /^(\d+) (\w+) ?([^\t]*)\t(=?[^\t\n]+)\n\z/ or die "bad line\n";
	read(STDIN, my $bytes, $size) == $size or die "bad size\n";
	my ($at, $links) = ($path, 0);
	if ($at =~ s/^=//) {
		while (defined(my $to = readlink $at) && $links++ < 20) {
			$at = $to =~ m{^/} ? $to : $at =~ s{[^/]*\z}{$to}r;
		}
	}
	my $new = "$at.rootless-docker-new";
	if ($kind eq "absent") {
		push @removals, $at;
	} elsif ($kind eq "dir") {
		-d $at or mkdir $at or die "$at: $!\n";
		chmod oct $more, $at or die "$at: $!\n";
	} else {
		unlink $new;
		if ($kind eq "link") {
			symlink $more, $new or die "$at: $!\n";
		} else {
			umask 077;
			open my $file, ">", $new or die "$at: $!\n";
			print $file $bytes;
			close $file or die "$at: $!\n";
			chmod oct $more, $new or die "$at: $!\n";
		}
		push @renames, [$new, $at];
	}
}
system "sync", "-f", $ENV{HOME};
rename $$_[0], $$_[1] or die "$$_[1]: $!\n" for @renames;
for my $at (sort { $b cmp $a } @removals) {
	if (-d $at && !-l $at) { rmdir $at } else { unlink $at or $!{ENOENT} or die "$at: $!\n" }
}'

# $1 path, $2 mode, $3 the file with its content.
want_home_file() {
	want_parents home "$1"
	want home "$1" "file $2 $(sum_of "$3")" "$3"
}

# $1 path.
want_home_dir() {
	want_parents home "$1"
	[ "$(home_state "$1")" != absent ] || want home "$1" 'dir 700'
}

# $1 path, $2 target.
want_home_link() {
	want_parents home "$1"
	want home "$1" "link $2"
}
