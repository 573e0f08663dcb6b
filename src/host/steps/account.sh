# shellcheck shell=dash
# account: who runs the daemon, the subordinate ids its containers live on, and its service manager
# without a login.

account_apply() {
	local name
	name=$(doc account)
	clear_dead_locks
	remove_half_account "$name"
	account_problems "$name"
	subordinate_id_problems "$name"
	stop_on_problems
	forget_another_account "$name"
	keep_made_account "$name"
	want account "$name" present
	getent passwd "$name" >/dev/null || create_account "$name"
	know_account "$name"
	follow_home "$name"
	finish_home
	note_home_place
	want_subordinate_ids
	want_resource_controllers
	want_linger
	want_authorized_keys
	mark_restart own ground "its subordinate ids or control groups changed"
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
