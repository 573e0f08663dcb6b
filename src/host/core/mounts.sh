# shellcheck shell=dash
# What is mounted where: root never removes a tree through a mount.

# Mount points, one a line, without escapes.
mount_points() { cut -d ' ' -f 5 /proc/self/mountinfo | perl -pe 's/\\([0-7]{3})/chr oct $1/ge'; }

# The first mount point at or below a path, or nothing. $1 the path.
mount_below() {
	local path mount
	path=$(realpath -m "$1")
	mount_points | while IFS= read -r mount; do
		case $mount in
		"$path" | "$path"/*)
			printf '%s\n' "$mount"
			break
			;;
		esac
	done
}

# Ends the step where something is mounted at or below a path that is to be removed. $1 the path.
stop_where_mounted_below() {
	local mount
	mount=$(mount_below "$1")
	[ -z "$mount" ] || fail "$1" "something mounted at $(shown "$mount")" \
		"nothing mounted there when it is removed" "unmount it, then run again"
}

# The nearest directory that is there: a path itself or what leads to it. $1 the path.
nearest_directory() {
	local path=$1
	until [ -d "$path" ] || [ -z "$path" ]; do path=${path%/*}; done
	printf '%s' "${path:-/}"
}

# The type of the file system that a path is or will be on. $1 the path.
file_system() { stat -f -c %T "$(nearest_directory "$1")"; }
