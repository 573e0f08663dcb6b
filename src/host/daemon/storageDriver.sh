# shellcheck shell=dash
# Which storage driver the daemon runs with.

# Packages that the daemon runs with because of its driver. One that it does not use is left out: it
# is removed after the daemon's start, which would be no reason to start it once more.
storage_packages() { [ "$(daemon_json_text storage-driver)" != fuse-overlayfs ] || printf fuse-overlayfs; }

# The storage driver, as soon as the daemon answers. One that says that it is up does so at once,
# but on a machine that is busy with its containers. Nothing where it has ended, or says nothing for
# five minutes.
storage_driver() {
	local begun told=0 waited driver
	begun=$(seconds_since_boot)
	until driver=$(docker_of_account info --format '{{.Driver}}' 2>/dev/null) && [ -n "$driver" ]; do
		user_systemctl is-active -q docker.service || return 0
		waited=$(($(seconds_since_boot) - begun))
		[ "$waited" -lt 300 ] || return 0
		if [ $((waited - told)) -ge 30 ]; then
			told=$waited
			say "waits for an answer of docker.service of $ACCOUNT, which is active, $waited s by now"
		fi
		sleep 0.2
	done
	word_of_account "$driver"
}

# $1 the driver in use. vfs and native copy every layer whole: never
# by accident.
storage_driver_problems() {
	local driver=$1 wanted
	wanted=$(daemon_json_text storage-driver)
	if [ -n "$wanted" ] && [ "$driver" != "$wanted" ]; then
		problem storageDriver "$driver" "$wanted" \
			"choose a driver that works on this kernel and file system"
	elif [ -z "$wanted" ]; then
		case $driver in
		vfs | native) problem storageDriver \
			"$driver, which copies whole layers, chosen by the engine" "overlay2" \
			"set storageDriver to FuseOverlayfs, or to Vfs if its slowness and size are acceptable" ;;
		esac
	fi
}

# True where the engine takes this driver without being told. Naming it is no good then: from engine
# 29 on a named driver turns the containerd image store off. $1 driver, $2 data root.
engine_chooses() {
	case $1 in
	overlay2)
		# It does not look for the module option of Debian's older kernels.
		! kernel_before_5_11 || return 1
		# Engines before 23 prefer btrfs where they can have it.
		[ "$(file_system "$2")" != btrfs ] ||
			! engine_is_before 23
		;;
	fuse-overlayfs | vfs) return 1 ;;
	esac
}

# The drivers that the engine finds data of, and then takes by itself. Those of vfs do not count for
# it.
drivers_with_data() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'for driver in overlay2 fuse-overlayfs btrfs zfs; do
		[ -z "$(ls -A "$1/$driver" 2>/dev/null)" ] || printf "%s\n" "$driver"
	done' sh "$1" >"$WORK/said" || no_answer_about "$1"
	grep -xE 'overlay2|fuse-overlayfs|btrfs|zfs' "$WORK/said" || true
}
