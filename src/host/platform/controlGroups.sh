# Control groups: what the kernel offers, what systemd delegates, and what an account has of that.

# The whole machine's controllers: its root control group's list. Nothing with control groups v1.
offered_controllers() { words_of_file /sys/fs/cgroup/cgroup.controllers; }

# Those that the account really has, with control groups v2; empty elsewhere.
delegated_controllers() {
	local slice=/sys/fs/cgroup/user.slice/user-$ACCOUNT_UID.slice
	words_of_file "$slice/user@$ACCOUNT_UID.service/cgroup.controllers"
}

# Kills all processes of a unit that the account's service manager runs. $1 the unit.
kill_group_of_account() {
	local slice
	for slice in /sys/fs/cgroup/user.slice /sys/fs/cgroup/systemd/user.slice; do
		slice=$slice/user-$ACCOUNT_UID.slice/user@$ACCOUNT_UID.service
		[ -d "$slice" ] || continue
		find "$slice" -type d -name "$1" -exec sh -c "$KILL_GROUPS_SH" sh {} + 2>/dev/null || true
	done
}
