# shellcheck shell=dash
# Control groups: what the kernel offers, what systemd delegates, and what an account has of that.

# Those of a list that this kernel has. $1 the list.
existing_controllers() {
	local name
	for name in $1; do
		! grep -qw "$name" /sys/fs/cgroup/cgroup.controllers 2>/dev/null || printf '%s ' "$name"
	done
}

# What systemd is told to delegate, by all files together.
host_delegates() { systemctl show -p DelegateControllers --value "user@$ACCOUNT_UID.service"; }

# Those that the account really has, with control groups v2; empty elsewhere.
delegated_controllers() {
	cat "/sys/fs/cgroup/user.slice/user-$ACCOUNT_UID.slice/user@$ACCOUNT_UID.service/cgroup.controllers" 2>/dev/null || true
}

# True where every word of $1 is one of $2.
holds_all() {
	local name
	for name in $1; do
		case " $2 " in
		*" $name "*) ;;
		*) return 1 ;;
		esac
	done
}

# What the machine has for all: the list of its root control group.
offered_controllers() { cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null || true; }

# What makes the limits work that do not: by where each controller is missing on its way from the
# kernel to the daemon, one clause a place.
controllers_fix() {
	local name offered told has
	local missing='' unnamed='' held=''
	offered=$(offered_controllers)
	told=$(host_delegates)
	has=$(delegated_controllers)
	for name in memory cpu pids; do
		if ! holds_all "$name" "$offered"; then
			missing="$missing $name"
		elif ! holds_all "$name" "$told"; then
			unnamed="$unnamed $name"
		elif ! holds_all "$name" "$has"; then
			held="$held $name"
		fi
	done
	{
		[ -z "$missing" ] || missing_controllers_fix "${missing# }"
		[ -z "$unnamed" ] || printf 'name %s in resourceControllers\n' "${unnamed# }"
		[ -z "$held" ] ||
			printf 'reboot the machine, which gives %s to user@%s.service; %s\n' \
				"${held# }" "$ACCOUNT_UID" \
				'where that changes nothing, let the slices above it have them'
		[ -n "$missing$unnamed$held" ] ||
			printf "restart the daemon, which has them all by now: 'systemctl --user restart docker' as %s\n" "$ACCOUNT"
	} | awk 'NR > 1 { printf "; " } { printf "%s", $0 }'
}

kernel_command_line() { cat /proc/cmdline; }

is_a_container() { systemd-detect-virt -cq; }

# No setting of this package brings what the machine itself does not have. $1 the names.
missing_controllers_fix() {
	local name disabled=''
	if is_a_container; then
		printf 'give this machine, which is a container, the controllers %s from outside: ' "$1"
		printf 'they are not in its /sys/fs/cgroup/cgroup.controllers\n'
		return 0
	fi
	for name in $1; do
		! kernel_command_line | tr ' ' '\n' | grep -qE "^cgroup_disable=(.*,)?$name(,|\$)" || disabled="$disabled $name"
	done
	if [ -n "$disabled" ]; then
		printf "take cgroup_disable off the kernel's command line, which switches off%s, and reboot\n" \
			"$disabled"
	else
		printf 'boot a kernel that has the controllers %s ' "$1"
		printf '(with memory, some need cgroup_enable=memory on its command line), '
		printf 'or take what keeps them in control groups v1 off that line\n'
	fi
}
