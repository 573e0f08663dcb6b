# shellcheck shell=dash
# How root removes a directory of the account's, while the account and its containers run.

# Removes a directory as root, where all in it is the account's, one of its ranges' or root's. False
# where others have something in it: $WORK/others-files names that, and all of it stays; it is root's
# alone then where $WORK/sealed is. $1 the path, to which only root leads, $2 where it is recorded
# whose its directories were, or nothing.
remove_own_tree() {
	: >"$WORK/others-files"
	: >"$WORK/others"
	rm -f "$WORK/sealed"
	[ -e "$1" ] || [ -h "$1" ] || return 0
	if [ -d "$1" ] && [ ! -h "$1" ]; then
		find_others "$1"
		[ ! -s "$WORK/others" ] || return 1
		# Its top is given to root first: until then nothing else is.
		if [ -n "${2-}" ] && { [ ! -s "$2" ] || [ "$(stat -c %u "$1")" != 0 ]; }; then
			find_beneath "$1" -type d -printf '%U:%G %m %i\0' >"$WORK/directories" 2>"$WORK/error" ||
				cannot_remove "$1"
			write_record "$2" <"$WORK/directories" 2>"$WORK/error" || cannot_remove "$1"
		fi
		seal_tree "$1"
		: >"$WORK/sealed"
		stop_where_mounted_below "$1"
		find_others "$1"
		[ ! -s "$WORK/others" ] || return 1
	fi
	# With the subvolumes of Btrfs in it, each a device of its own: no mount is seen here.
	beneath_mounts "$(dirname "$1")" rm -rf "./$(basename "$1")" 2>"$WORK/error" ||
		cannot_remove "$1"
}

# Which files of others are in a tree, beneath what the account may have mounted over them. $1 the
# directory.
find_others() {
	# shellcheck disable=SC2046 # words
	first_beneath "$1" $(of_others uid "$ACCOUNT_UID") -printf '%P of %u\n' -prune >"$WORK/others"
	some_on_one_line <"$WORK/others" >"$WORK/others-files"
	[ ! -e "$WORK/find-failed" ] || {
		mv "$WORK/find-error" "$WORK/error"
		cannot_remove "$1"
	}
}

# Gives every directory, from where it stands, to root alone, before it reads what is in it: from then
# on nobody who has one of them open moves anything into it. Those of others stay as they are, users
# with an id of the ranges too. Its arguments: the account's uid, then its ranges as FIRST:COUNT.
# shellcheck disable=SC2016 # a program of its own
SEAL_TREE='my ($account, @ranges) = @ARGV;
sub is_own {
	my $uid = shift;
	return 1 if $uid == 0 || $uid == $account;
	return 0 if defined getpwuid $uid;
	for (@ranges) { my ($first, $count) = split /:/; return 1 if $uid >= $first && $uid < $first + $count }
	return 0;
}
# A snapshot of Btrfs may be read-only: BTRFS_IOC_SUBVOL_SETFLAGS.
sub is_writable {
	my ($why, $dir) = $!;
	my $flags = pack "Q", 0;
	return 1 if open($dir, "<", ".") && ioctl $dir, 0x4008941a, $flags;
	$! = $why;
	return 0;
}
sub seal {
	chown(0, 0, ".") || is_writable() && chown(0, 0, ".") or die "$!\n";
	chmod(0700, ".") && opendir(my $all, ".") or die "$!\n";
	my @names = grep { $_ ne "." && $_ ne ".." } readdir $all;
	closedir $all;
	for (@names) {
		my @is = lstat $_;
		next unless @is && -d _ && is_own($is[4]);
		chdir $_ or die "$!\n";
		seal();
		chdir ".." or die "$!\n";
	}
}
my @is = lstat ".";
seal() if is_own($is[4]);'

# $1 the path, to which only root leads.
seal_tree() {
	# shellcheck disable=SC2046 # words
	beneath_mounts "$1" perl -e "$SEAL_TREE" "$ACCOUNT_UID" $(known_ranges uid) 2>"$WORK/error" ||
		cannot_remove "$1"
}

# Gives the directories of a sealed tree back to those whose they were, each after those in it. $1 the
# path, to which only root leads, $2 the record.
unseal_tree() {
	beneath_mounts "$1" perl -e "$UNSEAL_TREE" <"$2" 2>"$WORK/error" ||
		fail "$1" "that it cannot be given back ($(tail -n 1 "$WORK/error" | printable))" \
			"its directories to be their owners' again" "see what is in the way there, then run again"
}

# From where it stands, in what nobody else can change. Each is known by its inode: under its name there
# could be another one by now. What is not in the record stays root's.
# shellcheck disable=SC2016 # a program of its own
UNSEAL_TREE='local $/ = "\0";
my %was;
while (<STDIN>) { chomp; $was{$4} = [$1, $2, $3] if /^(\d+):(\d+) (\d+) (\d+)$/ }
sub give_back {
	my $name = shift;
	my $was = $was{(lstat $name)[1]} or return;
	chown($was->[0], $was->[1], $name) && chmod(oct $was->[2], $name) or die "$!\n";
}
sub unseal {
	opendir(my $all, ".") or die "$!\n";
	my @names = grep { $_ ne "." && $_ ne ".." } readdir $all;
	closedir $all;
	for (@names) {
		my @is = lstat $_;
		next unless @is && -d _ && $is[4] == 0;
		chdir $_ or die "$!\n";
		unseal();
		chdir ".." or die "$!\n";
		give_back($_);
	}
}
unseal();
give_back(".");'

# $1 the path.
cannot_remove() {
	stop_where_mounted_below "$1"
	fail "$1" "that it cannot be removed ($(tail -n 1 "$WORK/error" | printable))" "it gone" \
		"see what is in the way there, then run again"
}
