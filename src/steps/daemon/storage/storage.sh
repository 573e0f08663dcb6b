# shellcheck shell=dash
# How the daemon keeps images and containers.

# The storage driver, as soon as the daemon answers.
storage_driver() {
	local tries=0 since driver
	since=$(date +%s)
	until driver=$(docker_of_account info --format '{{.Driver}}' 2>/dev/null) && [ -n "$driver" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ] || [ $(($(date +%s) - since)) -gt 60 ]; then return 0; fi
		sleep 0.1
	done
	printf '%s' "$driver"
}

# $1 the driver in use. vfs copies every layer whole: never by accident.
storage_driver_problems() {
	local driver=$1 wanted
	[ -n "$driver" ] || daemon_failed
	wanted=$(daemon_json_text storage-driver)
	if [ -n "$wanted" ] && [ "$driver" != "$wanted" ]; then
		problem storageDriver "$driver" "$wanted" "choose a driver that works on this kernel and file system"
	elif [ -z "$wanted" ] && [ "$driver" = vfs ]; then
		problem storageDriver "vfs, the only one that works here by itself" "overlay2" "set storageDriver to FuseOverlayfs, or to Vfs if its slowness and size are acceptable"
	fi
}

storage_driver_limitation() {
	case $1 in
	overlay2 | overlayfs | btrfs) limitation storageDrivers available "docker info: Driver is $1" "" ;;
	fuse-overlayfs) limitation storageDrivers limited "docker info: Driver is fuse-overlayfs, slower than the kernel's" "use a kernel from 5.11 on and storageDriver Auto" ;;
	*) limitation storageDrivers limited "docker info: Driver is $1, which copies whole layers" "set storageDriver to Auto or FuseOverlayfs" ;;
	esac
}
