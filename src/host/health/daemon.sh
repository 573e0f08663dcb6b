# shellcheck shell=dash
# The daemon and what it stands on, as the account sees it: for preflight, the daemon's step,
# previews and the doctor.

# doctor: link by link.
daemon_checks() {
	service_manager_checks
	data_root_checks "$(data_root)"
	bridge_filter_checks
	unit_checks
}

service_manager_checks() {
	local state
	state=$(systemctl is-active "user@$ACCOUNT_UID.service" || true)
	if [ "$state" != active ]; then
		problem "user@$ACCOUNT_UID.service" "it $state" "the service manager of $ACCOUNT, active" \
			"run 'systemctl start user@$ACCOUNT_UID.service', and read \
'journalctl -u user@$ACCOUNT_UID.service' where it fails" "'systemd not detected' otherwise"
	elif [ ! -S "$ACCOUNT_RUNTIME/bus" ]; then
		problem "dbus.socket of $ACCOUNT" "no $ACCOUNT_RUNTIME/bus" "the message bus of $ACCOUNT" \
			"install dbus-user-session, and run 'systemctl restart user@$ACCOUNT_UID.service'" \
			"'Failed to connect to bus' otherwise, and containers without limits"
	else
		fine "service manager" "user@$ACCOUNT_UID.service active, with its message bus"
	fi
}

# Where images go. What their files need no network file system has: owners that only a user
# namespace knows, and extended attributes of its root. $1 the directory.
data_root_checks() {
	local type
	type=$(file_system "$1")
	case $type in
	nfs* | cifs | smb* | afs | ceph | msdos | vfat | exfat | fuseblk | 9p | v9fs)
		problem "daemon.data-root" "$1 on $type" \
			"a file system of this machine, such as ext4, XFS or Btrfs" \
			"set daemon.data-root to a directory on one, which belongs to the account" \
			"layers cannot be unpacked there: 'lchown: operation not permitted'"
		;;
	*) fine "data root" "$1 on $type" ;;
	esac
}

# preflight. $1 the directory.
data_root_use_problems() {
	case $ACCOUNT_HOME/ in
	"$1"/*) problem "daemon.data-root" "$1, which has the home of the account in it" \
		"a directory of its own" "name one below it, or leave data-root out" ;;
	esac
}

# Containers that may not speak with each other are kept apart by rules of iptables, which bridges
# pass by without this module.
bridge_filter_checks() {
	if [ "$(doc daemon.json/icc)" != false ] ||
		[ "$(doc daemon.json/iptables)" = false ]; then return 0; fi
	if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then
		fine "daemon.icc" "false, and the kernel module br_netfilter is there"
	else
		problem "daemon.icc" "false, and no /proc/sys/net/bridge/bridge-nf-call-iptables" \
			"the kernel module br_netfilter" \
			"load it with 'modprobe br_netfilter', and at each boot by \
'echo br_netfilter >/etc/modules-load.d/br_netfilter.conf'; or leave daemon.icc out" \
			"dockerd does not start otherwise: 'cannot restrict inter-container communication'"
	fi
}

# previews: what docker.service is in place of active, where the step has come to its end; or
# nothing.
daemon_state_if_wanted() {
	local state='not running'
	is_applied daemon || return 0
	! service_manager_runs || state=$(unit_property ActiveState)
	case $state in
	active | activating | reloading) ;;
	*) printf '%s' "${state:-not known to systemd}" ;;
	esac
}

# doctor: the unit, and whether the daemon answers.
unit_checks() {
	local state restarts
	service_manager_runs || return 0
	state=$(unit_property ActiveState)
	restarts=$(unit_property NRestarts)
	case $state-$restarts in
	active-*)
		fine "docker.service" active
		if ask_daemon ''; then
			fine "daemon" "docker info says $(words_of_account "$(docker_info SecurityOptions)")"
			log_driver_checks
		else
			problem "$ACCOUNT_RUNTIME/docker.sock" "no answer ($(last_words))" \
				"an answer of the daemon" "run 'systemctl --user restart docker' as $ACCOUNT"
		fi
		return 0
		;;
	activating-0)
		fine "docker.service" "starting$(last_said)"
		return 0
		;;
	activating-*) state="starting again, after it ended by itself $restarts times$(last_said)" ;;
	esac
	problem "docker.service of $ACCOUNT" "it ${state:-not known to systemd}" "active" \
		"run 'systemctl --user start docker' as $ACCOUNT, and read 'journalctl --user -u docker' \
where it fails"
}

# dockerd starts with any, and then no container is made. Plugins are not among those that it tells.
log_driver_checks() {
	local driver drivers
	driver=$(docker_info LoggingDriver)
	drivers=$(docker_info LogDrivers)
	drivers=${drivers#[}
	drivers=${drivers%]}
	case " $drivers none " in *" $driver "*) return 0 ;; esac
	! docker_of_account plugin inspect "$driver" >/dev/null || return 0
	problem "daemon.log-driver" "$(words_of_account "$driver"), which the daemon does not have" \
		"a plugin of its, or one of $(words_of_account "$drivers")" \
		"correct log-driver in daemon, or install its plugin as $ACCOUNT" \
		"no container is made: 'error looking up logging plugin'"
}

# The value of an argument that RootlessKit was started with: of several the last, as it takes them.
# The oldest process of that name is the account's own: what runs in a container is younger. $1 its
# name.
rootlesskit_argument() {
	local line value=''
	[ -s "$WORK/rootlesskit-arguments" ] ||
		timeout 20 head -c 65536 "/proc/$(pgrep -o -u "$ACCOUNT_UID" -x rootlesskit)/cmdline" |
		tr '\0' '\n' >"$WORK/rootlesskit-arguments"
	while IFS= read -r line; do
		case $line in "--$1="*) value=${line#*=} ;; esac
	done <"$WORK/rootlesskit-arguments"
	printf '%s' "$value"
}
