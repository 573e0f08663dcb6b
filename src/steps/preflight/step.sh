# shellcheck shell=dash
# preflight: finds every problem at once, before anything on the host is changed.

preflight_apply() {
	wait_for_cloud_init
	system_problems
	if [ -d /run/systemd/system ]; then
		device_problems
		disk_problems
		rootful_docker_problems "$(doc rootful-docker)"
		id_map_override_problems
		account_problems "$(doc account)"
		subordinate_id_problems "$(doc account)"
		owner_problems
		impossible_storage_driver_problems
		network_driver_problems
	fi
	stop_on_problems
	remember_lease
}

wait_for_cloud_init() {
	command -v cloud-init >/dev/null || return 0
	cloud-init status 2>/dev/null | grep -q running || return 0
	say "waits for cloud-init to end"
	cloud-init status --wait >/dev/null 2>&1 || true
}

# Debian and what derives from it tell their Debian release in one place.
system_problems() {
	case $(cat /etc/debian_version 2>/dev/null) in
	11 | 11.* | 12 | 12.* | 13 | 13.*) ;;
	*)
		problem "operating system" "$(os_name)" "Debian 11, 12 or 13, or a system built from one of them" "use such a machine"
		;;
	esac
	[ -d /run/systemd/system ] ||
		problem "init" "$(cat /proc/1/comm)" "systemd, which runs the account's daemon" "boot the machine with systemd"
	[ -e /proc/self/ns/user ] ||
		problem "user namespaces" "a kernel without them ($(uname -r))" "CONFIG_USER_NS" "boot another kernel"
}

device_problems() {
	[ -c /dev/net/tun ] ||
		problem "/dev/net/tun" "no such device" "the character device that the containers' network is made with" "load it with 'modprobe tun' and name it in /etc/modules-load.d; in a container, pass the device in"
}

disk_problems() {
	local free
	[ -z "$(installed_version docker.io)" ] || return 0
	free=$(df -Pk /usr | awk 'NR == 2 { print int($4 / 1024) }')
	[ "$free" -ge 600 ] ||
		problem "disk" "$free MB free for /usr" "600 MB for the packages" "free or add space"
}

# One account, one owner: two stacks that both think they hold it would undo each other's work.
owner_problems() {
	local lease
	for lease in "$STATE"/leases/*; do
		[ "${lease##*/}" != "$LEASE" ] || continue
		[ "$(cat "$lease/account-name" 2>/dev/null)" = "$(doc account)" ] || continue
		[ "$(cat "$lease/owner")" != "$(doc owner)" ] || continue
		problem "account $(doc account)" "it held on this machine by $(cat "$lease/owner")" "it free, or held by $(doc owner)" "destroy the other one first, or use another account"
	done
}

# Who holds this lease, in words: other stacks' errors and a takeover read it.
remember_lease() {
	mkdir -p "$STATE/leases/$LEASE"
	doc owner >"$STATE/leases/$LEASE/owner"
	doc account >"$STATE/leases/$LEASE/account-name"
}
