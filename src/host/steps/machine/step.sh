# machine: what root sets up. Preflight finds every problem before anything is changed. Then come
# the engine, the account and the kernel's settings. Messages begin with the part's name.

machine_preflight() {
	local other
	PART=preflight
	wait_for_cloud_init
	host_problems
	stop_on_problems
	make_installation
	bring_programs
	for other in $(installation_of_account "$(doc account)"); do
		inherit "$other"
		meet_account
	done
	# From here on it holds its account.
	if [ "$(words_of_file "$OWN/owner")" != "$(doc owner)" ] || [ ! -s "$OWN/account-entry" ]; then
		doc owner >"$OWN/owner"
		[ -s "$OWN/account-entry" ] || echo "$(doc account) - - new" >"$OWN/account-entry"
		sync -f "$STATE"
	fi
}

# Programs of the table that this machine lacks come before all else. What they were needed for is asked
# then: see docs/decisions/0013.
bring_programs() {
	local lacked=''
	[ ! -s "$WORK/lacking" ] || lacked=yes
	PART=engine
	# shellcheck disable=SC2046 # names of packages
	want_packages $(packages_of_programs)
	PART=preflight
	[ -n "$lacked" ] || return 0
	settle
	stop_without_programs
	place_problems "$(doc account)"
	stop_on_problems
}

# The daemon follows another engine before the next part begins, which may fail.
machine_begin() {
	PART=engine
	have_engine
	settle
	stop_where_root_dockerd_runs
	engine_facts
}

machine_apply() {
	PART=account
	have_account_ready
	settle
	account_facts
	PART=kernel
	have_kernel_settings
	settle
	PART=machine
}

# Packages that a killed run was at work on come first, and their repository goes after them.
machine_before_release() {
	local unit
	[ ! -s "$STATE/packages" ] || complete_packages
	remove_half_archives
	# Masks and the group go last: until their packages are gone, a boot would start root's daemon.
	for unit in $ROOT_UNITS; do
		printf 'path\t/etc/systemd/system/%s\nunit\t%s\ngroup\tdocker\n' "$unit" "$unit"
	done >>"$WORK/wanted"
	printf 'path\t%s\n' "$(repository_file)" "$(repository_key_file)" >>"$WORK/wanted"
	if home_goes; then keep_home_records; fi
	release
	release_account
	release_packages
	: >"$WORK/wanted"
}

# A docker.socket that stays needs its group.
machine_released() {
	[ ! -f /usr/lib/systemd/system/docker.socket ] || group_set docker present
}
