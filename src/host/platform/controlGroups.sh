# Control groups: what the kernel offers, what systemd delegates, and what an account has of that.

# What the machine has for all: the list of its root control group. Nothing with control groups v1.
offered_controllers() { cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null || true; }

# What systemd is told to delegate, by all files together.
host_delegates() { systemctl show -p DelegateControllers --value "user@$ACCOUNT_UID.service"; }

# Those that the account really has, with control groups v2; empty elsewhere.
delegated_controllers() {
	local slice=user.slice/user-$ACCOUNT_UID.slice
	cat "/sys/fs/cgroup/$slice/user@$ACCOUNT_UID.service/cgroup.controllers" 2>/dev/null || true
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
