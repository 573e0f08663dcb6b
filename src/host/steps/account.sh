# shellcheck shell=dash
# account: who runs the daemon, the subordinate ids its containers live on, and its service manager
# without a login.

account_apply() {
	local name
	name=$(doc account)
	clear_dead_locks
	note_account_of_others "$name"
	remove_half_account "$name"
	account_problems "$name"
	subordinate_id_problems "$name"
	stop_on_problems
	settle_lost_account "$name"
	stop_where_home_is_away "$name"
	forget_another_account "$name"
	keep_made_account "$name"
	want account "$name" present
	getent passwd "$name" >/dev/null || create_account "$name"
	know_account "$name"
	stop_on_rule_of_root
	follow_home "$name"
	finish_home
	note_account_place
	want_subordinate_ids
	want_resource_controllers
	want_linger
	want_authorized_keys
	mark_restart own ground "its subordinate ids or control groups changed"
}

account_interrupted() { keep_found_account; }

# Of an account that is gone, or another one by now, what was done for it is taken back or named, as
# at the end; what is recorded from here on is of the next one. In a subshell, which holds other
# steps' locks. $1 the account.
settle_lost_account() {
	if ! is_lost_account "$1" || unclaimed "$(resource_directory account "$1")"; then return 0; fi
	getent passwd "$1" >/dev/null || say "$(what_became_of "$1"): what was done for it is settled, and it is made anew"
	say "a new value of recheck gives account $1 its daemon again"
	(
		ONLY_OF=$1
		for LEASE in "$LEASE" $(other_installations_of "$1"); do release_steps registries daemon account; done
	)
	# What is known from here on is of the next one.
	rm -f "$WORK/unwanted" "$WORK/account-stays.$1" "$WORK/another-account.$1" "$WORK/home-is-there.$1"
}

account_facts() {
	know_account "$(doc account)"
	fact account.name "$ACCOUNT"
	fact account.uid "$ACCOUNT_UID"
	fact account.gid "$ACCOUNT_GID"
	fact account.home "$ACCOUNT_HOME"
	fact subordinateIds.uids "$(id_ranges /etc/subuid "$ACCOUNT" "$ACCOUNT_UID" | paste -s -d ,)"
	fact subordinateIds.gids "$(id_ranges /etc/subgid "$ACCOUNT" "$ACCOUNT_UID" | paste -s -d ,)"
}
