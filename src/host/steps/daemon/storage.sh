# shellcheck shell=dash
# How the daemon keeps images and containers: the driver that was asked for, or the one that works here.

# Before daemon.json is composed: sees to it that the driver works, and names it where the engine
# would take another one by itself. Why it is this one stands in $WORK/driver-reason.
settle_storage_driver() {
	local root driver new=''
	root=$(data_root)
	note_adopted_storage "$root"
	if has daemon.json/storage-driver; then
		driver=$(doc daemon.json/storage-driver)
		printf 'as storageDriver says' >"$WORK/driver-reason"
		want_storage_driver "$driver" "$root"
	elif [ -e "$(adopted_storage "$root")" ]; then
		keep_adopted_storage "$root"
	else
		drivers_with_data "$root" >"$WORK/drivers"
		case $(wc -l <"$WORK/drivers") in
		0)
			choose_storage_driver "$root"
			new=yes
			;;
		1) keep_storage_driver "$root" ;;
		*) fail storageDriver \
			"data of several drivers in $root: $(paste -s -d , "$WORK/drivers" | sed 's/,/, /g')" \
			"one that Auto can choose" \
			"set storageDriver to the one whose images you use, or remove the directories of the others there" ;;
		esac
		driver=$(cat "$WORK/drivers")
		if ! engine_chooses "$driver" "$root"; then
			name_storage_driver "$driver"
		elif [ -n "$new" ]; then
			keep_image_store "$root"
		fi
	fi
}

# What earlier runs tried counts as long as the data of the driver are there. $1 data root.
keep_storage_driver() {
	local driver tried
	driver=$(cat "$WORK/drivers")
	[ "$driver" != fuse-overlayfs ] || want_packages_of_option fuse-overlayfs
	tried=$(resource_directory data "$1")/trial.$driver
	if [ -e "$tried" ]; then
		cp "$tried" "$WORK/driver-reason"
	else
		printf 'whose data are in %s already' "$1" >"$WORK/driver-reason"
	fi
}

# Auto, where there are no data yet: the kernel's overlay, or else the one in user space. $1 data
# root.
choose_storage_driver() {
	local driver=overlay2 overlay fuse where
	stop_where_account_cannot_write "$1"
	where=$(place_of "$1")
	overlay=$(try_driver overlay2 "$1")
	if [ "$overlay" = works ]; then
		printf 'which worked as %s on %s when it was chosen' "$ACCOUNT" "$where" >"$WORK/driver-reason"
	else
		driver='fuse-overlayfs'
		fuse=$(fuse_device)
		if [ -z "$fuse" ]; then
			want_packages_of_option fuse-overlayfs
			fuse=$(try_driver fuse-overlayfs "$1")
		fi
		[ "$fuse" = works ] ||
			fail storageDriver \
				"that neither driver works as $ACCOUNT on $where: overlay2: $overlay; fuse-overlayfs: $fuse" \
				"one that does" \
				"$(overlay_fix); or make fuse-overlayfs work; or set storageDriver to Vfs if its slowness and size are acceptable"
		printf 'since overlay2 did not work as %s on %s when it was chosen: %s' "$ACCOUNT" "$where" "$overlay" >"$WORK/driver-reason"
	fi
	say "storage driver $driver, $(cat "$WORK/driver-reason")"
	cp "$WORK/driver-reason" "$(resource_directory data "$1")/trial.$driver"
	printf '%s\n' "$driver" >"$WORK/drivers"
}

# Asked for: what does not work is an error, before the daemon is touched. $1 driver, $2 data root.
want_storage_driver() {
	local said
	case $1 in
	btrfs) btrfs_problems "$2" ;;
	fuse-overlayfs) fuse_problems ;;
	esac
	stop_on_problems
	[ "$1" != fuse-overlayfs ] || want_packages_of_option fuse-overlayfs
	case $1 in
	overlay2 | fuse-overlayfs) ;;
	*) return 0 ;;
	esac
	# It has worked here.
	if drivers_with_data "$2" | grep -qxF -- "$1"; then
		[ ! -e "$(flaw_of "$2")" ] || cp "$(flaw_of "$2")" "$WORK/driver-reason"
		return 0
	fi
	stop_where_account_cannot_write "$2"
	said=$(try_driver "$1" "$2")
	case $said in
	works) rm -f "$(flaw_of "$2")" ;;
	'mounts, but '*)
		if [ "$1" != overlay2 ] || ! overlay_has_option; then
			driver_does_not_work "$1" "as $ACCOUNT on $(place_of "$2")" "$said"
			stop_on_problems
		fi
		# Debian's kernels before 5.11: a directory of a lower layer that was removed cannot be made
		# again (moby#42302). Containers run; whoever asks for it in so many words gets it.
		printf 'as storageDriver says, though it %s' "$said" >"$WORK/driver-reason"
		cp "$WORK/driver-reason" "$(flaw_of "$2")"
		say "storage driver overlay2, $(cat "$WORK/driver-reason")"
		;;
	*) driver_does_not_work "$1" "as $ACCOUNT on $(place_of "$2")" "$said" ;;
	esac
	stop_on_problems
}

# Where it is remembered what a driver that was asked for cannot do. $1 data root.
flaw_of() { printf '%s/flaw' "$(resource_directory data "$1")"; }
