# shellcheck shell=dash
# How the daemon keeps images and containers: the driver that was asked for, or the one that works here.

# Before daemon.json is composed: sees to it that the driver works, and names it where the engine would
# take another one by itself. Why it is this one stands in $WORK/driver-reason.
settle_storage_driver() {
	local root driver
	root=$(data_root)
	if has daemon.json/storage-driver; then
		driver=$(doc daemon.json/storage-driver)
		printf 'as storageDriver says' >"$WORK/driver-reason"
		want_storage_driver "$driver" "$root"
	else
		drivers_with_data "$root" >"$WORK/drivers"
		case $(wc -l <"$WORK/drivers") in
		0) choose_storage_driver "$root" ;;
		1) keep_storage_driver "$root" ;;
		*) fail storageDriver "data of several drivers in $root: $(paste -s -d , "$WORK/drivers" | sed 's/,/, /g')" "one that Auto can choose" "set storageDriver to the one whose images you use, or remove the directories of the others there" ;;
		esac
		driver=$(cat "$WORK/drivers")
		engine_chooses "$driver" "$root" || name_storage_driver "$driver"
	fi
}

# The drivers that the engine finds data of, and then takes by itself. Those of vfs do not count for it.
drivers_with_data() {
	# shellcheck disable=SC2016 # the inner shell expands them
	as_account sh -c 'for driver in overlay2 fuse-overlayfs btrfs zfs; do
		[ -z "$(ls -A "$1/$driver" 2>/dev/null)" ] || printf "%s\n" "$driver"
	done' sh "$1" >"$WORK/said" || no_answer_about "$1"
	grep -xE 'overlay2|fuse-overlayfs|btrfs|zfs' "$WORK/said" || true
}

# What earlier runs tried counts as long as the data of the driver are there. $1 data root.
keep_storage_driver() {
	local driver tried
	driver=$(cat "$WORK/drivers")
	[ "$driver" != fuse-overlayfs ] || want_packages fuse-overlayfs
	tried=$(thing_directory data "$1")/trial.$driver
	if [ -e "$tried" ]; then
		cp "$tried" "$WORK/driver-reason"
	else
		printf 'whose data are in %s already' "$1" >"$WORK/driver-reason"
	fi
}

# Auto, where there are no data yet: the kernel's overlay, or else the one in user space. $1 data root.
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
			want_packages fuse-overlayfs
			fuse=$(try_driver fuse-overlayfs "$1")
		fi
		[ "$fuse" = works ] ||
			fail storageDriver "that neither driver works as $ACCOUNT on $where: overlay2: $overlay; fuse-overlayfs: $fuse" "one that does" "$(overlay_mend); or make fuse-overlayfs work; or set storageDriver to Vfs if its slowness and size are acceptable"
		printf 'since overlay2 did not work as %s on %s when it was chosen: %s' "$ACCOUNT" "$where" "$overlay" >"$WORK/driver-reason"
	fi
	say "storage driver $driver, $(cat "$WORK/driver-reason")"
	cp "$WORK/driver-reason" "$(thing_directory data "$1")/trial.$driver"
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
	[ "$1" != fuse-overlayfs ] || want_packages fuse-overlayfs
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
		# Debian's kernels before 5.11: a directory of a lower layer that was removed cannot be made again
		# (moby#42302). Containers run; whoever asks for it in so many words gets it.
		printf 'as storageDriver says, though it %s' "$said" >"$WORK/driver-reason"
		cp "$WORK/driver-reason" "$(flaw_of "$2")"
		say "storage driver overlay2, $(cat "$WORK/driver-reason")"
		;;
	*) driver_does_not_work "$1" "as $ACCOUNT on $(place_of "$2")" "$said" ;;
	esac
	stop_on_problems
}

# Where it is remembered what a driver that was asked for cannot do. $1 data root.
flaw_of() { printf '%s/flaw' "$(thing_directory data "$1")"; }

# True where the engine takes this driver without being told. Naming it is no good then: from engine 29
# on a named driver turns the containerd image store off. $1 driver, $2 data root.
engine_chooses() {
	case $1 in
	overlay2)
		# It does not look for the module option of Debian's older kernels.
		! kernel_before_5_11 || return 1
		# Engines before 23 prefer btrfs where they can have it.
		[ "$(file_system "$2")" != btrfs ] ||
			! dpkg --compare-versions "$(installed_version docker.io)" lt-nl 23
		;;
	fuse-overlayfs) return 1 ;;
	esac
}

kernel_before_5_11() { dpkg --compare-versions "$(uname -r)" lt 5.11; }

# $1 driver. The document is this run's own copy.
name_storage_driver() {
	printf '%s' "$1" >"$DOC/text/daemon.json/storage-driver"
	printf '"%s"' "$1" >"$DOC/json/daemon.json/storage-driver"
}

# preflight: a driver that was asked for, and cannot work here.
impossible_storage_driver_problems() {
	local root
	has daemon.json/storage-driver || return 0
	root=$(data_root)
	case $(doc daemon.json/storage-driver) in
	overlay2) impossible_overlay_problems "$root" ;;
	fuse-overlayfs) fuse_problems ;;
	btrfs) btrfs_problems "$root" ;;
	esac
}

# Before the account and its packages are there, unshare makes the user namespace. Where none can be
# made yet, which the kernel step mends, the daemon step's own trial decides. $1 data root.
impossible_overlay_problems() {
	local directory as=as_account said
	# Asked for with the module option that the kernel step is about to set.
	if has modprobe.d/overlay.permit_mounts_in_userns && overlay_has_option; then return 0; fi
	directory=$(nearest_directory "$1")
	if [ -z "$ACCOUNT_UID" ] || ! as_account test -w "$directory"; then
		# Root writes nothing where others may have put a link.
		only_root_leads_to "${directory%/}/x" || return 0
		as=as_root
	elif [ "$(cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns 2>/dev/null)" = 1 ]; then
		return 0
	fi
	"$as" unshare -Urm true 2>/dev/null || return 0
	said=$(try_in_namespace overlay2 "$directory" "$as" unshare -Urm)
	case $said in
	works) return 0 ;;
	'mounts, but '*) ! overlay_has_option || return 0 ;;
	esac
	driver_does_not_work overlay2 "on $(place_of "$1")" "$said"
}

# $1 driver, $2 as whom and where, $3 what was said.
driver_does_not_work() {
	case $1 in
	overlay2) problem storageDriver "that overlay2 does not work $2: $3" "overlay2, as asked for" "$(overlay_mend); or set storageDriver to Auto, which takes what works" ;;
	*) problem storageDriver "that $1 does not work $2: $3" "$1, as asked for" "put daemon.data-root on another file system, or set storageDriver to Auto, which takes what works" ;;
	esac
}

overlay_mend() {
	if overlay_has_option; then
		printf 'set kernelModuleOptions to { "overlay.permit_mounts_in_userns": "1" } (where it is set already, reboot the machine)'
	elif kernel_before_5_11; then
		printf 'boot a kernel from 5.11 on'
	else
		printf 'put daemon.data-root on another file system, such as ext4'
	fi
}

# Debian's kernels before 5.11 have it.
overlay_has_option() { modinfo -F parm overlay 2>/dev/null | grep -q '^permit_mounts_in_userns:'; }

# Nothing, or what is wrong with it.
fuse_device() { [ -c /dev/fuse ] || printf 'there is no device /dev/fuse'; }

fuse_problems() {
	[ -c /dev/fuse ] ||
		problem storageDriver "no device /dev/fuse" "the character device that fuse-overlayfs works with" "load it with 'modprobe fuse' and name it in /etc/modules-load.d, in a container pass the device in; or set storageDriver to Auto"
}

# $1 data root.
btrfs_problems() {
	[ "$(file_system "$1")" = btrfs ] ||
		problem storageDriver "$(place_of "$1")" "a data root on Btrfs, as storageDriver says" "set daemon.data-root to a directory on Btrfs, or storageDriver to Auto"
}

stop_where_account_cannot_write() {
	local directory
	directory=$(nearest_directory "$1")
	as_account test -w "$directory" ||
		fail daemon.data-root "$directory, where account $ACCOUNT cannot write" "a place of its own" "make $1 and give it to $ACCOUNT, or set another data-root"
}

# The directory itself, or the one that it will be made in.
nearest_directory() {
	local path=$1
	until on_behalf test -d "$path"; do
		# Where it does not answer at all, there is nothing above that would.
		case $path in
		/ | .) break ;;
		esac
		path=$(dirname "$path")
	done
	printf '%s' "$path"
}

file_system() { on_behalf stat -f -c %T -- "$(nearest_directory "$1")" || echo unknown; }

# $1 a directory, $2 what findmnt calls what is asked.
mount_of() { on_behalf findmnt -n -o "$2" -T "$1"; }

# What lies where the account may have mounted something that never answers is looked at as the
# account, as soon as there is one.
on_behalf() { if [ -n "${ACCOUNT_UID-}" ]; then as_account "$@"; else "$@"; fi; }

place_of() { printf '%s (%s)' "$1" "$(file_system "$1")"; }

# Tries a driver as the account, on the data root's file system. By RootlessKit: where AppArmor
# restricts user namespaces, no other program has a profile. $1 driver, $2 data root.
try_driver() {
	try_in_namespace "$1" "$(nearest_directory "$2")" in_rootlesskit 60
}

# Prints "works", or what went wrong. $1 driver, $2 directory, then the command that makes the user
# namespace.
try_in_namespace() {
	local driver=$1 directory=$2 said
	shift 2
	case $driver-$(file_system "$directory") in
	# The engine's own list, whatever the kernel says.
	overlay2-aufs | overlay2-ecryptfs | overlay2-nfs | overlay2-overlayfs | overlay2-zfs)
		printf 'the engine refuses it on this file system'
		return 0
		;;
	esac
	said=$("$@" sh -c "$(layers_trial)" sh "$driver" "$directory" 2>"$WORK/error" </dev/null) || true
	printf '%s' "${said:-$(tail -n 1 "$WORK/error")}"
}

# What the engine does with a driver: mounts layers on each other, then writes, and removes what a lower
# one holds. overlay needs the option userxattr in a user namespace from kernel 5.11 on, and does not
# know it before. The trial cleans up itself, even where the agent is killed meanwhile,
# and first what a power failure left of an earlier one.
layers_trial() {
	cat <<-'TRIAL'
		end() {
			cd /
			umount "$at/merged" 2>/dev/null || umount -l "$at/merged" 2>/dev/null
			rm -rf "$at"
		}
		try() {
			"$@" >said 2>&1 && return 0
			[ ! -e mounted ] || printf "mounts, but "
			grep -v 'unknown argument ignored' said | head -n 1 | sed "s|$at/||g; s/^mount: merged: //; s/[.]\$//"
			exit 0
		}
		mount_overlay2() {
			dpkg --compare-versions "$(uname -r)" lt 5.11 || layers=$layers,userxattr
			mount -t overlay overlay -o "$layers" merged
		}
		mount_fuse_overlayfs() { fuse-overlayfs -o "$layers" merged; }
		rm -rf "$2"/.rootless-docker-trial.??????
		at=$(mktemp -d "$2/.rootless-docker-trial.XXXXXX" 2>&1) || {
			echo "$at"
			exit 0
		}
		trap end EXIT
		trap 'exit 1' HUP INT TERM
		cd "$at"
		layers=lowerdir=lower,upperdir=upper,workdir=work
		mkdir -p lower/directory upper work merged
		echo data >lower/file
		case $1 in
		overlay2) try mount_overlay2 ;;
		*) try mount_fuse_overlayfs ;;
		esac
		: >mounted
		try rm merged/file
		try rmdir merged/directory
		try mkdir merged/directory
		try cp said merged/new
		echo works
	TRIAL
}

# Packages that the daemon runs with because of its driver. One that it does not use is left out: it is
# removed after the daemon's start, which would be no reason to start it once more.
storage_packages() { [ "$(daemon_json_text storage-driver)" != fuse-overlayfs ] || printf fuse-overlayfs; }

# The storage driver, as soon as the daemon answers. One that says that it is up does so at once, but on a
# machine that is busy with its containers. Nothing where it has ended, or says nothing for five minutes.
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

# $1 the driver in use, $2 when the daemon was started. vfs and native copy every layer whole: never by accident.
storage_driver_problems() {
	local driver=$1 wanted
	[ -n "$driver" ] || daemon_failed "$2"
	wanted=$(daemon_json_text storage-driver)
	if [ -n "$wanted" ] && [ "$driver" != "$wanted" ]; then
		problem storageDriver "$driver" "$wanted" "choose a driver that works on this kernel and file system"
	elif [ -z "$wanted" ]; then
		case $driver in
		vfs | native) problem storageDriver "$driver, which copies whole layers, chosen by the engine" "overlay2" "set storageDriver to FuseOverlayfs, or to Vfs if its slowness and size are acceptable" ;;
		esac
	fi
}

# $1 the driver in use.
storage_driver_limitation() {
	local reason
	reason="docker info: Driver is $1, $(cat "$WORK/driver-reason")"
	case $1 in
	overlay2 | overlayfs | btrfs)
		if grep -q 'though it mounts, but' "$WORK/driver-reason"; then
			limitation storageDrivers limited "$reason" "use a kernel from 5.11 on, or storageDriver Auto on an empty data root"
		else
			limitation storageDrivers available "$reason" ""
		fi
		;;
	fuse-overlayfs) limitation storageDrivers limited "$reason; it is slower than the kernel's" "storageDriver Auto on an empty data root takes overlay2 where that works; else $(overlay_mend)" ;;
	*) limitation storageDrivers limited "$reason; it copies whole layers" "set storageDriver to Auto" ;;
	esac
}
