# shellcheck shell=dash
# The daemon and what it stands on, as the account sees it.

daemon_checks() {
	service_manager_checks
	data_root_checks "$(daemon_data_root)" "$(daemon_json_text storage-driver)"
	bridge_filter_checks "$(daemon_json_word icc)" "$(daemon_json_word iptables)"
	unit_checks
}

service_manager_checks() {
	local state bus
	state=$(systemctl is-active "user@$ACCOUNT_UID.service" || true)
	# The socket itself outlives what listened on it.
	bus=$(ask_systemctl is-active dbus.socket 2>/dev/null || true)
	[ -z "$bus" ] || bus=$(word_of_account "$bus")
	if [ "$state" != active ]; then
		problem "user@$ACCOUNT_UID.service" "it $state" "the service manager of $ACCOUNT, active" \
			"run 'systemctl start user@$ACCOUNT_UID.service', and read 'journalctl -u user@$ACCOUNT_UID.service' where it fails" \
			"'systemd not detected' otherwise"
	elif [ "$bus" != active ]; then
		problem "dbus.socket of $ACCOUNT" "it ${bus:-not known to systemd}" \
			"active, on $ACCOUNT_RUNTIME/bus" \
			"install the package dbus-user-session, and run 'systemctl restart user@$ACCOUNT_UID.service'" \
			"'Failed to connect to bus' otherwise, and containers without limits"
	else
		fine "service manager" "user@$ACCOUNT_UID.service active, dbus.socket active"
	fi
}

# Where images go. What their files need no network file system has: owners that only a user
# namespace knows, and extended attributes of its root. $1 the directory, $2 the storage driver,
# where it is known, $3 not empty where the document names the directory, and no file of the
# account's.
data_root_checks() {
	local type options mount
	type=$(file_system "$1")
	options=$(mount_of "$(nearest_directory "$1")" OPTIONS 2>/dev/null || true)
	case $type in
	nfs* | cifs | smb* | afs | ceph | msdos | vfat | exfat | fuseblk | 9p | v9fs)
		problem "daemon.data-root" "$1 on $type" \
			"a file system of this machine, such as ext4, XFS or Btrfs" \
			"set daemon.data-root to a directory on one, which belongs to the account" \
			"layers cannot be unpacked there: 'lchown: operation not permitted' or 'invalid argument'"
		return 0
		;;
	esac
	# An overlay is a mount of its own, which starts programs; these two give containers the
	# directory itself.
	case "$2,$options," in
	vfs,*,noexec,* | btrfs,*,noexec,* | vfs,noexec,* | btrfs,noexec,*)
		mount=$(mount_of "$(nearest_directory "$1")" TARGET | tail -n 1)
		# The account has said so, and may have put a link there: only a mount on the way that root
		# knows is a part of a fix.
		case $mount in *[!A-Za-z0-9/._-]*) mount= ;; esac
		if [ "$mount" != "$(mount_above "$1")" ] ||
			{ [ -z "${3-}" ] && [ ! -d "$(resource_directory data "$1")" ]; }; then
			mount='the mount below it'
		fi
		problem "daemon.data-root" \
			"$1 on $mount, which is mounted with noexec, and storage driver $2" \
			"a mount that programs can be started from" \
			"remount it with 'mount -o remount,exec $mount', and take noexec out of /etc/fstab; or use another storageDriver" \
			"no program of a container starts ('permission denied', 'executable file not found')"
		;;
	*) fine "data root" "$(place_of "$1")" ;;
	esac
}

# Containers that may not speak with each other are kept apart by rules of iptables, which bridges
# pass by without this module. $1 and $2 what daemon.json says of icc and iptables.
bridge_filter_checks() {
	if [ "$1" != false ] || [ "$2" = false ]; then return 0; fi
	if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then
		fine "daemon.icc" "false, and the kernel module br_netfilter is there"
	else
		problem "daemon.icc" "false, and no /proc/sys/net/bridge/bridge-nf-call-iptables" \
			"the kernel module br_netfilter" \
			"load it with 'modprobe br_netfilter', and at each boot by 'echo br_netfilter >/etc/modules-load.d/br_netfilter.conf'; or leave daemon.icc out" \
			"dockerd does not start otherwise: 'cannot restrict inter-container communication'"
	fi
}

# A daemon that answers has a user namespace; where none does, it is tried whether there can be one.
unit_checks() {
	local state
	service_manager_runs || return 0
	state=$(unit_property ActiveState)
	case $state in
	active)
		fine "docker.service" active
		answer_checks
		;;
	activating) starting_checks ;;
	*)
		unit_problem "${state:-not known to systemd}"
		user_namespace_trial
		;;
	esac
	[ "$(ask_systemctl is-enabled docker.service 2>/dev/null)" = enabled ] ||
		problem "docker.service of $ACCOUNT" "it not enabled" "enabled" \
			"run 'systemctl --user enable docker' as $ACCOUNT" "it does not start at boot"
}

user_namespace_trial() {
	local said
	command -v rootlesskit >/dev/null || return 0
	if said=$(in_rootlesskit 20 true 2>&1); then
		fine "user namespace" "rootlesskit makes one as $ACCOUNT"
	else
		problem "user namespace" \
			"that 'rootlesskit true' as $ACCOUNT ends with $(words_of_account "$(printf '%s' "$said" | tail -n 1 | tr -d '"')")" \
			"a user namespace with the account's ids" \
			"fix the other problems first: ids, newuidmap, kernel settings; where there are none, see whether AppArmor or a container around this machine forbids it"
	fi
}

answer_checks() {
	local security
	security=$(docker_of_account info --format '{{.SecurityOptions}}' 2>&1) || true
	case $security in
	*name=*)
		fine "daemon" "docker info says $(words_of_account "$security")"
		log_driver_checks
		client_checks
		;;
	*)
		problem "$ACCOUNT_RUNTIME/docker.sock" \
			"no answer ($(words_of_account "$(printf '%s' "$security" | tail -n 1)"))" \
			"an answer of the daemon" "run 'systemctl --user restart docker' as $ACCOUNT"
		;;
	esac
}

# dockerd starts with any, and then no container is made. Plugins are not among those that it tells.
log_driver_checks() {
	local driver drivers
	driver=$(docker_info LoggingDriver)
	drivers=$(docker_info LogDrivers | tr -d '[]')
	case " $drivers none " in *" $driver "*) return 0 ;; esac
	! docker_of_account plugin inspect "$driver" >/dev/null 2>&1 || return 0
	problem "daemon.log-driver" "$(words_of_account "$driver"), which the daemon does not have" \
		"a plugin of its, or one of $(words_of_account "$drivers")" \
		"correct log-driver in daemon, or install its plugin as $ACCOUNT" \
		"no container is made: 'error looking up logging plugin'"
}

# "docker -H ssh://" runs docker there without a login shell: what the client's settings say then.
client_checks() {
	local host wanted=unix://$ACCOUNT_RUNTIME/docker.sock
	host=$(client_context '{{.Endpoints.docker.Host}}')
	if [ "$host" = "$wanted" ]; then
		fine "docker context" "docker of $ACCOUNT reaches its daemon"
	else
		problem "docker of $ACCOUNT" \
			"that its context leads to $(words_of_account "${host:-nothing}")" \
			"the context rootless, which leads to $wanted" \
			"run 'docker context use rootless' as $ACCOUNT"
	fi
}

# A daemon that is on its way up is no problem, unless it comes there again and again. The doctor
# says since when; a step waits.
starting_checks() {
	local restarts since
	if [ "$STEP" != doctor ]; then
		if start_and_wait start; then
			fine "docker.service" active
			answer_checks
		else
			unit_problem failed
		fi
		return 0
	fi
	restarts=$(unit_property NRestarts)
	since=$(unit_property InactiveExitTimestamp)
	case $restarts in
	'' | 0) fine "docker.service" "starting, since $since$(last_said)" ;;
	*) unit_problem "starting again, after it ended by itself $restarts times$(last_said)" ;;
	esac
}

# $1 what the unit is, in place of active.
unit_problem() {
	problem "docker.service of $ACCOUNT" "it $1" "active" \
		"run 'systemctl --user start docker' as $ACCOUNT, and read 'journalctl --user -u docker' where \
it fails" ""
}
