# shellcheck shell=dash
# Control groups: the controllers that systemd delegates to the account's service manager, and so to its
# daemon. Without them, limits of containers have no effect.

want_resource_controllers() {
	local wanted dropin
	wanted=$(doc cgroup.controllers)
	[ -n "$wanted" ] || return 0
	# Of this account alone: other accounts of the machine keep what they have.
	dropin=/etc/systemd/system/user@$ACCOUNT_UID.service.d/rootless-docker.conf
	# What the host delegates by itself stays the host's.
	if [ ! -d "$(thing_directory file "$dropin")" ] &&
		holds_all "$wanted" "$(host_delegates)"; then return 0; fi
	# Claimed before the file, and so restored after it.
	want delegation "$ACCOUNT" "$wanted"
	printf '# Managed by rootless-docker (Pulumi).\n[Service]\nDelegate=%s\n' "$wanted" >"$WORK/delegate.conf"
	if ! cmp -s "$WORK/delegate.conf" "$dropin"; then
		want_file "$dropin" 644 "$WORK/delegate.conf"
		systemctl daemon-reload
	else
		want_file "$dropin" 644 "$WORK/delegate.conf"
	fi
	delegate_now "$wanted"
}

# A service manager that runs already may have to start again for it.
delegate_now() {
	systemctl is-active -q "user@$ACCOUNT_UID.service" || return 0
	! holds_all "$(existing_controllers "$1")" "$(delegated_controllers)" || return 0
	restart_service_manager
}

restart_service_manager() {
	say "restarts the service manager of $ACCOUNT (user@$ACCOUNT_UID.service), which gets its control groups when it starts"
	systemctl restart "user@$ACCOUNT_UID.service"
	changed "service manager of $ACCOUNT restarted"
}

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

delegation_save() { :; }

delegation_restore() {
	systemctl daemon-reload
	know_account "$1" || return 0
	# Where the daemon goes on, it goes on with what the host delegates. On destroy it has ended before, and
	# nothing else of the account's is ended for that.
	if [ ! -e "$(thing_directory userdaemon "$1")/claims/$LEASE.daemon" ] || ! systemctl is-active -q "user@$ACCOUNT_UID.service"; then return 0; fi
	holds_all "$(delegated_controllers)" "$(host_delegates)" || restart_service_manager
}
