# Mounts: root never removes a tree through one.

# Ends the step where something is mounted below a path that is to be removed. $1 the path, $2 "."
# where the path may be a mount itself.
stop_where_mounted_below() {
	local mount
	mount=$(above=$(realpath -m "$1")/ itself=${2-} awk "$MOUNT_BELOW_AWK" /proc/self/mountinfo)
	[ -z "$mount" ] || fail "$1" "it cannot be removed while something is mounted at $(shown "$mount")" \
		'' "unmount it, then run again"
}
