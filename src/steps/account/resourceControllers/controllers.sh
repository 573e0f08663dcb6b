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
	want_file "$dropin" 644 "$WORK/delegate.conf"
	read_drop_in "$dropin"
	delegate_now "$wanted"
}

# What is remembered beside the claim: "settled" is for which boot and controllers there is nothing left
# to do, "before" what was delegated when systemd last read something else.
delegation_note() { printf '%s/%s' "$(thing_directory delegation "$ACCOUNT")" "$1"; }

# $1 the note. Its text is on stdin.
write_delegation_note() {
	cat >"$(delegation_note "$1").new"
	mv "$(delegation_note "$1").new" "$(delegation_note "$1")"
}

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

# A service manager that runs already may have to start again for it. Once: what has not come (or gone)
# then, on a host that keeps a controller to itself, does not come with another restart. $1 the list.
delegate_now() {
	[ "$(cat "$(delegation_note settled)" 2>/dev/null)" != "$(boot_id) $1" ] || return 0
	if systemctl is-active -q "user@$ACCOUNT_UID.service" && ! delegation_arrives "$1"; then
		restart_service_manager
		delegation_arrives "$1" ||
			say "the controllers of $ACCOUNT are '$(delegated_controllers)' even so, not '$1': the host keeps it so, which a restart does not change"
	fi
	printf '%s %s\n' "$(boot_id)" "$1" | write_delegation_note settled
	# A boot reads the drop-in for a run that was killed while it wrote this down.
	rm -f "$(delegation_note before)" "$(delegation_note before.new)"
}

boot_id() { cat /proc/sys/kernel/random/boot_id; }

delegation_arrives() { soon delegation_is "$1"; }

# systemd changes control groups some time after it has read its files. The arguments are a command, which
# is true at last, or not within a second and a half.
soon() {
	local tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ "$tries" -le 15 ] || return 1
		sleep 0.1
	done
}

# True where the account has what this kernel has of the list $1, and no more of what it had before than
# is delegated now. (More than that may be there for the sake of others.)
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

# Not beside a step that restarts the daemon, nor in the middle of an installation.
restart_service_manager() {
	hold_packages
	say "restarts the service manager of $ACCOUNT (user@$ACCOUNT_UID.service), which gets its control groups when it starts"
	before_service_manager_restarts
	# Seen to fail once in many, with systemd 247 on a busy machine: tried once more before it is an error.
	systemctl restart "user@$ACCOUNT_UID.service" || {
		sleep 1
		start_service_manager
	}
	changed "service manager of $ACCOUNT restarted"
	after_service_manager_restarted
	release_packages
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
	soon no_more_than_delegated || restart_service_manager
}

no_more_than_delegated() { holds_all "$(delegated_controllers)" "$(host_delegates)"; }

# What the machine has for all: the list of its root control group.
offered_controllers() { cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null || true; }

# What makes the limits work that do not: by where each controller is missing on its way from the kernel to
# the daemon, one clause a place.
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
