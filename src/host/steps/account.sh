# account: who runs the daemon, its subordinate ids, its control groups, and the keys that log in as
# it.

account_apply() {
	have_account
	give_ids
	want_resource_controllers
	want_keys
	settle
}

want_keys() {
	local line
	has authorized_keys || return 0
	look_home "$ACCOUNT_HOME/.ssh" "=$ACCOUNT_HOME/.ssh/authorized_keys"
	doc authorized_keys >"$WORK/keys"
	# The last line has no end.
	echo >>"$WORK/keys"
	while IFS= read -r line; do
		[ -z "$line" ] || want_home_line "$ACCOUNT_HOME/.ssh/authorized_keys" "$line"
	done <"$WORK/keys"
}

account_facts() {
	fact account.name "$ACCOUNT"
	fact account.uid "$ACCOUNT_UID"
	fact account.gid "$ACCOUNT_GID"
	fact account.home "$ACCOUNT_HOME"
	read_ranges /etc/subuid
	fact subordinateIds.uids "$ID_RANGES"
	read_ranges /etc/subgid
	fact subordinateIds.gids "$ID_RANGES"
}

# The login's own key stays: without it the rest of a destroy could not log in.
account_released() {
	give_account_back
	rm -f "$STATE/leases/$LEASE/account-entry" "$STATE/leases/$LEASE/account-elsewhere" "$STATE/leases/$LEASE/controllers"
}
