# account.limits: a drop-in of user-UID.slice, which contains everything that runs as the account:
# its logins, its service manager, its daemon and the containers.
#
# Nothing restarts. When systemd reloads, it applies the settings of control groups again to each
# unit that runs, because its unit_deserialize (src/core/unit-serialize.c) invalidates all of them.

ensure_account_limits() {
	local directives drop_in=/etc/systemd/system/user-$ACCOUNT_UID.slice.d/rootless-docker.conf
	directives=$(limit_directives)
	[ -n "$directives" ] || return 0
	printf '# Managed by rootless-docker (Pulumi).\n[Slice]\n%s\n' "$directives" \
		>"$WORK/limits.conf"
	want_file "$drop_in" 644 "$WORK/limits.conf"
	say_limits_without_controller
}

# Prints the directives of systemd.resource-control(5). Without MemorySwapMax, memory beyond the
# limit would go to swap until that is full too, which slows down the whole machine.
limit_directives() {
	if has limits.memory; then
		printf 'MemoryMax=%s\nMemorySwapMax=0\n' "$(doc limits.memory)"
	fi
	if has limits.cpus; then
		printf 'CPUQuota=%s%%\n' "$(percent "$(doc limits.cpus)")"
	fi
	if has limits.tasks; then
		printf 'TasksMax=%s\n' "$(doc limits.tasks)"
	fi
	if has limits.io-weight; then
		printf 'IOWeight=%s\n' "$(doc limits.io-weight)"
	fi
}

# Prints a number such as 1.5 as a percentage, 150: the shell has no fractions. $1 the number, with
# two decimals at most.
percent() { awk -v number="$1" 'BEGIN { printf "%.0f", number * 100 }'; }

say_limits_without_controller() {
	if has limits.memory; then say_limit_without_controller memory memory; fi
	if has limits.cpus; then say_limit_without_controller cpus cpu; fi
	if has limits.tasks; then say_limit_without_controller tasks pids; fi
	if has limits.io-weight; then say_limit_without_controller ioWeight io; fi
}

# systemd accepts a limit that it cannot set. $1 the name of the limit, $2 its controller.
say_limit_without_controller() {
	if is_word_of "$2" "$(offered_controllers)"; then return 0; fi
	say "account.limits.$1 may have no effect: this machine does not offer the controller $2 of" \
		"control groups v2 (see /sys/fs/cgroup/cgroup.controllers)"
}
