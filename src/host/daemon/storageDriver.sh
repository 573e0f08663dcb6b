# shellcheck shell=dash
# How the daemon keeps images and containers. The engine chooses; what it chose is looked at.

# True for kernels that have no overlay in user namespaces; Debian's have a module option for it.
kernel_before_5_11() {
	local release minor
	release=$(uname -r)
	minor=${release#*.}
	minor=${minor%%[!0-9]*}
	[ "${release%%.*}" -lt 5 ] || { [ "${release%%.*}" = 5 ] && [ "$minor" -lt 11 ]; }
}

# preflight: a driver that cannot work here.
storage_driver_problems() {
	local driver
	driver=$(doc daemon.json/storage-driver)
	case ${driver:-auto} in
	fuse-overlayfs) ;;
	auto) kernel_before_5_11 || return 0 ;;
	btrfs)
		[ "$(file_system "$1")" = btrfs ] ||
			problem storageDriver "$1 on $(file_system "$1")" \
				"a data root on Btrfs, as storageDriver says" \
				"set daemon.data-root to a directory on Btrfs, or storageDriver to Auto"
		return 0
		;;
	*) return 0 ;;
	esac
	[ -c /dev/fuse ] ||
		problem storageDriver "no device /dev/fuse" \
			"the character device that fuse-overlayfs works with" \
			"load it with 'modprobe fuse' and name it in /etc/modules-load.d, in a container \
pass the device in"
}

# After a start. vfs and native copy every layer whole: never by accident. $1 the driver in use, $2
# the one that daemon.json names, or nothing.
chosen_driver_problems() {
	if [ -n "$2" ] && [ "$1" != "$2" ]; then
		problem storageDriver "$(words_of_account "$1")" "$2" \
			"choose a driver that works on this kernel and file system"
	elif [ -z "$2" ]; then
		case $1 in
		vfs | native)
			problem storageDriver "$1, which copies whole layers, chosen by the engine" "overlay2" \
				"put daemon.data-root on another file system, such as ext4; or set storageDriver \
to FuseOverlayfs, or to Vfs if its slowness and size are acceptable"
			;;
		esac
	fi
}
