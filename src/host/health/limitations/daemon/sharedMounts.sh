# shellcheck shell=dash
# Mounts that a container and the machine share.

# What dockerd's own root directory passes on: a shared mount has "shared:N" in mountinfo, a slave "master:N".
sharedMounts_limitation() {
	local process root
	process=$(daemon_process)
	root=$(timeout 20 head -c "$ACCOUNT_MOST" "/proc/$process/mountinfo" | awk '$5 == "/" {
		kinds = ""
		for (at = 7; at <= NF && $at != "-"; at++) kinds = kinds " " $at
	} END { print kinds }')
	case $root in
	*shared:*) limitation sharedMounts available "/ of dockerd is a shared mount:$root" "" ;;
	*master:*)
		limitation sharedMounts limited \
			"/ of dockerd is a slave of the machine's, and not shared (mountinfo of process $process:$root): no bind-propagation=rshared" \
			"use bind-propagation=rslave, by which a container sees what is mounted on the machine later"
		;;
	*)
		limitation sharedMounts unavailable \
			"/ of dockerd is a private mount (mountinfo of process $process)" \
			"take --propagation out of DOCKERD_ROOTLESS_ROOTLESSKIT_FLAGS, and use bind-propagation=rslave"
		;;
	esac
}
