# Kind home: files, directories and links of the account's, read and written as the account: one
# look for all paths of a step, one write. Values are those of path; =PATH is where the links of
# PATH lead. Kinds line and member are parts of such files (homeParts.sh).
#   HOME_INDEX       lines PATH<tab>VALUE<tab>FILE, what was seen or is to be written, and the file
#                    of its bytes or /dev/null; the last line of a path counts
#   $WORK/home/todo  paths that are to be written
HOME_INDEX=''

# Bytes of the account's file that are read at most.
HOME_FILE_MOST=262144

# Forgets what was seen of a path, unless it is about to be written: somebody may have changed it since.
# $1 the path.
forget_seen() {
	if [ -e "$WORK/home/todo" ] && grep -qxF -e "$1" "$WORK/home/todo"; then return 0; fi
	HOME_INDEX=$HOME_INDEX$NEWLINE$1$TAB$TAB/dev/null
}

# Looks at paths that were not looked at yet. Arguments: the paths.
look_home() {
	local path seen
	: >"$WORK/home/paths"
	for path in "$@"; do
		find_home "$path"
		[ -n "$SEEN_VALUE" ] || printf '%s\n' "$path" >>"$WORK/home/paths"
	done
	if [ ! -s "$WORK/home/paths" ] || [ -e "$WORK/home/refused" ]; then return 0; fi
	as_account perl -e "$HOME_LOOK" "$HOME_FILE_MOST" "$VERB" \
		<"$WORK/home/paths" >"$WORK/home/answer" || : >"$WORK/home/answer"
	seen=$(cd "$WORK/home" && perl -e "$HOME_READ" "$WORK/home/" <answer) ||
		refuse_home "that $ACCOUNT does not say what is there ($(last_words))"
	HOME_INDEX=$HOME_INDEX$NEWLINE$seen
}

# Prints for each path of stdin a line "SIZE WORD MODE PATH" or "0 link MODE PATH<tab>TARGET", then
# SIZE bytes of a file. A path that begins with "=" is looked at where its links lead.
HOME_LOOK='
use Fcntl;
my ($most, $verb) = @ARGV;
binmode STDOUT;
while (my $path = <STDIN>) {
	chomp $path;
	my ($at, $links) = ($path, 0);
	if ($at =~ s/^=//) {
		while (defined(my $to = readlink $at) && $links++ < 20) {
			$at = $to =~ m{^/} ? $to : $at =~ s{[^/]*\z}{$to}r;
		}
	}
	# A write that was killed may have left a file beside it.
	unlink "$at.rootless-docker-new" if $verb ne "check";
	my @found = lstat $at;
	my $mode = @found ? sprintf "%o", $found[2] & 07777 : "-";
	my $kind = !@found ? "absent" : -l _ ? "link" : -d _ ? "dir" : -f _ ? "file" : "other";
	# In a directory that the account cannot enter there may be anything.
	$kind = "unreadable" if !@found && !$!{ENOENT} && !$!{ENOTDIR};
	$kind = "foreign" if @found && $found[4] != $>;
	$kind = "other" if $kind eq "link" && readlink($at) =~ /[\t\n]/;
	$kind = "large" if $kind eq "file" && ($found[7] > $most || ($all += $found[7]) > 3 * $most);
	my $bytes = "";
	if ($kind eq "file") {
		my $opened = sysopen my $file, $at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
		$kind = "unreadable" if !$opened || !defined sysread $file, $bytes, $most;
	}
	my $target = $kind eq "link" ? "\t" . readlink $at : "";
	print length $bytes, " $kind $mode $path$target\n", $bytes;
}'

# Writes the bytes of that answer to files in a directory, its argument, and prints the index.
HOME_READ='
my $place = shift;
my ($number, @seen, @files) = (0);
$number++ while -e $number;
open my $asked, "<", "paths" or exit 1;
while (my $line = <STDIN>) {
	my ($size, $kind, $mode, $path, $target) =
		$line =~ /^(\d+) (\w+) ([0-7]+|-) ([^\t\n]+)(?:\t([^\t\n]*))?\n\z/ or exit 1;
	read(STDIN, my $bytes, $size) == $size && <$asked> eq "$path\n" or exit 1;
	my $value = $kind =~ /^(file|dir)$/ ? "$kind $mode" : $kind eq "link" ? "link $target" : $kind;
	push @seen, [$path, $value, $kind eq "file" ? $number : ""];
	next if $kind ne "file";
	open my $file, ">", $number or exit 1;
	print $file $bytes;
	push @files, $number++;
}
my %sum = map { /^(\w+)  (\d+)/ ? ($2, $1) : () } @files ? qx{sha256sum -- @files} : ();
exit 1 if !@seen || <$asked>;
for (@seen) {
	my ($path, $value, $file) = @$_;
	print "$path\t$value", $file eq "" ? "\t/dev/null\n" : " $sum{$file}\t$place$file\n";
}'

# Looks at all paths of a file with lines of kind and name. Names of lines and members begin with
# their path, which holds no blank. Others write the files of these, too, so they are looked at right
# before they are compared and written. $1 the file.
look_at_homes() {
	local kind name
	[ -n "$ACCOUNT" ] || return 0
	set -- "$1" ''
	while IFS=$TAB read -r kind name; do
		name=${name%%"$TAB"*}
		case $kind in
		home) set -- "$@" "$name" ;;
		line | member)
			case " $* " in *" =${name%% *} "*) continue ;; esac
			forget_seen "=${name%% *}"
			set -- "$@" "=${name%% *}"
			;;
		esac
	done <"$1"
	shift 2
	look_home "$@"
}

# The account does not let this program work in its home: an error. A second destroy goes on, and
# what is there stays: no account holds up more than one. $1 what was found.
refuse_home() {
	if [ "$VERB" != revert ] || [ -z "$(remembered home)" ]; then
		[ "$VERB" != revert ] || remember home refused
		fail "$ACCOUNT_HOME" "$1" "a home that $ACCOUNT can use" \
			"see what is mounted there, whether its disk is full, and what runs, then run again; \
a second destroy leaves what is there"
	fi
	: >"$WORK/home/refused"
	: >"$WORK/stays"
	say "stays: what this program left in $ACCOUNT_HOME: found $1"
}

# The state of a path that was seen, or is to be written: SEEN_VALUE, empty where nobody has looked,
# and SEEN_FILE. $1 the path.
find_home() {
	local line seen="$TAB/dev/null" IFS=$NEWLINE
	set -f
	for line in $HOME_INDEX; do
		case $line in "$1$TAB"*) seen=${line#*"$TAB"} ;; esac
	done
	set +f
	SEEN_VALUE=${seen%"$TAB"*} SEEN_FILE=${seen##*"$TAB"}
}

# $1 the path.
home_state() {
	if [ -z "$ACCOUNT" ] || [ -e "$WORK/home/refused" ]; then
		printf gone
		return 0
	fi
	look_home "$1"
	find_home "$1"
	printf '%s' "$SEEN_VALUE"
}

home_bytes() { find_home "$1" && cat "$SEEN_FILE"; }

# Written when all settle. $1 path, $2 value, $3 the file of its bytes, which stays until then.
home_set() {
	case $2 in file*) ;; *) set -- "$1" "$2" /dev/null ;; esac
	HOME_INDEX=$HOME_INDEX$NEWLINE$1$TAB$2$TAB$3
	printf '%s\n' "$1" >>"$WORK/home/todo"
}

# Writes all that was set: as the account, which can lead it nowhere but to what is its own.
home_settled() {
	local path
	[ -s "$WORK/home/todo" ] || return 0
	while IFS= read -r path; do
		find_home "$path"
		printf '%s\t%s\t%s\n' "$path" "$SEEN_VALUE" "$SEEN_FILE"
	done <"$WORK/home/todo" | perl -e "$HOME_PACK" >"$WORK/home/batch"
	: >"$WORK/home/todo"
	as_account_within 60 perl -e "$HOME_WRITE" <"$WORK/home/batch" >/dev/null ||
		refuse_home "that $ACCOUNT cannot write there ($(last_words))"
}

# False where the account does not let this program write.
home_was_written() { [ ! -e "$WORK/home/refused" ]; }

# Lines "PATH<tab>VALUE<tab>FILE" as HOME_WRITE reads them, each path once.
HOME_PACK='
while (<STDIN>) {
	chomp;
	my ($path, $value, $name) = split /\t/;
	next if $seen{$path}++;
	my $bytes = "";
	if ($value =~ s/^(file \d+).*/$1/) {
		open my $file, "<", $name or die "$name: $!\n";
		$bytes = do { local $/; <$file> } // "";
	}
	print length $bytes, " $value\t$path\n", $bytes;
}'

# Reads lines "SIZE VALUE<tab>PATH", each with SIZE bytes after it. The content of files is on the
# disk before their names are. Directories come before what is in them, and go after it.
HOME_WRITE='
my (@renames, @removals);
binmode STDIN;
while (my $line = <STDIN>) {
	my ($size, $kind, $more, $path) = $line =~ /^(\d+) (\w+) ?([^\t]*)\t(=?[^\t\n]+)\n\z/
		or die "bad line\n";
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
	want_home_parents "$1"
	want home "$1" "file $2 $(sum_of "$3")" "$3"
}

# $1 path, $2 target.
want_home_link() {
	want_home_parents "$1"
	want home "$1" "link $2"
}

# Directories that are missing on the way to a path below the home. $1 the path.
want_home_parents() {
	local parent=${1%/*}
	[ "$parent" != "$ACCOUNT_HOME" ] || return 0
	look_home "$parent"
	find_home "$parent"
	[ "$SEEN_VALUE" = absent ] || return 0
	want_home_parents "$parent"
	want home "$parent" 'dir 700'
}
