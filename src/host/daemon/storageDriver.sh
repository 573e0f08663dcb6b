# How the daemon keeps images and containers. The engine chooses; what it chose is looked at.

# The driver that the document names. Kernels before 5.11 have no overlay in user namespaces, and
# the engine might take vfs: there it is fuse-overlayfs. Else nothing.
chosen_driver() {
	local major minor
	IFS=.- read -r major minor _ </proc/sys/kernel/osrelease
	if has daemon.json/storage-driver; then
		doc daemon.json/storage-driver
	elif [ "$major" -lt 5 ] || { [ "$major" = 5 ] && [ "$minor" -lt 11 ]; }; then
		printf fuse-overlayfs
	fi
}

# preflight: a driver that cannot work here. $1 the data root.
storage_driver_problems() {
	case $(chosen_driver) in
	btrfs)
		[ "$(file_system "$1")" = btrfs ] ||
			problem storageDriver "$1 on $(file_system "$1")" \
				"a data root on Btrfs, as storageDriver says" \
				"set daemon.data-root to a directory on Btrfs, or storageDriver to Auto"
		;;
	fuse-overlayfs)
		[ -c /dev/fuse ] ||
			problem storageDriver "no device /dev/fuse" \
				"the character device that fuse-overlayfs works with" \
				"load it with 'modprobe fuse' and name it in /etc/modules-load.d, in a \
container pass the device in"
		;;
	esac
}
