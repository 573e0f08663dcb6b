# shellcheck shell=dash
# How root removes a directory of the account's, while the account and its containers run.

# Removes a directory as root, where all in it is the account's, one of its ranges' or root's. False
# where others have something in it: $WORK/others-files names that, and all of it stays; it is root's
# alone then where $WORK/sealed is. $1 the path, to which only root leads.
remove_own_tree() {
	local name
	name=./$(basename "$1")
	: >"$WORK/others-files"
	rm -f "$WORK/sealed"
	[ -e "$1" ] || [ -h "$1" ] || return 0
	others_files "$1" >"$WORK/others-files"
	[ ! -s "$WORK/others-files" ] || return 1
	if [ -d "$1" ] && [ ! -h "$1" ]; then
		# shellcheck disable=SC2046 # words
		beneath_mounts "$(dirname "$1")" perl -e "$SEAL_TREE" "$name" \
			"0:1" "$ACCOUNT_UID:1" $(known_ranges uid) 2>"$WORK/error" || cannot_remove "$1"
		: >"$WORK/sealed"
		others_files "$1" >"$WORK/others-files"
		[ ! -s "$WORK/others-files" ] || return 1
	fi
	beneath_mounts "$(dirname "$1")" rm -rf --one-file-system "$name" 2>"$WORK/error" || cannot_remove "$1"
}

# Gives every directory of a tree to root alone, before it reads what is in it: from then on nobody
# who has one of them open moves anything into it. Those of others stay as they are. Its arguments:
# the path, then ids as FIRST:COUNT.
# shellcheck disable=SC2016 # a program of its own
SEAL_TREE='my ($top, @ids) = @ARGV;
sub is_own {
	my $uid = shift;
	for (@ids) { my ($first, $count) = split /:/; return 1 if $uid >= $first && $uid < $first + $count }
}
sub seal {
	my $device = shift;
	chown(0, 0, ".") && chmod(0700, ".") && opendir(my $all, ".") or die "$!\n";
	my @names = grep { $_ ne "." && $_ ne ".." } readdir $all;
	closedir $all;
	for (@names) {
		my @is = lstat $_;
		next unless @is && -d _ && $is[0] == $device && is_own($is[4]);
		chdir $_ or die "$!\n";
		seal($device);
		chdir ".." or die "$!\n";
	}
}
my @is = lstat $top;
if (@is && -d _ && is_own($is[4])) { chdir $top or die "$!\n"; seal($is[0]) }'

# $1 the path.
cannot_remove() {
	stop_where_mounted_below "$1"
	fail "$1" "that it cannot be removed ($(tail -n 1 "$WORK/error" | printable))" "it gone" \
		"see what is in the way there, then run again"
}
