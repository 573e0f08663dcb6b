# The control groups that systemd delegates to the account's service manager, and so to its daemon:
# a drop-in of user@UID.service. Without them limits of containers have no effect.

ensure_resource_controllers() {
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
# come then, because the machine keeps it to itself, does not come with another restart. So there is
# one try for a boot and a list. $1 the list.
restart_for_controllers() {
	local boot
	if has_controllers "$1" || ! service_manager_runs; then return 0; fi
	# systemd gives them to a unit that runs a moment after its reload.
	sleep 1
	if has_controllers "$1"; then return 0; fi
	boot=$(cat /proc/sys/kernel/random/boot_id)
	if [ "$(remembered controllers)" = "$boot $1" ]; then return 0; fi
	remember controllers "$boot $1"
	say "restarts user@$ACCOUNT_UID.service of $ACCOUNT, so that it gets its control groups"
	ensure_service_manager restart
	changed "service manager of $ACCOUNT restarted"
	if has_controllers "$1"; then return 0; fi
	say "$ACCOUNT still has only the controllers '$(delegated_controllers)' of '$1':" \
		"the machine does not delegate the rest"
}

# True if the account has those controllers of a list that this kernel has. $1 the list.
has_controllers() {
	local name offered delegated
	offered=$(offered_controllers)
	delegated=$(delegated_controllers)
	for name in $1; do
		is_word_of "$name" "$offered" || continue
		is_word_of "$name" "$delegated" || return 1
	done
}

# $1 a word, $2 words with single blanks between them.
is_word_of() {
	case " $2 " in
	*" $1 "*) return 0 ;;
	*) return 1 ;;
	esac
}
