# shellcheck shell=dash
# Control groups: the controllers that systemd delegates to the account's service manager, and so to its
# daemon. Without them, limits of containers have no effect.

delegation_check() {
	local now
	now=$(delegated_controllers)
	holds_all "$(existing_controllers "$2")" "$now" || printf '%s\n' "${now:-none}"
}

want_resource_controllers() {
	local wanted dropin
	wanted=$(doc cgroup.controllers)
	[ -n "$wanted" ] || return 0
	# Of this account alone: other accounts of the machine keep what they have.
	dropin=/etc/systemd/system/user@$ACCOUNT_UID.service.d/rootless-docker.conf
	# What the host delegates by itself stays the host's.
	if [ ! -d "$(resource_directory file "$dropin")" ] &&
		holds_all "$wanted" "$(host_delegates)"; then return 0; fi
	# Claimed before the file, and so restored after it.
	claim delegation "$ACCOUNT" "$wanted"
	printf '# Managed by rootless-docker (Pulumi).\n[Service]\nDelegate=%s\n' "$wanted" >"$WORK/delegate.conf"
	want_file "$dropin" 644 "$WORK/delegate.conf"
	read_drop_in "$dropin"
	delegate_now "$wanted"
}

# What is remembered beside the claim: "settled" is for which boot and controllers there is nothing
# left to do, "before" what was delegated when systemd last read something else.
delegation_note() { printf '%s/%s' "$(resource_directory delegation "$ACCOUNT")" "$1"; }

# $1 the note. Its text is on stdin.
write_delegation_note() { write_record "$(delegation_note "$1")"; }

# Not only where the file was written just now: a run that was killed may have come no further.
read_drop_in() {
	! drop_in_is_read "$1" || return 0
	rm -f "$(delegation_note settled)"
	[ -e "$(delegation_note before)" ] || host_delegates | write_delegation_note before
	systemctl daemon-reload
}

# NeedDaemonReload alone would not do: systemd does not see a drop-in whose directory is new.
drop_in_is_read() {
	case " $(systemctl show -p DropInPaths --value "user@$ACCOUNT_UID.service") " in
	*" $1 "*) [ "$(systemctl show -p NeedDaemonReload --value "user@$ACCOUNT_UID.service")" = no ] ;;
	*) return 1 ;;
	esac
}

# A service manager that runs already may have to start again for it. Once: what has not come (or
# gone) then, on a host that keeps a controller to itself, does not come with another restart. $1
# the list.
delegate_now() {
	[ "$(cat "$(delegation_note settled)" 2>/dev/null)" != "$(boot_id) $1" ] || return 0
	if systemctl is-active -q "user@$ACCOUNT_UID.service" && ! delegation_arrives "$1"; then
		hold_daemon
		if service_manager_has_others; then
			release_daemon
			return 0
		fi
		restart_service_manager
		release_daemon
		delegation_arrives "$1" ||
			say "the controllers of $ACCOUNT are '$(delegated_controllers)' even so, not '$1': the host keeps it so, which a restart does not change"
	fi
	printf '%s %s\n' "$(boot_id)" "$1" | write_delegation_note settled
	# A boot reads the drop-in for a run that was killed while it wrote this down.
	rm -f "$(delegation_note before)" "$(delegation_note before.new)"
}

delegation_arrives() { soon delegation_is "$1"; }

# systemd changes control groups some time after it has read its files. The arguments are a command,
# which is true at last, or not within a second and a half.
soon() {
	local tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -le 15 ] || return 1
		sleep 0.1
	done
}

# True where the account has what this kernel has of the list $1, and no more of what it had before
# than is delegated now. (More than that may be there for the sake of others.)
delegation_is() {
	local has now before name
	has=$(delegated_controllers)
	now=$(host_delegates)
	before=$(cat "$(delegation_note before)" 2>/dev/null) || true
	holds_all "$(existing_controllers "$1")" "$has" || return 1
	for name in $before; do
		if ! holds_all "$name" "$now" && holds_all "$name" "$has"; then return 1; fi
	done
}

# True where somebody else's work runs in it, as root's does that the account has begun with sudo in a scope of its own:
# nobody ends that for control groups. Ids beyond those of accounts are its containers'.
service_manager_has_others() {
	local process
	process=$(processes_of_service_managers |
		awk -F '\t' -v uid="$ACCOUNT_UID" -v last="$(last_id_of_accounts uid)" '
			$1 == uid && $3 != uid && $3 + 0 <= last + 0 { print $2 " (" $5 ")"; exit }' | printable)
	[ -n "$process" ] || return 1
	say "user@$ACCOUNT_UID.service is not restarted: process $process in it is not $ACCOUNT's." \
		"Its control groups come with its next start: once that has ended," \
		"run 'systemctl restart user@$ACCOUNT_UID.service', which ends all that it runs for $ACCOUNT"
}

# Not beside a step that restarts the daemon, nor in the middle of an installation: called with that held.
restart_service_manager() {
	say "restarts the service manager of $ACCOUNT (user@$ACCOUNT_UID.service), which gets its control groups when it starts"
	before_service_manager_restarts
	# Seen to fail once in many, with systemd 247 on a busy machine: tried once more before it is an
	# error.
	systemctl_within 270 restart "user@$ACCOUNT_UID.service" || {
		sleep 1
		start_service_manager
	}
	changed "service manager of $ACCOUNT restarted"
	after_service_manager_restarted
}

delegation_save() { :; }

delegation_restore() {
	systemctl daemon-reload
	know_account "$1" || return 0
	# Where the daemon goes on, it goes on with what the host delegates. On destroy it has ended
	# before, and nothing else of the account's is ended for that.
	if ! is_claimed_by "$LEASE" "$(resource_directory userdaemon "$1")/claims" || ! systemctl is-active -q "user@$ACCOUNT_UID.service"; then return 0; fi
	! soon no_more_than_delegated || return 0
	hold_daemon
	service_manager_has_others || restart_service_manager
	release_daemon
}

no_more_than_delegated() { holds_all "$(delegated_controllers)" "$(host_delegates)"; }

# Before the account's service manager was restarted for its control groups.
daemon_was_up() { [ "$(cat "$(delegation_note docker.service)" 2>/dev/null)" = "$(boot_id)" ]; }

# A daemon of the account's own would not come back where it was started by hand: this is remembered
# for userunit_save, which has its turn later, until the next boot ends that daemon in any case.
before_service_manager_restarts() {
	if [ -d "$(resource_directory userunit "$ACCOUNT")/baseline" ] || ! daemon_is_up; then return 0; fi
	boot_id | write_delegation_note docker.service
}

# With the service manager, what is enabled has started again: a daemon of this package has read
# everything anew then, and needs no second restart for it.
after_service_manager_restarted() {
	if [ -e "$(resource_directory userdaemon "$ACCOUNT")/started" ]; then
		command -v dockerd >/dev/null && has_daemon "$ACCOUNT" || return 0
		start_service_manager
		run_daemon_now start "$(daemon_fingerprint)" ''
	elif daemon_was_up; then
		ask_systemctl --no-block start docker.service || true
	fi
}
