# shellcheck shell=dash
# How root goes where a path leads: name by name, through links of others by nothing but their text.

# A link of an account's may lead through /proc, by a process of its, to a file system that it alone has mounted; an
# overlay there asks a server of the account's in its name, and whoever looks may wait for ever, and not even be killed.
# The text of such a link leads to what root itself has there. No link that somebody puts there meanwhile is followed.
# Its arguments: how, the path, and what more is said of each way. Exits with 3 where there is no answer.
#   there      exits with 1 where there is nothing
#   directory  the same where there is no directory
#   real       prints where it leads, as realpath -m does
#   text       the same, but goes by the text alone from the first directory or link that others than root can change
#   roots      exits with 1 at the first directory or link that others than root can change
#   way        prints all that the path goes by, links too, with NUL at their ends, and no further than to what others
#              than root can change
#   in         runs the program that follows, in that directory
# shellcheck disable=SC2016 # a program of its own
WALK='use Fcntl;
my ($how, $path, @program) = @ARGV;
# O_PATH, which asks for no right to read.
my $flags = O_RDONLY | O_NOFOLLOW | O_DIRECTORY | 0x200000;
my @names = split m{/}, $path;
my ($at, $links, $state) = ("", 0, "directory");
alarm 20;
chdir "/" or exit 3;

# What root alone can change: with "way", also a sticky directory, where nobody moves what is not his.
sub see {
	my ($name, $shown) = @_;
	return if $how ne "roots" && $how ne "way" && $how ne "text";
	my (undef, undef, $mode, undef, $uid) = lstat $name or return;
	my $others = $how eq "way" ? $mode & 02 && ! -k _ : $mode & 022;
	print "$shown\0" if $how eq "way";
	return if $uid == 0 && (-l _ || ! $others);
	exit($how eq "roots") if $how ne "text";
	$state = "text";
}

see("/", "/");
while (@names) {
	my $name = shift @names;
	next if $name eq "" || $name eq ".";
	if ($name eq "..") {
		$at =~ s{/[^/]*\z}{};
		$state ne "directory" || chdir ".." or exit 3;
		next;
	}
	if ($state ne "directory") {
		$at .= "/$name";
		$state = "nothing";
		next;
	}
	if (defined(my $to = readlink $name)) {
		see($name, "$at/$name");
		if (++$links > 40 || $state eq "text") {
			$at .= "/$name";
			$state = "nothing";
			next;
		}
		if ($to =~ m{^/}) {
			$at = "";
			chdir "/" or exit 3;
		}
		unshift @names, split m{/}, $to;
		next;
	}
	$at .= "/$name";
	my $directory;
	if (sysopen($directory, $name, $flags) && chdir $directory) {
		see(".", $at);
	} else {
		$state = lstat $name ? "file" : "nothing";
		see($name, $at) if $how eq "way";
	}
}
alarm 0;
exit($state eq "nothing") if $how eq "there";
exit($state ne "directory") if $how eq "directory";
print $at eq "" ? "/" : $at, "\n" if $how eq "real" || $how eq "text";
exit if $how ne "in";
if ($state ne "directory") {
	print STDERR "$path: no such directory\n";
	exit 1;
}
exec { $program[0] } @program or exit 127;'

walk() { perl -e "$WALK" "$@"; }

# True where there is something, and where nobody can say. $1 the path.
leads_somewhere() { walk there "$1" || [ $? != 1 ]; }

# True where there is a directory, and where nobody can say. $1 the path.
leads_to_directory() { walk directory "$1" || [ $? != 1 ]; }

# $1 the path.
real_path() { walk real "$1"; }

# Where paths on stdin lead, a line each. $1 real, as it is without, or text.
real_paths() {
	local path
	sort -u | while IFS= read -r path; do walk "${1-real}" "$path" || true; done | sort -u
}

# Runs a program in a directory, which it knows as "." alone. $1 the directory, then the program.
in_directory() { walk in "$@"; }

# True where nobody but root can change what leads to a path, through whichever links.
only_root_leads_to() { walk roots "$(dirname "$1")"; }
