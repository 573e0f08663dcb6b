# shellcheck shell=dash
# What the storage driver means for containers.

storageDrivers_limitation() {
	local driver reason
	driver=$(word_of_account "$(docker_info Driver)")
	reason="docker info: Driver is $driver, $(cat "$WORK/driver-reason")"
	case $driver in
	overlay2 | overlayfs | btrfs)
		if grep -q 'though it mounts, but' "$WORK/driver-reason"; then
			limitation storageDrivers limited "$reason" \
				"use a kernel from 5.11 on, or storageDriver Auto on an empty data root"
		else
			limitation storageDrivers available "$reason" ""
		fi
		;;
	fuse-overlayfs) limitation storageDrivers limited "$reason; it is slower than the kernel's" \
		"storageDriver Auto on an empty data root takes overlay2 where that works; else $(overlay_fix)" ;;
	*) limitation storageDrivers limited "$reason; it copies whole layers" \
		"storageDriver Auto on an empty data root takes overlay2 where that works" ;;
	esac
}
