# shellcheck shell=dash
# What root itself can neither change nor remove: files that chattr(1) has made immutable or append-only.

# Prints the first of such files and directories: of its arguments from the second on, or, where the first one is not
# empty, of all in the directory where it stands, by that as its path. FS_IOC_GETFLAGS; what is opened is not waited for
# (O_NONBLOCK), and not read.
# shellcheck disable=SC2016 # a program of its own
FIRST_FROZEN='my $top = shift;
my $get = length(pack "l!", 0) == 8 ? 0x80086601 : 0x80046601;
sub stop_if_frozen {
	my ($file, $path) = @_;
	my $flags = pack "x16";
	sysopen(my $open, $file, 04000) or return;
	ioctl($open, $get, $flags) && unpack("I", $flags) & 0x30 or return;
	print "$path\n";
	exit;
}
sub look {
	my $path = shift;
	opendir(my $all, ".") or return;
	my @names = grep { $_ ne "." && $_ ne ".." } readdir $all;
	closedir $all;
	for (@names) {
		my @is = lstat $_;
		next unless @is && (-f _ || -d _);
		stop_if_frozen($_, "$path/$_");
		next unless -d _ && chdir $_;
		look("$path/$_");
		chdir ".." or die "$!\n";
	}
}
if ($top eq "") { stop_if_frozen($_, $_) for @ARGV } else { stop_if_frozen(".", $top); look($top) }'

# Of some files, those that are there.
first_frozen() { perl -e "$FIRST_FROZEN" '' "$@" | printable; }

# Of a directory, beneath all that is mounted below it. $1 the directory.
first_frozen_below() { beneath_mounts "$1" timeout -k 5 600 perl -e "$FIRST_FROZEN" "$1" | printable; }

# $1 such a file, or nothing, $2 what is wanted of it.
frozen_problem() {
	[ -z "$1" ] || problem "$1" "that root itself cannot change or remove it, by an attribute of its (chattr)" "$2" \
		"run 'chattr -i -a $1', then run again"
}
