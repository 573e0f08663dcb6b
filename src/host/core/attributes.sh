# shellcheck shell=dash
# What root itself can neither change nor remove: files that chattr(1) has made immutable or append-only.

# Prints the first of such files and directories: of its arguments from the second on, or, where the first one is not
# empty, of all in the directory where it stands, by that as its path; as deep as descriptors last. FS_IOC_GETFLAGS;
# what is opened is not waited for, is no link, whatever the account puts there meanwhile, and is not read.
# shellcheck disable=SC2016 # a program of its own
FIRST_FROZEN='use Fcntl;
my $top = shift;
my $get = length(pack "l!", 0) == 8 ? 0x80086601 : 0x80046601;
sub look_at {
	my ($name, $path) = @_;
	my $flags = pack "x16";
	lstat $name or return;
	-f _ || -d _ or return;
	sysopen(my $file, $name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW) or return;
	ioctl($file, $get, $flags) && unpack("I", $flags) & 0x30 or return -d _ && $file;
	print "$path\n";
	exit;
}
sub look_into {
	my ($dir, $path) = @_;
	chdir $dir && opendir(my $all, ".") or return;
	my @names = grep { $_ ne "." && $_ ne ".." } readdir $all;
	closedir $all;
	for (@names) {
		my $inner = look_at($_, "$path/$_") or next;
		look_into($inner, "$path/$_");
		chdir $dir or exit 1;
	}
}
if ($top eq "") { look_at($_, $_) for @ARGV } else { look_into(look_at(".", $top), $top) }'

# Of some files, those that are there.
first_frozen() { perl -e "$FIRST_FROZEN" '' "$@" | printable; }

# Of a directory, beneath all that is mounted below it. $1 the directory.
first_frozen_below() {
	timed_look beneath_mounts "$1" timeout -k 5 "$(seconds_to_look)" perl -e "$FIRST_FROZEN" "$1" | printable
}

# $1 such a file, or nothing, $2 what is wanted of it.
frozen_problem() {
	[ -z "$1" ] || problem "$(shown_path "$1")" \
		"that root itself cannot change or remove it, by an attribute of its" "$2" \
		"take the attribute away by 'chattr -i -a', then run again"
}
