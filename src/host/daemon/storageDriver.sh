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

# preflight: a driver that cannot work here.
storage_driver_problems() {
	if [ "$(chosen_driver)" = fuse-overlayfs ] && [ ! -c /dev/fuse ]; then
		problem storageDriver "fuse-overlayfs requires the device /dev/fuse, which is missing" '' \
			"run 'modprobe fuse', and add fuse to a file in /etc/modules-load.d; in a container, pass \
the device in"
	fi
}
