# The control groups that systemd delegates to the account's service manager, and so to its daemon:
# a drop-in of user@UID.service. Without them limits of containers have no effect.

want_resource_controllers() {
	local wanted drop_in
	wanted=$(doc cgroup.controllers)
	[ -n "$wanted" ] || return 0
	drop_in=/etc/systemd/system/user@$ACCOUNT_UID.service.d/rootless-docker.conf
	printf '# Managed by rootless-docker (Pulumi).\n[Service]\nDelegate=%s\n' "$wanted" \
		>"$WORK/delegate.conf"
	want_file "$drop_in" 644 "$WORK/delegate.conf"
	settle
	restart_for_controllers "$wanted"
}

# A service manager that runs already gets them when it starts again. A controller that does not
# come then, where the machine keeps it to itself, does not come with another restart. So there is
# one try for a boot and a list. $1 the list.
restart_for_controllers() {
	local boot
	if delegation_is "$1" || ! service_manager_runs; then return 0; fi
	# systemd gives them to a unit that runs a moment after its reload.
	sleep 1
	! delegation_is "$1" || return 0
	boot=$(cat /proc/sys/kernel/random/boot_id)
	[ "$(remembered controllers)" != "$boot $1" ] || return 0
	remember controllers "$boot $1"
	say "restarts user@$ACCOUNT_UID.service of $ACCOUNT, which gets its control groups then"
	ensure_service_manager restart
	changed "service manager of $ACCOUNT restarted"
	delegation_is "$1" ||
		say "$ACCOUNT has '$(delegated_controllers)' even so, not '$1': the machine keeps the rest"
}

# True where the account has what this kernel has of a list. $1 the list.
delegation_is() {
	local name lists
	lists=" $1 / $(delegated_controllers) "
	for name in $(offered_controllers); do
		case $lists in *" $name "*/*" $name "*) ;; *" $name "*/*) return 1 ;; esac
	done
}
