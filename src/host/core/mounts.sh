# Mounts: root never removes a tree through one.

# Ends the step where something is mounted below a path that is to be removed. Escapes of mountinfo
# are octal. $1 the path, $2 "." where the path may be a mount itself.
stop_where_mounted_below() {
	local mount
	mount=$(perl -e '
		my ($path, $more) = splice @ARGV, 0, 2;
		while (<>) {
			my $mount = (split " ")[4] =~ s/\\([0-7]{3})/chr oct $1/ger;
			print $mount and exit if "$mount/" =~ m{^\Q$path\E/$more};
		}' "$(realpath -m "$1")" "${2-}" /proc/self/mountinfo)
	[ -z "$mount" ] || fail "$1" "something mounted at $(shown "$mount")" \
		"nothing mounted there when it is removed" "unmount it, then run again"
}
