# machine: what root sets up. Preflight finds every problem before anything is changed. Only then come
# missing programs (perl, for example), the engine, the account and the kernel's settings. Messages
# begin with the part's name.

machine_preflight() {
	local other
	PART=preflight
	wait_for_cloud_init
	host_problems
	stop_on_problems
	ensure_installation
	ensure_programs
	for other in $(installation_of_account "$(doc account)"); do
		inherit "$other"
		meet_account
	done
	hold_account
}

# From here on the installation holds its account, and has an owner.
# root writes: who holds the account, below /var/lib/rootless-docker.
hold_account() {
	local has_entry=''
	if [ -s "$OWN/account-entry" ]; then has_entry=yes; fi
	if [ -n "$has_entry" ] && [ "$(words_of_file "$OWN/owner")" = "$(doc owner)" ]; then
		return 0
	fi
	doc owner >"$OWN/owner"
	if [ -z "$has_entry" ]; then echo "$(doc account) - - new" >"$OWN/account-entry"; fi
	sync -f "$STATE"
}

# Programs of the table that this machine lacks come before all else. What they were needed for is asked
# then: see docs/decisions/0013.
ensure_programs() {
	local lacked=''
	if [ -s "$WORK/lacking" ]; then lacked=yes; fi
	PART=engine
	# shellcheck disable=SC2046 # names of packages
	ensure_packages $(packages_of_programs)
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
	ensure_engine
	settle
	stop_where_root_dockerd_runs
	engine_facts
}

machine_apply() {
	PART=account
	ensure_account_ready
	settle
	account_facts
	PART=kernel
	ensure_kernel_settings
	settle
	PART=machine
}

# A destroy gives back what is not late, then account and packages; what is late goes after this.
# Packages that a killed run was at work on come first.
machine_before_release() {
	if [ -s "$STATE/packages" ]; then complete_packages; fi
	remove_half_archives
	if home_goes; then keep_home_records; fi
	release early
	# An account that stays after all keeps nothing of this program in its home.
	: >"$WORK/wanted"
	release_account
	release_packages
}
