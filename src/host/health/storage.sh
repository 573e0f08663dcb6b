# shellcheck shell=dash
# Storage drivers that cannot work here, by trial.

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
# made yet, which the kernel step fixes, the daemon step's own trial decides. $1 data root.
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
	overlay2) problem storageDriver "that overlay2 does not work $2: $3" "overlay2, as asked for" \
		"$(overlay_fix); or set storageDriver to Auto, which takes what works" ;;
	*) problem storageDriver "that $1 does not work $2: $3" "$1, as asked for" \
		"put daemon.data-root on another file system, or set storageDriver to Auto, which takes what works" ;;
	esac
}

overlay_fix() {
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
		problem storageDriver "no device /dev/fuse" \
			"the character device that fuse-overlayfs works with" \
			"load it with 'modprobe fuse' and name it in /etc/modules-load.d, in a container pass the device in; or set storageDriver to Auto"
}

# $1 data root.
btrfs_problems() {
	[ "$(file_system "$1")" = btrfs ] ||
		problem storageDriver "$(place_of "$1")" "a data root on Btrfs, as storageDriver says" \
			"set daemon.data-root to a directory on Btrfs, or storageDriver to Auto"
}

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
	clear_trials "$directory"
	case $driver-$(file_system "$directory") in
	# The engine's own list, whatever the kernel says.
	overlay2-aufs | overlay2-ecryptfs | overlay2-nfs | overlay2-overlayfs | overlay2-zfs)
		printf 'the engine refuses it on this file system'
		return 0
		;;
	esac
	said=$("$@" sh -c "$(layers_trial)" sh "$driver" "$directory" "$(kernel_before_5_11 || echo ,userxattr)" \
		2>"$WORK/error" </dev/null) || true
	case $said in
	works) printf works ;;
	'mounts, but '*) printf 'mounts, but %s' "$(words_of_account "${said#mounts, but }")" ;;
	*) words_of_account "${said:-$(tail -n 1 "$WORK/error")}" ;;
	esac
}

# What the engine does with a driver: mounts layers on each other, then writes, and removes what a
# lower one holds. overlay needs the option userxattr in a user namespace from kernel 5.11 on, and
# does not know it before. The trial cleans up itself, even where the agent is killed meanwhile.
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
			mount -t overlay overlay -o "$layers$option" merged
		}
		mount_fuse_overlayfs() { fuse-overlayfs -o "$layers" merged; }
		option=$3
		until [ -d "${at:-}" ]; do
			at=$(mktemp -d "$2/.rootless-docker-trial.XXXXXX" 2>&1) || {
				echo "$at"
				exit 0
			}
			command exec 5<"$at" && flock 5
		done
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
